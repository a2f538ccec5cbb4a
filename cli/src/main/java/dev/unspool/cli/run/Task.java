// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.engine.BlockSource;
import dev.unspool.loss.Loss;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.network.NetworkSpec;
import java.io.IOException;
import java.nio.file.Path;

/** What is learned: data in parts, and what the outputs of a network mean. */
public sealed interface Task extends AutoCloseable permits SeriesTask, TextTask {

  /** Opens the data of a run. */
  static Task open(RunFolder folder, RunConfig config) throws IOException {
    if (config.csv() != null) {
      return SeriesTask.open(config.csv(), folder.architecture(config));
    }
    if (config.text() != null) {
      return TextTask.open(config.text(), folder.architecture(config), folder.vocabulary());
    }
    throw new IllegalArgumentException("a run needs a table or a text");
  }

  /**
   * Says whether the data are still those that training began with.
   *
   * @throws RunException if they are not
   */
  void requireUnchanged() throws IOException;

  /** Keeps what the run needs beside its configuration. */
  void keep(RunFolder folder) throws IOException;

  /** The network that the data ask for. */
  NetworkSpec network();

  /** What is made small. */
  Loss loss();

  /** Unit of the loss, for a chart. */
  String lossUnit();

  /**
   * The training part.
   *
   * @param lanes sequences side by side
   */
  BlockSource training(int lanes) throws IOException;

  /** Whether there is a validation part. */
  boolean validates();

  /**
   * Loss on the validation part.
   *
   * @throws Stop.Asked if the run is to end
   */
  double validate(Model model, Parameters theta, Stop stop) throws IOException;

  /**
   * The figures of the held-out parts.
   *
   * @throws Stop.Asked if the run is to end
   */
  Figures figures(Model model, Parameters theta, Stop stop) throws IOException;

  /**
   * The figures of all of the data, as for data that the run has never seen.
   *
   * @throws Stop.Asked if the run is to end
   */
  Figures figuresOfAll(Model model, Parameters theta, Stop stop) throws IOException;

  /** Draws truth against prediction, if that can be drawn. */
  void drawForecast(Path png, Model model, Parameters theta, Stop stop) throws IOException;

  @Override
  void close() throws IOException;
}
