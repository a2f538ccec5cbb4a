// SPDX-License-Identifier: Apache-2.0
package tasks;

import dev.unspool.data.CopyTask;
import dev.unspool.loss.SoftmaxCrossEntropy;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import dev.unspool.train.Trainer;

/**
 * What k2 buys, with overlapping windows: the network sees two random symbols, waits, and must say
 * them again. Each symbol lies twelve steps before the step that asks for it, so the answer is
 * learned when k2 is at least thirteen (the step itself and the twelve before it), with a sweep
 * every third step. One step less, and the network cannot do better than guess one in four.
 *
 * <p>That the border is so sharp is the LSTM's doing, whose untrained memory fades within a few
 * steps. A GRU happens to keep an echo of the symbols, which a shorter sweep can learn to amplify.
 *
 * <p>{@code ./unspool run examples/tasks/CopyProblem.java}
 */
public final class CopyProblem {
  /** Different symbols. */
  static final int SYMBOLS = 4;

  /** Symbols to be remembered. */
  static final int LENGTH = 2;

  /** Steps between the last symbol and the first answer. */
  static final int DELAY = 10;

  private CopyProblem() {}

  /** Trains once for each depth of the sweep, and says how well that went. */
  public static void main(String[] args) {
    System.out.printf("Remember %d of %d symbols for %d steps.%n", LENGTH, SYMBOLS, LENGTH + DELAY);
    System.out.printf("Bits per symbol when guessing: %.3f%n", Math.log(SYMBOLS) / Math.log(2));
    for (int k2 : new int[] {6, 12, 13, 26}) {
      System.out.printf("k2 = %2d: %.3f bits per symbol%n", k2, train(k2, 1));
    }
  }

  /** Bits per symbol over the last of the training, after sweeps of depth {@code k2}. */
  static double train(int k2, long seed) {
    int lanes = 16;
    int updates = 4000;
    int counted = 400;
    var task = new CopyTask(SYMBOLS, LENGTH, DELAY, lanes, seed);
    int classes = SYMBOLS + 2; // the symbols, the blank, the sign that asks
    var network = new Network(NetworkSpec.of(Cell.LSTM, new Input.OneHot(classes), 16, SYMBOLS));
    var theta = network.initialise(new SplitMix64(seed));
    var engine =
        Tbptt.builder(network, theta)
            .truncation(new Truncation(3, k2))
            .loss(new SoftmaxCrossEntropy())
            .lanes(lanes)
            .build();
    var training =
        Trainer.builder(engine, task)
            .optimizer(new Adam())
            .learningRate(LearningRate.cosine(1e-2, 50, updates, 1e-4))
            .clipping(Clipping.byNorm(1))
            .build();
    double sum = 0;
    double weight = 0;
    try (training) {
      for (int update = 0; update < updates; update++) {
        var progress = training.update();
        if (progress != null && update >= updates - counted) {
          sum += progress.loss() * progress.weight();
          weight += progress.weight();
        }
      }
    }
    return sum / weight / Math.log(2);
  }
}
