// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.FreeRunFigures;
import dev.unspool.narx.Agreement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A simulation beside a measurement, in the targets' own units.
 *
 * @param firstRow row of the first step, counted from 0
 * @param rows number of rows
 * @param targets number of targets
 * @param measured rows × targets, NaN where one is missing; empty where nothing was measured
 * @param simulated rows × targets
 */
public record Trace(int firstRow, int rows, int targets, double[] measured, double[] simulated) {

  /** How well they agree, for each target. */
  public List<Agreement> agreements() {
    var agreements = new ArrayList<Agreement>();
    for (int i = 0; i < targets; i++) {
      agreements.add(Agreement.of(measured, simulated, targets, i, 0));
    }
    return agreements;
  }

  /**
   * Figures of it.
   *
   * @param names of the targets
   * @param predicted the same rows one step ahead; null where the model has no such predictions
   */
  FreeRunFigures figures(List<String> names, @Nullable Trace predicted) {
    List<Agreement> steps = predicted == null ? List.of() : predicted.agreements();
    var each = new LinkedHashMap<String, FreeRunFigures.Target>();
    for (int i = 0; i < names.size(); i++) {
      Agreement run = agreements().get(i);
      each.put(
          names.get(i),
          new FreeRunFigures.Target(
              Numbers.finite(run.rmse()),
              Numbers.finite(meanError(i)),
              Numbers.finite(run.fitPercent()),
              steps.isEmpty() ? null : Numbers.finite(steps.get(i).rmse()),
              steps.isEmpty() ? null : Numbers.finite(steps.get(i).fitPercent())));
    }
    return FreeRunFigures.of(rows, each);
  }

  /** Mean size of the residuals of one target. */
  double meanError(int target) {
    double[] residuals = residuals(target);
    return IntStream.range(0, rows)
        .filter(t -> !Double.isNaN(measured[t * targets + target]))
        .mapToDouble(t -> Math.abs(residuals[t]))
        .average()
        .orElse(Double.NaN);
  }

  /** Residuals of one target: measurement minus simulation. */
  double[] residuals(int target) {
    double[] residuals = new double[rows];
    for (int t = 0; t < rows; t++) {
      int at = t * targets + target;
      residuals[t] = measured[at] - simulated[at];
    }
    return residuals;
  }

  /**
   * The first row whose simulation is farther from the middle of what was measured than any
   * measurement by a factor, or −1.
   *
   * @param others more measurements, rows × targets
   */
  int runsAwayAt(double[] others, double factor) {
    int first = simulated.length;
    for (int i = 0; i < targets; i++) {
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      for (double[] values : List.of(measured, others)) {
        for (int at = i; at < values.length; at += targets) {
          if (!Double.isNaN(values[at])) {
            least = Math.min(least, values[at]);
            most = Math.max(most, values[at]);
          }
        }
      }
      double middle = least / 2 + most / 2;
      double far = factor * (most / 2 - least / 2);
      for (int at = i; at < first; at += targets) {
        if (Math.abs(simulated[at] - middle) > far) {
          first = at;
        }
      }
    }
    return first == simulated.length ? -1 : firstRow + first / targets;
  }

  /** The first row whose simulation is not finite, or −1. */
  public int divergesAt() {
    for (int i = 0; i < simulated.length; i++) {
      if (!Double.isFinite(simulated[i])) {
        return firstRow + i / targets;
      }
    }
    return -1;
  }
}
