// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.util.Arrays;
import java.util.List;

/**
 * Brings columns to mean 0 and deviation 1, with figures that are taken from the training part
 * only. Computed in float64.
 */
public final class Normalisation {
  private final List<String> columns;
  private final double[] mean;
  private final double[] deviation;

  /**
   * A normalisation with known figures.
   *
   * @param columns names, all different
   * @param mean of each column, copied
   * @param deviation standard deviation of each column, above 0, copied
   */
  public Normalisation(List<String> columns, double[] mean, double[] deviation) {
    Table.requireDifferent(columns);
    if (mean.length != columns.size() || deviation.length != columns.size()) {
      throw new IllegalArgumentException(
          "%s columns need as many means and deviations, found %s and %s"
              .formatted(columns.size(), mean.length, deviation.length));
    }
    for (int i = 0; i < mean.length; i++) {
      if (!Double.isFinite(mean[i]) || !(deviation[i] > 0) || Double.isInfinite(deviation[i])) {
        throw new IllegalArgumentException(
            "column '%s' needs a finite mean and a deviation above 0, found %s and %s"
                .formatted(columns.get(i), mean[i], deviation[i]));
      }
    }
    this.columns = List.copyOf(columns);
    this.mean = mean.clone();
    this.deviation = deviation.clone();
  }

  /**
   * Measures mean and standard deviation (of the population) by the method of Welford, "Note on a
   * method for calculating corrected sums of squares and products" (1962). A column that is
   * constant gets deviation 1.
   *
   * @param columns names of columns of the table
   * @param range rows to measure: the training part, at least one row
   */
  public static Normalisation of(Table table, List<String> columns, Range range) {
    range.requireWithin(table.rows(), "rows");
    if (range.isEmpty()) {
      throw new IllegalArgumentException("no rows to take a mean of, found the rows " + range);
    }
    var mean = new double[columns.size()];
    var deviation = new double[columns.size()];
    for (int i = 0; i < columns.size(); i++) {
      int column = table.column(columns.get(i));
      double average = 0;
      double squares = 0;
      for (long row = range.from(); row < range.to(); row++) {
        double value = table.get(row, column);
        double delta = value - average;
        average += delta / (row - range.from() + 1);
        squares += delta * (value - average);
      }
      mean[i] = average;
      deviation[i] = squares == 0 ? 1 : Math.sqrt(squares / range.length());
    }
    return new Normalisation(columns, mean, deviation);
  }

  /** Names of the columns, in order. */
  public List<String> columns() {
    return columns;
  }

  /** Index of a column, or −1 if it is not normalised. */
  public int indexOf(String column) {
    return columns.indexOf(column);
  }

  /** Mean of a column, by its index in {@link #columns()}. */
  public double mean(int column) {
    return mean[column];
  }

  /** Standard deviation of a column, by its index in {@link #columns()}. */
  public double deviation(int column) {
    return deviation[column];
  }

  /** A value in the column's own units, normalised: {@code (value − mean) / deviation}. */
  public float apply(int column, float value) {
    return (float) ((value - mean[column]) / deviation[column]);
  }

  /** A normalised value, in the column's own units: {@code value · deviation + mean}. */
  public float invert(int column, float value) {
    return (float) (value * deviation[column] + mean[column]);
  }

  @Override
  public String toString() {
    return "columns %s, means %s, deviations %s"
        .formatted(columns, Arrays.toString(mean), Arrays.toString(deviation));
  }
}
