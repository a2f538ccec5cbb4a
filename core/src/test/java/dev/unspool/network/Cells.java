// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import java.util.stream.Stream;

/** Built-in cells for suites that not every one of them suits. */
public final class Cells {
  private Cells() {}

  /**
   * Those of which float32 keeps the digits that a suite compares. Not the ones that normalise what
   * goes around: where a sequence begins these are zeros, whose derivative is 300 times what comes
   * back. Golden values, central differences and Jacobians in float64 are what holds those.
   */
  public static Stream<Cell> wellConditioned() {
    return Cell.builtIn().stream().filter(cell -> !cell.label().startsWith("layernorm"));
  }
}
