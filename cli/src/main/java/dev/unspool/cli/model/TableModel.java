// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.model;

import dev.unspool.cli.fit.Simulation;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.Forecaster;
import dev.unspool.cli.run.JudgementConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.TrainedModel;
import dev.unspool.cli.run.UsageException;
import dev.unspool.predict.Sampling;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A trained model of a table: a step, its weights, its columns and their scales. */
public sealed interface TableModel permits NetworkModel, PlantModel {
  /**
   * Reads a model.
   *
   * @throws RunException with one line, if there is none or a file is not what was written
   * @throws UsageException if it is a model of text
   */
  static TableModel read(RunFolder folder, RunConfig config) throws IOException {
    if (config.csv() == null) {
      throw new UsageException(
          "%s is a model of text; use 'unspool generate'".formatted(folder.path()));
    }
    return config.narx() != null ? PlantModel.read(folder) : NetworkModel.read(folder, config);
  }

  /** The table that it comes from. */
  CsvConfig data();

  /** A step of it, of a NARX model that of the closed loop, and its best weights. */
  TrainedModel trained();

  /** What is unfinished about it, in a sentence; null if nothing is. */
  default @Nullable String standing() {
    return trained().standing();
  }

  /** Why it says no distribution, in a sentence; null if it says one. */
  @Nullable String certain();

  /**
   * How well it does.
   *
   * @param table its own, or another
   * @param own whether the table is its own: then the held-out parts count, else all rows
   */
  Figures evaluate(CsvConfig table, boolean own, Stop stop) throws IOException;

  /**
   * The same of the held-out parts, judged in another way than at the end of training.
   *
   * @param folder in which the forecasts are kept
   * @param remarks takes what people should know about them
   * @throws UsageException of a model that forecasts nothing
   */
  Figures evaluate(
      CsvConfig table, JudgementConfig how, RunFolder folder, Consumer<String> remarks, Stop stop)
      throws IOException;

  /**
   * Forecasts from the end of a table.
   *
   * @param own whether the table is the model's own, and must not have changed
   * @param sampling how it goes on with its own predictions, of a model that says a distribution;
   *     null as it is best for the model
   */
  Forecaster forecaster(CsvConfig table, boolean own, @Nullable Sampling sampling)
      throws IOException;

  /**
   * Runs the model over all rows of a table, of which it sees the inputs, and the targets only at
   * the beginning.
   *
   * @param table that of the model, elsewhere
   */
  Simulation simulate(CsvConfig table) throws IOException;
}
