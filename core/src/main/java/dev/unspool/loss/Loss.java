// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.Workers;

/**
 * A number to be made small: a function of the outputs of one or more steps. Implement it for a
 * loss of your own; it may couple steps and lanes in any way. Implementations are stateless.
 */
public interface Loss {
  /** Number of target features that go with {@code outputs} output features. */
  int targets(int outputs);

  /**
   * The loss and its derivative. The losses of this package are weighted means over all steps and
   * lanes, {@code Σ mask·ℓ / Σ mask}, with the weight {@code Σ mask}, and 0 where the mask is 0
   * everywhere. But for {@link SoftmaxCrossEntropy}, each ℓ is a mean over targets, and a target
   * that is NaN is missing: it counts in nothing, and its row counts less, {@code mask·k/n} where k
   * of n targets are known.
   *
   * @param outputs steps × lanes × outputs, oldest step first; not modified
   * @param targets steps × lanes × {@link #targets}; not modified
   * @param mask steps × lanes × 1, weights ≥ 0; not modified
   * @param gradient of the shape of {@code outputs}; overwritten with ∂loss/∂outputs
   */
  LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient);

  /**
   * This loss for one caller with threads: an engine binds its loss once and evaluates what it
   * gets. Values and gradients are the same, whoever computes them. Unless a loss says otherwise,
   * it is computed by the caller alone.
   *
   * @param workers asked by nobody else meanwhile
   */
  default Loss bind(Workers workers) {
    return this;
  }

  /**
   * The same for whoever has a tape: a loss with parameters of its own may find them there. Unless
   * a loss says otherwise, the tape's threads are all it takes.
   *
   * @param tape whose outputs will be evaluated
   */
  default Loss bind(Tape tape) {
    return bind(tape.workers());
  }
}
