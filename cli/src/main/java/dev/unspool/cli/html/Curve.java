// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.html;

import dev.unspool.cli.report.ThinnedCurve;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of a chart.
 *
 * @param name what it is
 * @param role how it is drawn: {@code main}, {@code other} (dashed) or {@code faint}
 * @param x where the points are, from left to right
 * @param y how high they are; null is a gap
 */
record Curve(String name, String role, List<Long> x, List<@Nullable Double> y) {
  /** More than any screen shows, and few enough for files of a page. */
  private static final MathContext DIGITS = new MathContext(7);

  /** A curve of that shape. */
  static Curve of(String name, String role, ThinnedCurve curve) {
    var y = new ArrayList<@Nullable Double>();
    curve.y().forEach(value -> y.add(rounded(value)));
    return new Curve(name, role, curve.x(), y);
  }

  /** A value as it is drawn: seven digits; null where there is none. */
  static @Nullable Double rounded(@Nullable Double value) {
    return value == null || !Double.isFinite(value)
        ? null
        : new BigDecimal(value).round(DIGITS).doubleValue();
  }
}
