// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Split;

/** Cuts a file's data into the parts of a run. */
final class Parts {
  private Parts() {}

  /** The parts of so many rows or tokens of {@code file}, which a refusal names. */
  static Split of(Object file, long rows, double valid, double test) {
    try {
      return Split.byFraction(rows, valid, test);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
