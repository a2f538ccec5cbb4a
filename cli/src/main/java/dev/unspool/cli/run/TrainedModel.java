// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.checkpoint.CheckpointFolder;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.network.Network;
import dev.unspool.train.BestWeights;
import java.io.IOException;

/**
 * A network with the weights that did best on the validation part, or the newest where nothing was
 * validated.
 *
 * @param network the network
 * @param theta its weights
 */
public record TrainedModel(Network network, Parameters theta) {

  /**
   * Reads the weights of a run.
   *
   * @throws RunException if nothing was trained yet
   */
  public static TrainedModel read(RunFolder folder, RunConfig config, Task task)
      throws IOException {
    CheckpointFolder checkpoint = folder.checkpoints();
    if (!folder.hasCheckpoint(config)) {
      throw new RunException(
          "%s holds no checkpoint yet; train it with 'unspool resume %s'"
              .formatted(folder.path(), folder.path()));
    }
    var network = new Network(task.network());
    var theta = new Parameters(network.parameters());
    Snapshot state = checkpoint.read(theta).state();
    var best = new BestWeights(theta.layout());
    best.load(state.in("best"));
    return new TrainedModel(network, best.exist() ? best.weights() : theta);
  }
}
