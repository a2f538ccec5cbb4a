// SPDX-License-Identifier: Apache-2.0
package tasks;

import dev.unspool.data.AddingTask;
import dev.unspool.engine.Engine;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.rtrl.Rtrl;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.train.Trainer;

/**
 * A lag that no window covers: the adding problem of {@link AddingProblem}, with two thousand more
 * numbers between the two that are marked and the answer. TBPTT(1, 50) never sees both and learns
 * to say 1; real-time recurrent learning carries what the marked numbers did to the state along
 * with it, at the price of a step and in the memory of one.
 *
 * <p>The cell is one in which each unit is carried by itself, with gates that begin nearly closed
 * (Tallec and Ollivier 2018, <i>Can recurrent neural networks warp time?</i>): what is not kept at
 * all cannot be learned from by anybody.
 *
 * <p>{@code ./unspool run examples/tasks/LongLag.java}
 */
public final class LongLag {
  /** Steps that carry numbers of which two are marked. */
  static final int VALUES = 8;

  /** Steps between the last of these and the answer. */
  static final int DELAY = 2000;

  private static final int LANES = 16;
  private static final int UNITS = 16;

  private LongLag() {}

  /** Trains by either way, and says how well that went. */
  public static void main(String[] args) {
    int sequences = 1000;
    System.out.printf("The sum of two numbers, asked for %d steps later.%n", DELAY);
    System.out.printf(
        "Mean squared error without having seen a number: %.4f%n", AddingProblem.BLIND);
    for (boolean forwards : new boolean[] {false, true}) {
      long begin = System.nanoTime();
      double error = train(forwards, DELAY, sequences, 1);
      System.out.printf(
          "%-14s mean squared error %.4f, %.0f s%n",
          forwards ? "RTRL:" : "TBPTT(1, 50):", error, (System.nanoTime() - begin) / 1e9);
    }
  }

  /**
   * The mean squared error over the last of the training.
   *
   * @param forwards whether by real-time recurrent learning, else by TBPTT(1, 50)
   * @param sequences of each lane, with an update at the end of each
   */
  static double train(boolean forwards, int delay, int sequences, long seed) {
    var network = new Network(NetworkSpec.of(Cell.named("mingru"), 2, UNITS, 1));
    var theta = network.initialise(new SplitMix64(seed));
    closeGates(theta, -Math.log(delay));
    var training =
        Trainer.builder(
                forwards ? rtrl(network, theta) : tbptt(network, theta),
                new AddingTask(VALUES, delay, LANES, seed))
            .optimizer(new Adam())
            .learningRate(LearningRate.cosine(3e-2, 50, sequences, 3e-4))
            .clipping(Clipping.byNorm(1))
            .build();
    int counted = sequences / 10;
    double sum = 0;
    try (training) {
      for (int answers = 0; answers < sequences; ) {
        var progress = training.update();
        if (progress != null && progress.weight() > 0) { // else nothing was asked for
          sum += answers >= sequences - counted ? progress.loss() : 0;
          answers++;
        }
      }
    }
    return sum / counted;
  }

  private static Engine rtrl(Network network, Parameters theta) {
    return Rtrl.builder(network, theta)
        .interval(1)
        .loss(new MeanSquaredError())
        .lanes(LANES)
        .build();
  }

  private static Engine tbptt(Network network, Parameters theta) {
    return Tbptt.builder(network, theta)
        .truncation(1, 50)
        .loss(new MeanSquaredError())
        .lanes(LANES)
        .build();
  }

  /** The rows of the gate that lets the input in stand first. */
  private static void closeGates(Parameters theta, double bias) {
    int offset = theta.layout().slice("bias_ih_l0").offset();
    for (int unit = 0; unit < UNITS; unit++) {
      theta.values()[offset + unit] = (float) bias;
    }
  }
}
