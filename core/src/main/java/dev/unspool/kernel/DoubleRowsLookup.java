// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** Chooses the implementation. */
final class DoubleRowsLookup {
  private DoubleRowsLookup() {}

  static DoubleRows choose(String wanted) {
    boolean offered = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return offered && Simd.isSupported() && !wanted.equals("scalar")
        ? new SimdDoubleRows()
        : new ScalarDoubleRows();
  }
}
