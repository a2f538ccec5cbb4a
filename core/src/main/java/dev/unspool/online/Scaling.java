// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import java.util.Arrays;
import java.util.List;

/** How numbers of a stream become numbers that a model is at ease with, around 0 and of size 1. */
public sealed interface Scaling {
  /** Not at all: numbers go in as they are. */
  static Scaling none() {
    return new None();
  }

  /**
   * By mean and deviation of what has come so far, of which the older counts less.
   *
   * @param memory in records, at least 2; infinity forgets nothing
   */
  static Scaling running(double memory) {
    return new Running(memory, false);
  }

  /**
   * The same, hardly moved by single wrong values.
   *
   * @param memory in records, at least 2; infinity forgets nothing
   */
  static Scaling robust(double memory) {
    return new Running(memory, true);
  }

  /**
   * By numbers that are known and stay, such as those that a model was trained with.
   *
   * @param means of each number; copied
   * @param deviations of each number, above 0; copied
   */
  static Scaling fixed(double[] means, double[] deviations) {
    return new Fixed(
        Arrays.stream(means).boxed().toList(), Arrays.stream(deviations).boxed().toList());
  }

  /** See {@link #none}. */
  record None() implements Scaling {}

  /**
   * See {@link #running} and {@link #robust}.
   *
   * @param memory in records
   * @param robust whether single wrong values hardly count
   */
  record Running(double memory, boolean robust) implements Scaling {
    /** Checks the range. */
    public Running {
      if (!(memory >= 2)) {
        throw new IllegalArgumentException(
            "a scale needs a memory of at least 2 records, found " + memory);
      }
    }
  }

  /**
   * See {@link #fixed}.
   *
   * @param means finite
   * @param deviations as many, above 0
   */
  record Fixed(List<Double> means, List<Double> deviations) implements Scaling {
    /** Checks the ranges. */
    public Fixed {
      means = List.copyOf(means);
      deviations = List.copyOf(deviations);
      if (means.size() != deviations.size()
          || !means.stream().allMatch(Double::isFinite)
          || !deviations.stream().allMatch(d -> d > 0 && Double.isFinite(d))) {
        throw new IllegalArgumentException(
            "each number needs a mean and a deviation above 0, found %s and %s"
                .formatted(means, deviations));
      }
    }
  }
}
