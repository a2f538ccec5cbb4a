// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** Chooses the implementation once, when it is first asked for. */
final class DoubleRowsLookup {
  static final DoubleRows CHOSEN = choose(System.getProperty("unspool.kernels", ""));

  private DoubleRowsLookup() {}

  static DoubleRows choose(String wanted) {
    boolean offered = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return offered && Simd.isSupported() && !wanted.equals("scalar")
        ? new SimdDoubleRows()
        : new ScalarDoubleRows();
  }
}
