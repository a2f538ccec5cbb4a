// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;

/**
 * What a model makes of data it does not learn from.
 *
 * @param loss mean over all counted steps and lanes
 * @param weight how many were counted (the sum of the mask, less where targets are missing)
 */
public record Evaluation(double loss, double weight) {

  /** Takes outputs as they come. */
  @FunctionalInterface
  public interface OutputConsumer {
    /**
     * Called for each block.
     *
     * @param block the data, valid until the call returns
     * @param outputs of the same steps, valid until the call returns
     */
    void accept(Block block, Steps outputs);
  }

  /**
   * Runs a model over the rest of a source, from the initial state, without dropout.
   *
   * @param source read to the end of its epoch
   * @param blockSteps steps run at once: speed and memory depend on it, the result does not
   */
  public static Evaluation run(
      Model model,
      Parameters theta,
      BlockSource source,
      Loss loss,
      int blockSteps,
      OutputConsumer consumer) {
    int lanes = source.lanes();
    var options =
        TapeOptions.inference(lanes).withCapacity(blockSteps).withOutputWindow(blockSteps);
    var block = Block.allocate(blockSteps, lanes, source.inputs(), source.targets());
    var gradient = Steps.allocate(blockSteps, lanes, model.outputs());
    double sum = 0;
    double total = 0;
    try (Tape tape = model.open(theta, options)) {
      Loss bound = loss.bind(tape);
      int count;
      while ((count = source.read(block, blockSteps)) > 0) {
        Block part = block.first(count);
        tape.forward(part.inputs(), part.events());
        Steps outputs = tape.outputs(count);
        LossValue value =
            bound.evaluate(outputs, part.targets(), part.mask(), gradient.view(0, count));
        if (value.weight() > 0) {
          sum += value.weight() * value.value();
          total += value.weight();
        }
        consumer.accept(part, outputs);
      }
    }
    return new Evaluation(total == 0 ? Double.NaN : sum / total, total);
  }

  /** The same, for the loss only. */
  public static Evaluation run(
      Model model, Parameters theta, BlockSource source, Loss loss, int blockSteps) {
    return run(model, theta, source, loss, blockSteps, (_, _) -> {});
  }
}
