// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Snapshot;

/**
 * RMSprop: each step divided by a running root mean square of its gradient. With the gradient g,
 * the learning rate γ, the decay α and the mean square v, which is 0 before the first update:
 *
 * <pre>{@code
 * v ← α·v + (1 − α)·g²
 * θ ← θ − γ·g / (√v + ε)
 * }</pre>
 *
 * <p>T. Tieleman and G. Hinton, "Lecture 6.5: rmsprop", Coursera: Neural Networks for Machine
 * Learning (2012); ε outside the root as in PyTorch's {@code RMSprop}, whose defaults are α = 0.99
 * and ε = 10⁻⁸.
 */
public final class RmsProp implements Optimizer {
  private final int size;
  private final float decay;
  private final float epsilon;
  private final Moment square;

  /**
   * A rule that has seen no gradient.
   *
   * @param size number of parameters
   * @param decay α, from 0 to below 1
   * @param epsilon ε, above 0: a parameter whose gradient has always been 0 would become NaN
   */
  public RmsProp(int size, double decay, double epsilon) {
    this.size = Arguments.size(size);
    this.decay = Arguments.decay("decay", decay);
    this.epsilon = Arguments.positiveFloat("epsilon", epsilon);
    this.square = new Moment("square", size);
  }

  @Override
  public void step(float[] theta, float[] gradient, double rate) {
    Arguments.step(size, theta, gradient, rate);
    Kernels.get().rmsprop(theta, gradient, square.values(), (float) rate, decay, epsilon);
  }

  @Override
  public void save(Snapshot snapshot) {
    square.save(snapshot);
  }

  @Override
  public void load(Snapshot snapshot) {
    square.load(snapshot);
  }
}
