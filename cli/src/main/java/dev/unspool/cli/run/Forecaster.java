// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Table;
import dev.unspool.predict.Combination;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Prediction;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Predicts the rows after the end of a table. */
public interface Forecaster extends AutoCloseable {
  /** What the model says of a row. */
  Outputs outputs();

  /** What people should know about where it begins, a sentence each. */
  default List<String> notes() {
    return List.of();
  }

  /** When rows are; null where nobody knows. */
  default @Nullable TimeAxis axis() {
    return null;
  }

  /**
   * Reads the rows from {@link #firstRow()} on, with the {@link #needed()} inputs; the caller
   * closes them.
   *
   * @param table where they are, and how they are written
   * @param steps number of rows that will be predicted
   * @param notes gets what people should know about them, a sentence each
   * @throws RunException if so many steps need more
   */
  default Table future(CsvConfig table, int steps, List<String> notes) throws IOException {
    return table.format().open(Path.of(table.file()), needed()).read(needed());
  }

  /**
   * The same, combined with what a linear autoregression says.
   *
   * @param combination how
   * @return closes this one
   * @throws UsageException if it cannot be
   */
  default Forecaster combined(Combination combination) {
    throw new UsageException("--combine is for trained networks, and this is a fitted one");
  }

  /** Row of the first step, counted from 0 with the first row of the table. */
  long firstRow();

  /** The inputs that are not predicted, and so must be known in advance. */
  List<String> needed();

  /** Of each target: finer differences of values say nothing. */
  double[] resolution();

  /** A value of the first target, in its own units, as it was measured. */
  double truth(long row);

  /**
   * Forecasts. Each row is handed over as soon as it is known.
   *
   * @param steps number of rows
   * @param future what {@link #future} has read for as many steps, or null: then the table says all
   * @param each takes the rows one after the other
   */
  void run(int steps, @Nullable Table future, Consumer<Prediction> each) throws RunException;

  @Override
  void close();
}
