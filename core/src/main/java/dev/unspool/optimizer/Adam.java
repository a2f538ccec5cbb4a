// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Snapshot;

/**
 * Adam (Kingma and Ba 2015, algorithm 1), and AdamW with decoupled weight decay (Loshchilov and
 * Hutter 2019, algorithm 2), in PyTorch's form; t counts updates from 1:
 *
 * <pre>{@code
 * m ← β1·m + (1 − β1)·g          v ← β2·v + (1 − β2)·g²
 * θ ← (1 − rate·decay)·θ − rate · m/(1 − β1ᵗ) / (√(v/(1 − β2ᵗ)) + ε)
 * }</pre>
 */
public final class Adam implements Optimizer {
  private final float beta1;
  private final float beta2;
  private final float epsilon;
  private final double weightDecay;
  private final float[] mean;
  private final float[] square;
  private long updates;

  /**
   * Adam.
   *
   * @param size number of parameters
   * @param beta1 decay of the first moment, 0 ≤ β1 &lt; 1
   * @param beta2 decay of the second moment, 0 ≤ β2 &lt; 1
   * @param epsilon above 0
   * @param weightDecay decoupled, at least 0; 0: Adam, above: AdamW
   */
  public Adam(int size, double beta1, double beta2, double epsilon, double weightDecay) {
    Moments.requireSize(size);
    Moments.requireNotNegative("weight decay", weightDecay);
    this.beta1 = Moments.requireFactor("beta1", beta1);
    this.beta2 = Moments.requireFactor("beta2", beta2);
    this.epsilon = Moments.requireEpsilon(epsilon);
    this.weightDecay = weightDecay;
    this.mean = new float[size];
    this.square = new float[size];
  }

  /** Adam with β1 = 0.9, β2 = 0.999, ε = 1e-8. */
  public Adam(int size) {
    this(size, 0.9, 0.999, 1e-8, 0);
  }

  /** AdamW: the same with decoupled weight decay. */
  public static Adam withDecoupledDecay(int size, double weightDecay) {
    return new Adam(size, 0.9, 0.999, 1e-8, weightDecay);
  }

  @Override
  public void step(float[] theta, float[] gradient, double rate) {
    Moments.requireStep(mean.length, theta, gradient, rate);
    updates++;
    Kernels.get()
        .adam(
            theta,
            gradient,
            mean,
            square,
            beta1,
            beta2,
            (float) (rate / gathered(beta1)),
            (float) (1 / Math.sqrt(gathered(beta2))),
            epsilon,
            (float) (1 - rate * weightDecay));
  }

  /**
   * {@code 1 − βᵗ}, the weight that a moment has gathered so far. β is the float32 number that the
   * moment was gathered with: for 0.999, 1 − β is off by 1.3·10⁻⁵ of itself otherwise.
   */
  private double gathered(float beta) {
    return 1 - Math.pow(beta, (double) updates);
  }

  @Override
  public void save(Snapshot snapshot) {
    snapshot.put("updates", updates);
    snapshot.put("mean", mean.clone());
    snapshot.put("square", square.clone());
  }

  @Override
  public void load(Snapshot snapshot) {
    updates = snapshot.number("updates");
    Moments.load(snapshot, "mean", mean);
    Moments.load(snapshot, "square", square);
  }
}
