// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.scaling;

import java.util.ArrayList;
import java.util.List;

/** All points, a table for each axis. */
public final class ScalingTable {
  private final List<Measured> points = new ArrayList<>();

  /** Takes one more. */
  public void add(Measured point) {
    points.add(point);
  }

  /** Those on an axis, in the order in which they came. */
  List<Measured> on(Curve.Axis axis) {
    return points.stream().filter(point -> point.curve().axis() == axis).toList();
  }

  /** Tables as in docs/performance.md. */
  public String markdown() {
    var result = new StringBuilder();
    for (Curve.Axis axis : Curve.Axis.values()) {
      result.append(Measured.MARKDOWN.formatted(axis.label(), axis.unit())).append('\n');
      on(axis).forEach(point -> result.append(point.markdown()).append('\n'));
      result.append('\n');
    }
    return result.toString();
  }
}
