// SPDX-License-Identifier: Apache-2.0
package tasks;

import dev.unspool.data.AddingTask;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.train.Trainer;

/**
 * What k2 buys, on the adding problem (Hochreiter and Schmidhuber 1997): eight numbers go by, two
 * of them are marked, eight more follow, and then the network must say the sum of the two. The
 * marked numbers lie at least eight steps before the answer. A sweep that is at most eight steps
 * deep never reaches them: the best it can learn is to say 1, whose mean squared error is 1/6.
 *
 * <p>{@code ./unspool run examples/tasks/AddingProblem.java}
 */
public final class AddingProblem {
  /** Steps that carry numbers. */
  static final int VALUES = 8;

  /** Empty steps between the last number and the answer. */
  static final int DELAY = 8;

  /** Mean squared error of always saying 1: twice the variance of a uniform number, 1/12. */
  static final double BLIND = 1.0 / 6;

  private AddingProblem() {}

  /** Trains once for each depth of the sweep, and says how well that went. */
  public static void main(String[] args) {
    System.out.printf(
        "The sum of two numbers out of %d, asked for %d steps later.%n", VALUES, DELAY);
    System.out.printf("Mean squared error without having seen a number: %.4f%n", BLIND);
    for (int k2 : new int[] {4, 8, 12, 16}) {
      System.out.printf("k2 = %2d: mean squared error %.4f%n", k2, train(k2, 1));
    }
  }

  /** The mean squared error over the last of the training, after sweeps of depth {@code k2}. */
  static double train(int k2, long seed) {
    int lanes = 16;
    int updates = 3000;
    int counted = 100;
    var network = new Network(NetworkSpec.of(Cell.LSTM, 2, 16, 1));
    var theta = network.initialise(new SplitMix64(seed));
    var engine =
        Tbptt.builder(network, theta)
            .truncation(VALUES + DELAY, k2)
            .loss(new MeanSquaredError())
            .lanes(lanes)
            .build();
    var training =
        Trainer.builder(engine, new AddingTask(VALUES, DELAY, lanes, seed))
            .optimizer(new Adam())
            .learningRate(LearningRate.cosine(2e-2, 50, updates, 2e-4))
            .clipping(Clipping.byNorm(1))
            .build();
    double sum = 0;
    try (training) {
      for (int update = 0; update < updates; update++) {
        var progress = training.update();
        if (progress != null && update >= updates - counted) {
          sum += progress.loss();
        }
      }
    }
    return sum / counted;
  }
}
