// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Gradient;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Workers;

/**
 * Adam (Kingma and Ba 2015, algorithm 1), and AdamW with decoupled weight decay (Loshchilov and
 * Hutter 2019, algorithm 2), in PyTorch's form; t counts updates from 1:
 *
 * <pre>{@code
 * m ← β1·m + (1 − β1)·g          v ← β2·v + (1 − β2)·g²
 * θ ← (1 − rate·decay)·θ − rate · m/(1 − β1ᵗ) / (√(v/(1 − β2ᵗ)) + ε)
 * }</pre>
 *
 * @param beta1 decay of the first moment, 0 ≤ β1 &lt; 1
 * @param beta2 decay of the second moment, 0 ≤ β2 &lt; 1
 * @param epsilon above 0
 * @param weightDecay decoupled, at least 0; 0: Adam, above: AdamW
 */
public record Adam(double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {
  /** Checks the ranges. */
  public Adam {
    Moments.requireNotNegative("weight decay", weightDecay);
    Moments.requireFactor("beta1", beta1);
    Moments.requireFactor("beta2", beta2);
    Moments.requireEpsilon(epsilon);
  }

  /** Adam with β1 = 0.9, β2 = 0.999, ε = 1e-8. */
  public Adam() {
    this(0.9, 0.999, 1e-8, 0);
  }

  /** AdamW: the same with decoupled weight decay. */
  public static Adam withDecoupledDecay(double weightDecay) {
    return new Adam(0.9, 0.999, 1e-8, weightDecay);
  }

  @Override
  public Bound bind(Parameters theta, Workers workers) {
    return new Rule(this, theta, workers);
  }

  private static final class Rule implements Bound {
    private final Adam adam;
    private final float beta1;
    private final float beta2;
    private final float[] theta;
    private final float[] mean;
    private final float[] square;
    private final Kernels kernels;
    private final Chunks chunks;
    private long updates;

    // Of the step that is made now.
    private float root;
    private float shrink;

    Rule(Adam adam, Parameters parameters, Workers workers) {
      this.adam = adam;
      this.beta1 = (float) adam.beta1;
      this.beta2 = (float) adam.beta2;
      this.theta = parameters.values();
      this.mean = new float[theta.length];
      this.square = new float[theta.length];
      this.kernels = Kernels.of(workers);
      this.chunks = new Chunks(kernels, theta.length, this::update);
    }

    @Override
    public void step(Gradient along, double learningRate) {
      float[] gradient = Moments.requireStep(theta, along, learningRate);
      updates++;
      root = (float) (1 / Math.sqrt(gathered(beta2)));
      shrink = (float) (1 - learningRate * adam.weightDecay);
      chunks.run(gradient, (float) (learningRate / gathered(beta1)));
    }

    private void update(float[] gradient, float rate, int from, int to) {
      kernels.adam(
          theta,
          gradient,
          mean,
          square,
          from,
          to,
          beta1,
          beta2,
          rate,
          root,
          (float) adam.epsilon,
          shrink);
    }

    /**
     * {@code 1 − βᵗ}, the weight that a moment has gathered so far. β is the float32 number that
     * the moment was gathered with: for 0.999, 1 − β is off by 1.3·10⁻⁵ of itself otherwise.
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
}
