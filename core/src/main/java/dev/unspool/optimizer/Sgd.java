// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Snapshot;

/**
 * Stochastic gradient descent with momentum. With the gradient g, the learning rate γ, the momentum
 * μ and the velocity b, which is 0 before the first update, so that it is g after it:
 *
 * <pre>{@code
 * b ← μ·b + g
 * θ ← θ − γ·b              classical momentum
 * θ ← θ − γ·(g + μ·b)      Nesterov
 * }</pre>
 *
 * <p>Momentum: B. T. Polyak (1964). Nesterov's form: Y. Nesterov (1983), as written by I. Sutskever
 * et al., "On the importance of initialization and momentum in deep learning" (2013), but with the
 * rate outside the velocity as in PyTorch's {@code SGD} without dampening.
 */
public final class Sgd implements Optimizer {
  private final int size;
  private final float momentum;
  private final boolean nesterov;
  private final Moment velocity;

  /**
   * A rule at rest.
   *
   * @param size number of parameters
   * @param momentum μ, from 0 (none) to below 1
   * @param nesterov whether to look ahead; needs a momentum
   */
  public Sgd(int size, double momentum, boolean nesterov) {
    this.size = Arguments.size(size);
    this.momentum = Arguments.decay("momentum", momentum);
    if (nesterov && this.momentum == 0) {
      throw new IllegalArgumentException("Nesterov's form needs a momentum above 0, found 0");
    }
    this.nesterov = nesterov;
    this.velocity = new Moment("velocity", this.momentum == 0 ? 0 : size);
  }

  @Override
  public void step(float[] theta, float[] gradient, double rate) {
    Arguments.step(size, theta, gradient, rate);
    Kernels.get().sgd(theta, gradient, velocity.values(), (float) rate, momentum, nesterov);
  }

  @Override
  public void save(Snapshot snapshot) {
    velocity.save(snapshot);
  }

  @Override
  public void load(Snapshot snapshot) {
    velocity.load(snapshot);
  }
}
