// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.util.Arrays;
import java.util.List;

/**
 * Brings columns to about −1 to 1, with figures that are taken from the training part only: to mean
 * 0 and deviation 1 ({@link #of}), by median and quartiles where a few wild values should not
 * decide ({@link #robust}), or in such a way that 0 stays 0 ({@link #rms}). Numbers that are
 * missing (NaN) count in nothing. Computed in float64: a model that takes float32 is given what is
 * left when the mean has been taken off.
 */
public final class Normalisation {
  private final List<String> columns;
  private final double[] mean;
  private final double[] deviation;

  /**
   * A normalisation with known figures.
   *
   * @param columns names, all different
   * @param mean of each column, or another value that becomes 0, copied
   * @param deviation of each column, or another distance that becomes 1, above 0, copied
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
   * @throws IllegalArgumentException if numbers are so large that their squares overflow
   */
  public static Normalisation of(Table table, List<String> columns, Range range) {
    requireRows(table, range);
    var mean = new double[columns.size()];
    var deviation = new double[columns.size()];
    for (int i = 0; i < columns.size(); i++) {
      int column = table.column(columns.get(i));
      double average = 0;
      double squares = 0;
      long known = 0;
      for (long row = range.from(); row < range.to(); row++) {
        double value = table.get(row, column);
        if (!Double.isNaN(value)) {
          double delta = value - average;
          average += delta / ++known;
          squares += delta * (value - average);
        }
      }
      requireKnown(known, columns.get(i), range);
      mean[i] = average;
      deviation[i] = squares == 0 ? 1 : Math.sqrt(squares / known);
      requireMeasurable(columns.get(i), mean[i], deviation[i]);
    }
    return new Normalisation(columns, mean, deviation);
  }

  /**
   * Takes the median for the mean, and the {@link Quantiles#deviation} that the quartiles tell for
   * the standard deviation. Up to a quarter of the values on either side may be anything. A column
   * whose quartiles are equal, as of a signal that rests most of the time, gets the figures of
   * {@link #of}.
   *
   * @param columns names of columns of the table
   * @param range rows to measure: the training part, at least one row
   */
  public static Normalisation robust(Table table, List<String> columns, Range range) {
    requireRows(table, range);
    var middle = new double[columns.size()];
    var distance = new double[columns.size()];
    for (int i = 0; i < columns.size(); i++) {
      int column = table.column(columns.get(i));
      requireKnown(range.length() - table.missing(column, range), columns.get(i), range);
      var quantiles = new Quantiles(range.length(), row -> table.get(range.from() + row, column));
      middle[i] = quantiles.at(0.5);
      distance[i] = quantiles.deviation();
      if (distance[i] == 0) {
        Normalisation plain = of(table, List.of(columns.get(i)), range);
        middle[i] = plain.mean(0);
        distance[i] = plain.deviation(0);
      }
      requireMeasurable(columns.get(i), middle[i], distance[i]);
    }
    return new Normalisation(columns, middle, distance);
  }

  /**
   * Takes 0 for the mean and the root mean square for the standard deviation: a system at rest at 0
   * stays there. A column of zeros gets 1.
   *
   * @param columns names of columns of the table
   * @param range rows to measure: the training part, at least one row
   * @throws IllegalArgumentException if numbers are so large that their squares overflow
   */
  public static Normalisation rms(Table table, List<String> columns, Range range) {
    requireRows(table, range);
    var sizes = new double[columns.size()];
    for (int i = 0; i < columns.size(); i++) {
      int column = table.column(columns.get(i));
      double squares = 0;
      long known = 0;
      for (long row = range.from(); row < range.to(); row++) {
        double value = table.get(row, column);
        if (!Double.isNaN(value)) {
          squares += value * value;
          known++;
        }
      }
      requireKnown(known, columns.get(i), range);
      sizes[i] = squares == 0 ? 1 : Math.sqrt(squares / known);
      requireMeasurable(columns.get(i), 0, sizes[i]);
    }
    return new Normalisation(columns, new double[columns.size()], sizes);
  }

  /** Leaves columns as they are. */
  public static Normalisation none(List<String> columns) {
    double[] ones = new double[columns.size()];
    Arrays.fill(ones, 1);
    return new Normalisation(columns, new double[columns.size()], ones);
  }

  private static void requireRows(Table table, Range range) {
    range.requireWithin(table.rows(), "rows");
    if (range.isEmpty()) {
      throw new IllegalArgumentException("no rows to take a mean of, found the rows " + range);
    }
  }

  private static void requireKnown(long known, String column, Range range) {
    if (known == 0) {
      throw new IllegalArgumentException(
          "column '%s' has no number in the rows %s, so there is nothing to take a mean of; leave the column out, or use data in which it is known"
              .formatted(column, range));
    }
  }

  private static void requireMeasurable(String column, double mean, double deviation) {
    if (!Double.isFinite(mean) || !Double.isFinite(deviation)) {
      throw new IllegalArgumentException(
          "column '%s' has numbers too large to measure a deviation of: their squares are beyond 1.8e308; correct them, or give the column in a larger unit"
              .formatted(column));
    }
  }

  /**
   * That of some of the columns.
   *
   * @param some names of columns, in the order wanted
   * @throws IllegalArgumentException if one of them is not normalised
   */
  public Normalisation of(List<String> some) {
    int[] indices = some.stream().mapToInt(columns::indexOf).toArray();
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0) {
        throw new IllegalArgumentException(
            "no column '%s'; there are figures of %s".formatted(some.get(i), columns));
      }
    }
    return new Normalisation(
        some,
        Arrays.stream(indices).mapToDouble(this::mean).toArray(),
        Arrays.stream(indices).mapToDouble(this::deviation).toArray());
  }

  /** Names of the columns, in order. */
  public List<String> columns() {
    return columns;
  }

  /** Index of a column, or −1 if it is not normalised. */
  public int indexOf(String column) {
    return columns.indexOf(column);
  }

  /** What becomes 0 of a column, its mean or median, by its index in {@link #columns()}. */
  public double mean(int column) {
    return mean[column];
  }

  /** What becomes 1 of a column, its deviation, by its index in {@link #columns()}. */
  public double deviation(int column) {
    return deviation[column];
  }

  /** A value in the column's own units, normalised: {@code (value − mean) / deviation}. */
  public double apply(int column, double value) {
    return (value - mean[column]) / deviation[column];
  }

  /** A normalised value, in the column's own units: {@code value · deviation + mean}. */
  public double invert(int column, double value) {
    return value * deviation[column] + mean[column];
  }

  /**
   * Rows, normalised.
   *
   * @param rows rows × columns, not modified
   */
  public double[] apply(double[] rows) {
    double[] normalised = new double[rows.length];
    Arrays.setAll(normalised, i -> apply(i % mean.length, rows[i]));
    return normalised;
  }

  /**
   * Normalised rows, in the columns' own units.
   *
   * @param rows rows × columns, not modified
   */
  public double[] invert(double[] rows) {
    double[] own = new double[rows.length];
    Arrays.setAll(own, i -> invert(i % mean.length, rows[i]));
    return own;
  }

  @Override
  public String toString() {
    return "columns %s, means %s, deviations %s"
        .formatted(columns, Arrays.toString(mean), Arrays.toString(deviation));
  }
}
