// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.engine.BlockSource;
import dev.unspool.loss.Loss;
import dev.unspool.model.Parameters;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/** What is trained: a step, data in parts, and what the outputs of the step mean. */
public interface Task extends AutoCloseable {
  /**
   * Says whether the data are still those that training began with.
   *
   * @throws RunException if they are not
   */
  void requireUnchanged() throws IOException;

  /** Keeps what the run needs beside its configuration. */
  void keep(RunFolder folder) throws IOException;

  /** The step that learns; it takes what {@link #training} yields. */
  StepProgram program();

  /** What it is, in a few words. */
  String describe();

  /** Weights to begin with where there are none. */
  Parameters initialise(RandomGenerator random);

  /** What is made small. */
  Loss loss();

  /** Whether there is more than one layer, between which dropout may be. */
  boolean isLayered();

  /** Unit of the loss, for a chart. */
  String lossUnit();

  /**
   * The training part.
   *
   * @param lanes sequences side by side
   */
  BlockSource training(int lanes) throws RunException;

  /** Whether there is a validation part. */
  boolean validates();

  /**
   * Loss on the validation part.
   *
   * @throws Stop.Asked if the run is to end
   */
  double validate(Parameters theta, Stop stop);

  /**
   * The figures of the held-out parts.
   *
   * @throws Stop.Asked if the run is to end
   */
  Figures figures(Parameters theta, Stop stop);

  /** What people should know about how the newest figures came about, one line each. */
  default List<String> remarks() {
    return List.of();
  }

  /** Keeps, beside the newest figures, the forecasts that they were made of, if there are any. */
  default void keepJudged(RunFolder folder) throws IOException {}

  /** Draws the errors of the newest figures by how far ahead, if that can be drawn. */
  default void drawHorizons(Path png) throws IOException {}

  /** Draws truth against prediction, if that can be drawn. */
  void drawForecast(Path png, Parameters theta, Stop stop) throws IOException;

  @Override
  void close();
}
