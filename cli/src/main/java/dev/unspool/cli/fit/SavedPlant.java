// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.run.Plant;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.TrainedModel;
import java.io.IOException;

/**
 * A NARX model as it stands in its folder, whoever made it.
 *
 * @param folder where it is
 * @param config what it is, and how it came about
 * @param plant what it is made of
 * @param model in the units of its table, with its best weights
 * @param trained the same weights by name, and what is said about them
 */
public record SavedPlant(
    RunFolder folder, RunConfig config, Plant plant, FittedModel model, TrainedModel trained) {

  /**
   * Reads a model.
   *
   * @throws RunException with one line, if there is none or a file is not what was written
   */
  public static SavedPlant read(RunFolder folder) throws IOException {
    return folder.read(config -> read(folder, config));
  }

  private static SavedPlant read(RunFolder folder, RunConfig config) throws IOException {
    if (config.narx() == null) {
      throw new RunException(
          "%s holds no NARX model: 'unspool fit' makes one".formatted(folder.path()));
    }
    Plant plant = folder.plant(config);
    FittedModel empty = FittedModel.of(config.requireCsv(), plant);
    TrainedModel trained = TrainedModel.read(folder, config, empty.narx().closedLoop());
    return new SavedPlant(folder, config, plant, empty.with(trained.weights()), trained);
  }
}
