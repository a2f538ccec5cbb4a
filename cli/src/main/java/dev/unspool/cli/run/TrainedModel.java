// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.checkpoint.CheckpointFolder;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.step.StepProgram;
import dev.unspool.train.BestWeights;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A network with its best weights: those that did best on the validation part of a training, or the
 * newest where nothing was validated; those that a fit came to.
 *
 * @param model the network
 * @param theta its weights in float32
 * @param fit the same in float64, and what is said about them, if they are of a fit; else null
 */
public record TrainedModel(Network model, Parameters theta, @Nullable FitWeights fit) {
  /** A step of it as equations. */
  public StepProgram step() {
    return model.program();
  }

  /**
   * Reads the weights of a run.
   *
   * @throws RunException if nothing was trained yet
   */
  public static TrainedModel read(RunFolder folder, RunConfig config, NetworkSpec spec)
      throws IOException {
    var network = new Network(spec);
    var theta = new Parameters(network.parameters());
    if (config.isFit()) {
      FitWeights fit = FitWeights.read(folder, config, theta.layout());
      theta.set(fit.theta());
      return new TrainedModel(network, theta, fit);
    }
    CheckpointFolder checkpoint = folder.checkpoints();
    if (!folder.hasCheckpoint(config)) {
      throw new RunException(
          "%s holds no checkpoint yet; train it with 'unspool resume %s'"
              .formatted(folder.path(), folder.path()));
    }
    Snapshot state = checkpoint.read(theta).state();
    var best = new BestWeights(theta.layout());
    best.load(state.in("best"));
    return new TrainedModel(network, best.exist() ? best.weights() : theta, null);
  }
}
