// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** Chooses the implementation. */
final class DoubleRowsLookup {
  private DoubleRowsLookup() {}

  static DoubleRows choose(String wanted) {
    return isSimd(wanted) ? new SimdDoubleRows() : new ScalarDoubleRows();
  }

  static DoubleUnits chooseUnits(String wanted) {
    return isSimd(wanted) ? new SimdDoubleUnits() : new ScalarDoubleUnits();
  }

  private static boolean isSimd(String wanted) {
    boolean offered = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return offered && Simd.isSupported() && !wanted.equals("scalar");
  }
}
