// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Split;

/** Cuts a file's data into the parts of a run. */
final class Parts {
  private Parts() {}

  /** The parts of so many {@code things} of {@code file}; a refusal names both. */
  static Split of(Object file, long count, String things, double valid, double test) {
    try {
      return Split.byFraction(count, things, valid, test);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
