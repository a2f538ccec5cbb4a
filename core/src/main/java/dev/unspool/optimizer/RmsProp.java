// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Snapshot;

/**
 * RMSprop (Tieleman and Hinton 2012, lecture 6.5), in PyTorch's form: {@code s ← decay·s + (1 −
 * decay)·g²; θ ← θ − rate·g / (√s + ε)}.
 */
public final class RmsProp implements Optimizer {
  private final float decay;
  private final float epsilon;
  private final float[] square;

  /**
   * RMSprop.
   *
   * @param size number of parameters
   * @param decay 0 ≤ decay &lt; 1
   * @param epsilon above 0
   */
  public RmsProp(int size, double decay, double epsilon) {
    Moments.requireSize(size);
    this.decay = Moments.requireFactor("decay", decay);
    this.epsilon = Moments.requireEpsilon(epsilon);
    this.square = new float[size];
  }

  /** RMSprop with a decay of 0.99 and an ε of 1e-8. */
  public RmsProp(int size) {
    this(size, 0.99, 1e-8);
  }

  @Override
  public void step(float[] theta, float[] gradient, double rate) {
    Moments.requireStep(square.length, theta, gradient, rate);
    Kernels.get().rmsprop(theta, gradient, square, (float) rate, decay, epsilon);
  }

  @Override
  public void save(Snapshot snapshot) {
    snapshot.put("square", square.clone());
  }

  @Override
  public void load(Snapshot snapshot) {
    Moments.load(snapshot, "square", square);
  }
}
