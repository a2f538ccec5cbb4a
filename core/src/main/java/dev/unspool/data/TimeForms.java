// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The forms in which people write times, beside the usual one. */
final class TimeForms {
  /** Numbers, or the name of a month, with something between them; a clock may follow. */
  private static final Pattern LIKELY =
      Pattern.compile(
          "(\\d{1,4}[-./ ]\\d{1,2}[-./ ]\\d{1,4}"
              + "|\\d{1,2}[-./ ]?\\p{L}{3,9}[-., ]{1,2}\\d{2,4}"
              + "|\\p{L}{3,9} \\d{1,2},? \\d{4}"
              + "|(19|20)\\d{6})"
              + "([T ,]+\\d{1,2}[:.h]?\\d{2}.*)?");

  /** Forms of one line exclude each other; of several lines, each may fit. */
  private static final List<List<String>> DATES =
      List.of(
          List.of("dd.MM.yyyy", "d.M.yyyy", "dd.MM.yy", "d.M.yy"),
          List.of("dd/MM/yyyy", "d/M/yyyy", "dd/MM/yy", "d/M/yy"),
          List.of("MM/dd/yyyy", "M/d/yyyy", "MM/dd/yy", "M/d/yy"),
          List.of("dd-MM-yyyy", "d-M-yyyy"),
          List.of("MM-dd-yyyy", "M-d-yyyy"),
          List.of("yyyy.MM.dd", "yyyyMMdd"),
          List.of("dd-MMM-yyyy", "d-MMM-yyyy", "d MMM yyyy", "d MMMM yyyy", "dd-MMM-yy"),
          List.of("MMM d yyyy", "MMM d, yyyy", "MMMM d, yyyy"));

  private static final List<String> CLOCKS =
      List.of(
          "",
          " HH:mm",
          " H:mm",
          " HH:mm:ss",
          " H:mm:ss",
          " hh:mm a",
          " h:mm a",
          " hh:mm:ss a",
          " h:mm:ss a",
          " HH:mm:ss.SSS",
          "'T'HH:mm",
          "'T'HH:mm:ss",
          ", HH:mm",
          ", HH:mm:ss",
          " HHmm",
          "HHmm",
          " HH.mm");

  private TimeForms() {}

  /** Whether texts look like times, read or not. */
  static boolean areLikely(List<String> texts) {
    return texts.stream().allMatch(text -> LIKELY.matcher(text).matches());
  }

  /**
   * The patterns that read all of some texts, one of each kind; several where day and month cannot
   * be told apart.
   */
  static List<String> reading(List<String> texts) {
    var fitting = new ArrayList<String>();
    for (List<String> kind : DATES) {
      kind.stream()
          .flatMap(date -> CLOCKS.stream().map(clock -> date + clock))
          .filter(pattern -> reads(pattern, texts))
          .findFirst()
          .ifPresent(fitting::add);
    }
    return fitting;
  }

  private static boolean reads(String pattern, List<String> texts) {
    var text = new TimeText(pattern, null);
    return texts.stream().allMatch(one -> text.read(one) == null);
  }
}
