// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Snapshot;

/**
 * Stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013),
 * in PyTorch's form:
 *
 * <pre>{@code
 * m ← momentum·m + g
 * θ ← θ − rate·m                        or, Nesterov:  θ ← θ − rate·(g + momentum·m)
 * }</pre>
 */
public final class Sgd implements Optimizer {
  private final int size;
  private final float momentum;
  private final boolean nesterov;
  private final float[] velocity;

  /**
   * Descent with momentum.
   *
   * @param size number of parameters
   * @param momentum 0 ≤ momentum &lt; 1
   * @param nesterov needs a momentum above 0
   */
  public Sgd(int size, double momentum, boolean nesterov) {
    Moments.requireSize(size);
    this.momentum = Moments.requireFactor("momentum", momentum);
    if (nesterov && this.momentum == 0) {
      throw new IllegalArgumentException("Nesterov's momentum needs a momentum above 0, found 0");
    }
    this.size = size;
    this.nesterov = nesterov;
    this.velocity = new float[this.momentum == 0 ? 0 : size];
  }

  /** Plain descent. */
  public Sgd(int size) {
    this(size, 0, false);
  }

  @Override
  public void step(float[] theta, float[] gradient, double rate) {
    Moments.requireStep(size, theta, gradient, rate);
    Kernels.get().sgd(theta, gradient, velocity, (float) rate, momentum, nesterov);
  }

  @Override
  public void save(Snapshot snapshot) {
    snapshot.put("velocity", velocity.clone());
  }

  @Override
  public void load(Snapshot snapshot) {
    Moments.load(snapshot, "velocity", velocity);
  }
}
