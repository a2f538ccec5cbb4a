// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.run.Digest;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.data.CsvFile;
import dev.unspool.data.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What was measured, in its own units.
 *
 * @param u rows × inputs
 * @param y rows × targets
 * @param rows number of rows
 * @param skippedRows bad rows that were left out
 */
public record Signals(double[] u, double[] y, int rows, long skippedRows) {
  /** What can be done about a row in which a number is missing. */
  static final String ADVICE_ON_MISSING =
      "fix it; --skip-bad-rows leaves the row out, and those around it become neighbours, which are a step apart to a fit";

  /**
   * Reads columns of a table.
   *
   * @param targets may be empty
   * @throws dev.unspool.cli.run.UsageException if a column is not there
   */
  public static Signals read(
      Path file, TableFormat format, List<String> inputs, List<String> targets) throws IOException {
    var columns = new ArrayList<>(inputs);
    columns.addAll(targets);
    CsvFile csv = format.open(file, columns).withAdvice(TableFormat.ADVICE, ADVICE_ON_MISSING);
    try (Table table = csv.read(columns)) {
      return of(file, table, inputs, targets);
    }
  }

  /** Takes columns of a table. */
  static Signals of(Path file, Table table, List<String> inputs, List<String> targets)
      throws RunException {
    if (table.rows() * (inputs.size() + targets.size()) > Integer.MAX_VALUE - 8) {
      throw new RunException(
          "%s has %s rows, more than a fit can hold in memory; use a part of them"
              .formatted(file, table.rows()));
    }
    int rows = (int) table.rows();
    return new Signals(
        values(table, rows, inputs), values(table, rows, targets), rows, table.skippedRows());
  }

  /** The same rows followed by some of which only the inputs are known. */
  public Signals followedBy(Table future, List<String> inputs, int steps) {
    double[] more = values(future, steps, inputs);
    double[] all = Arrays.copyOf(u, u.length + more.length);
    System.arraycopy(more, 0, all, u.length, more.length);
    return new Signals(
        all, Arrays.copyOf(y, (rows + steps) * targets()), rows + steps, skippedRows);
  }

  private static double[] values(Table table, int rows, List<String> columns) {
    int width = columns.size();
    double[] values = new double[rows * width];
    for (int i = 0; i < width; i++) {
      int column = table.column(columns.get(i));
      for (int row = 0; row < rows; row++) {
        values[row * width + i] = table.get(row, column);
      }
    }
    return values;
  }

  /** Adds all values to a digest. */
  void addTo(Digest digest) {
    digest.with(u).with(y);
  }

  /** Number of inputs. */
  int inputs() {
    return rows == 0 ? 0 : u.length / rows;
  }

  /** Number of targets. */
  int targets() {
    return rows == 0 ? 0 : y.length / rows;
  }

  /** One input over all rows from {@code from} to before {@code to}. */
  double[] input(int column, int from, int to) {
    return column(u, inputs(), column, from, to);
  }

  /** One target over all rows from {@code from} to before {@code to}. */
  double[] target(int column, int from, int to) {
    return column(y, targets(), column, from, to);
  }

  private static double[] column(double[] values, int width, int column, int from, int to) {
    double[] one = new double[to - from];
    for (int row = from; row < to; row++) {
      one[row - from] = values[row * width + column];
    }
    return one;
  }
}
