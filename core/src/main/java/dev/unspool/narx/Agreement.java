// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

/**
 * How well a simulation agrees with a measurement of one output.
 *
 * @param rmse root of the mean squared error; not finite where the simulation diverged
 * @param fitPercent 100 · (1 − ‖y − ŷ‖ / ‖y − ȳ‖), as MATLAB's {@code compare} reports it: 100 for
 *     a perfect simulation, 0 for one no better than the mean of the measurement, and below 0 for a
 *     worse one; not finite where the measurement is constant
 * @param count number of steps compared
 */
public record Agreement(double rmse, double fitPercent, int count) {

  /**
   * Compares.
   *
   * @param measured steps × width; a step whose measurement is NaN is not compared
   * @param simulated of the same shape
   * @param column the output compared
   * @param from the first step compared
   */
  public static Agreement of(
      double[] measured, double[] simulated, int width, int column, int from) {
    if (measured.length != simulated.length) {
      throw new IllegalArgumentException(
          "a measurement of %s values cannot be compared with a simulation of %s"
              .formatted(measured.length, simulated.length));
    }
    int steps = measured.length / width;
    int count = 0;
    double first = Double.NaN;
    boolean moves = false;
    for (int t = from; t < steps; t++) {
      double y = measured[t * width + column];
      if (!Double.isNaN(y)) {
        first = count == 0 ? y : first;
        moves |= y != first;
        count++;
      }
    }
    double mean = 0;
    for (int t = from; t < steps; t++) {
      double y = measured[t * width + column];
      mean += Double.isNaN(y) ? 0 : y / count;
    }
    double errors = 0;
    double spread = 0;
    for (int t = from; t < steps; t++) {
      double y = measured[t * width + column];
      if (!Double.isNaN(y)) {
        double error = y - simulated[t * width + column];
        errors += error * error;
        spread += (y - mean) * (y - mean);
      }
    }
    // A constant differs from its mean by rounding only.
    double relative = moves ? Math.sqrt(errors / spread) : Double.POSITIVE_INFINITY;
    return new Agreement(Math.sqrt(errors / count), 100 * (1 - relative), count);
  }
}
