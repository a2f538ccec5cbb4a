// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.util.Locale;

/**
 * What was measured for one shape.
 *
 * @param micros microseconds per update, or per step where {@link Shape#perStep()}
 * @param gflops floating-point operations of the matrix products, in 10⁹ per second
 * @param peak what the threads could do at most, in the same unit
 */
public record Row(Shape shape, double micros, double gflops, double peak) {
  /** Share of the peak. */
  public double peakFraction() {
    return gflops / peak;
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%-22s %10.2f µs/%-6s %7.1f GFLOP/s %5.1f %% of peak",
        shape.name(),
        micros,
        shape.perStep() ? "step" : "update",
        gflops,
        100 * peakFraction());
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"shape\": \"%s\", \"micros\": %.3f, \"gflops\": %.2f, \"peak_fraction\": %.4f}",
        shape.name(),
        micros,
        gflops,
        peakFraction());
  }
}
