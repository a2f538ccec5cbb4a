// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.UsageException;
import java.util.ArrayList;
import java.util.List;

/** Lists of numbers as options have them. */
final class Horizons {
  private static final int MOST = 10_000;

  private Horizons() {}

  /** Rows ahead: {@code 5}, {@code 1-24}, {@code 1,5,24} or {@code 1-6,12,24}. */
  static List<Integer> parse(String text) {
    var horizons = new ArrayList<Integer>();
    for (String part : text.split(",", -1)) {
      String[] ends = part.strip().split("-", -1);
      int from = number(ends[0], text);
      int to = ends.length == 2 ? number(ends[1], text) : from;
      if (ends.length > 2 || to < from) {
        throw wrong(text);
      }
      if (to - from >= MOST || horizons.size() >= MOST) {
        throw new UsageException(
            "--horizon %s names more than %s rows; name those that matter: 1-6,12,24"
                .formatted(text, MOST));
      }
      for (int row = from; row <= to; row++) {
        horizons.add(row);
      }
    }
    return horizons;
  }

  private static int number(String digits, String text) {
    if (!digits.matches("[0-9]{1,9}")) {
      throw wrong(text);
    }
    return Integer.parseInt(digits);
  }

  private static UsageException wrong(String text) {
    return new UsageException(
        "--horizon is '%s', expected rows ahead, ascending: 5, 1-24, or 1,5,24".formatted(text));
  }

  /** Probabilities: {@code 0.05,0.5,0.95}. */
  static List<Double> quantiles(String text) {
    var quantiles = new ArrayList<Double>();
    for (String part : text.split(",", -1)) {
      try {
        quantiles.add(Double.parseDouble(part.strip()));
      } catch (NumberFormatException _) {
        throw new UsageException(
            "--quantiles is '%s', expected probabilities between 0 and 1, ascending: 0.05,0.5,0.95"
                .formatted(text));
      }
    }
    return quantiles;
  }
}
