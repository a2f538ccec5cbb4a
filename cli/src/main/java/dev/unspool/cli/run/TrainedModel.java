// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.checkpoint.CheckpointFolder;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.step.StepProgram;
import dev.unspool.train.BestWeights;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A model with its best weights: those that did best on the validation part of a training, or the
 * newest where nothing was validated; those that a fit came to.
 *
 * @param step of the model, as equations
 * @param theta its weights in float32
 * @param fit the same in float64, and what is said about them, if they are of a fit; else null
 */
public record TrainedModel(StepProgram step, Parameters theta, @Nullable FitWeights fit) {

  /**
   * Reads the weights of a run.
   *
   * @throws RunException if nothing was trained yet
   */
  public static TrainedModel read(RunFolder folder, RunConfig config, StepProgram step)
      throws IOException {
    var theta = new Parameters(step.parameters());
    if (config.isFit()) {
      FitWeights fit = FitWeights.read(folder, config, theta.layout());
      theta.set(fit.theta());
      return new TrainedModel(step, theta, fit);
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
    return new TrainedModel(step, best.exist() ? best.weights() : theta, null);
  }

  /** The weights in float64. */
  public double[] weights() {
    return fit != null ? fit.theta() : theta.toDoubles();
  }

  /** What is unfinished about them, in a sentence; null if nothing is. */
  public @Nullable String standing() {
    return fit == null ? null : fit.standing();
  }
}
