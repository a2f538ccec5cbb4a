// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import java.math.BigDecimal;
import java.math.MathContext;

/** How figures are printed: with three significant digits, and without an exponent. */
final class Figures {
  /** Below this, a figure is noise. */
  private static final double NOTHING = 1e-6;

  private Figures() {}

  static String of(double figure) {
    if (!Double.isFinite(figure)) {
      return "diverged";
    }
    if (Math.abs(figure) < NOTHING) {
      return "0";
    }
    return Math.abs(figure) >= 1000
        ? Long.toString(Math.round(figure))
        : new BigDecimal(figure).round(new MathContext(3)).toPlainString();
  }
}
