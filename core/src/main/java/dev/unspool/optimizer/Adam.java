// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Snapshot;

/**
 * Adam, and AdamW if the weight decay λ is above 0. With the gradient g, the learning rate γ, the
 * moments m and v, which are 0 before the first update, and the update number t from 1:
 *
 * <pre>{@code
 * m ← β1·m + (1 − β1)·g
 * v ← β2·v + (1 − β2)·g²
 * θ ← (1 − γ·λ)·θ − γ·m̂ / (√v̂ + ε)     with m̂ = m / (1 − β1ᵗ), v̂ = v / (1 − β2ᵗ)
 * }</pre>
 *
 * <p>D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization" (2015), algorithm 1; the
 * decoupled weight decay is I. Loshchilov and F. Hutter's, "Decoupled Weight Decay Regularization"
 * (2019), algorithm 2, scaled by the learning rate as in PyTorch's {@code AdamW}. The decay reaches
 * all parameters, biases too.
 */
public final class Adam implements Optimizer {
  private final int size;
  private final float beta1;
  private final float beta2;
  private final float epsilon;
  private final double weightDecay;
  private final Moment mean;
  private final Moment square;
  private long updates;

  /**
   * A rule that has seen no gradient.
   *
   * @param size number of parameters
   * @param beta1 decay of the mean, from 0 to below 1
   * @param beta2 decay of the mean square, from 0 to below 1
   * @param epsilon ε, above 0: a parameter whose gradient has always been 0 would become NaN
   * @param weightDecay λ, decoupled, at least 0
   */
  public Adam(int size, double beta1, double beta2, double epsilon, double weightDecay) {
    this.size = Arguments.size(size);
    this.beta1 = Arguments.decay("beta1", beta1);
    this.beta2 = Arguments.decay("beta2", beta2);
    this.epsilon = Arguments.positiveFloat("epsilon", epsilon);
    this.weightDecay = Arguments.notNegative("the weight decay", weightDecay);
    this.mean = new Moment("mean", size);
    this.square = new Moment("square", size);
  }

  /** Adam as in the paper: β1 = 0.9, β2 = 0.999, ε = 10⁻⁸. */
  public Adam(int size) {
    this(size, 0.9, 0.999, 1e-8, 0);
  }

  /** AdamW with the β and ε of {@link #Adam(int)}. */
  public static Adam withDecoupledDecay(int size, double weightDecay) {
    return new Adam(size, 0.9, 0.999, 1e-8, weightDecay);
  }

  @Override
  public void step(float[] theta, float[] gradient, double rate) {
    Arguments.step(size, theta, gradient, rate);
    updates++;
    Kernels.get()
        .adam(
            theta,
            gradient,
            mean.values(),
            square.values(),
            beta1,
            beta2,
            (float) (rate / gathered(beta1)),
            (float) (1 / Math.sqrt(gathered(beta2))),
            epsilon,
            (float) (1 - rate * weightDecay));
  }

  /**
   * {@code 1 − βᵗ}, the weight that a moment has gathered so far. Of β as rounded to float32, which
   * is what the kernels gather with: 1 − 0.999 differs by 10⁻⁵ between the two. StrictMath, so that
   * resuming elsewhere gives the same bits.
   */
  private double gathered(float beta) {
    return 1 - StrictMath.pow(beta, updates);
  }

  @Override
  public void save(Snapshot snapshot) {
    mean.save(snapshot);
    square.save(snapshot);
    snapshot.put("updates", updates);
  }

  @Override
  public void load(Snapshot snapshot) {
    mean.load(snapshot);
    square.load(snapshot);
    updates = snapshot.number("updates");
  }
}
