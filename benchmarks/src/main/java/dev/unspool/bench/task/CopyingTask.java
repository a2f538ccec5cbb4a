// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import dev.unspool.data.CopyTask;
import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.inference.Evaluation;
import dev.unspool.loss.Loss;
import dev.unspool.loss.SoftmaxCrossEntropy;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Steps;
import dev.unspool.network.Input;

/** Five symbols out of eight, asked for again after five blanks: each lies ten steps back. */
final class CopyingTask implements Task {
  private static final int SYMBOLS = 8;
  private static final int LENGTH = 5;
  private static final int DELAY = 5;
  private static final int LANES = 8;
  private static final int SEQUENCES = 50;
  private static final long VALIDATION = -1;
  private static final long TEST = -2;

  @Override
  public String name() {
    return "copy, lag " + (LENGTH + DELAY);
  }

  @Override
  public String measure() {
    return "wrong symbols, %";
  }

  @Override
  public String reference() {
    return "guessing " + Figures.of(100 - 100.0 / SYMBOLS);
  }

  @Override
  public Input input() {
    return new Input.OneHot(sequences(1, 1).inputClasses());
  }

  @Override
  public int outputs() {
    return SYMBOLS;
  }

  @Override
  public Loss loss() {
    return new SoftmaxCrossEntropy();
  }

  @Override
  public BlockSource training(int lanes, long seed) {
    return sequences(lanes, seed);
  }

  @Override
  public double validate(Model model, Parameters theta) {
    return Evaluation.run(model, theta, some(VALIDATION), loss(), steps()).loss();
  }

  @Override
  public double test(Model model, Parameters theta) {
    var wrong = new long[1];
    var all =
        Evaluation.run(
            model,
            theta,
            some(TEST),
            loss(),
            steps(),
            (block, outputs) -> wrong[0] += wrong(block, outputs));
    return 100 * wrong[0] / all.weight();
  }

  private static long wrong(Block block, Steps outputs) {
    long wrong = 0;
    for (int t = 0; t < block.steps(); t++) {
      for (int lane = 0; lane < block.lanes(); lane++) {
        boolean asked = block.mask().get(t, lane, 0) > 0;
        if (asked && likeliest(outputs, t, lane) != block.targets().get(t, lane, 0)) {
          wrong++;
        }
      }
    }
    return wrong;
  }

  private static int likeliest(Steps outputs, int t, int lane) {
    int best = 0;
    for (int i = 1; i < outputs.features(); i++) {
      best = outputs.get(t, lane, i) > outputs.get(t, lane, best) ? i : best;
    }
    return best;
  }

  private static CopyTask sequences(int lanes, long seed) {
    return new CopyTask(SYMBOLS, LENGTH, DELAY, lanes, seed);
  }

  private static BlockSource some(long seed) {
    return new Opening(sequences(LANES, seed), (long) SEQUENCES * steps());
  }

  private static int steps() {
    return 2 * LENGTH + DELAY;
  }
}
