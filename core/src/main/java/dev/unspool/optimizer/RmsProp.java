// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Gradient;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Workers;

/**
 * RMSprop (Tieleman and Hinton 2012, lecture 6.5), in PyTorch's form: {@code s ← decay·s + (1 −
 * decay)·g²; θ ← θ − rate·g / (√s + ε)}.
 *
 * @param decay 0 ≤ decay &lt; 1
 * @param epsilon above 0
 */
public record RmsProp(double decay, double epsilon) implements Optimizer {
  /** Checks the ranges. */
  public RmsProp {
    Moments.requireFactor("decay", decay);
    Moments.requireEpsilon(epsilon);
  }

  /** RMSprop with a decay of 0.99 and an ε of 1e-8. */
  public RmsProp() {
    this(0.99, 1e-8);
  }

  @Override
  public Bound bind(Parameters theta, Workers workers) {
    return new Rule(this, theta, workers);
  }

  private static final class Rule implements Bound {
    private final RmsProp rule;
    private final float[] theta;
    private final float[] square;
    private final Kernels kernels;
    private final Chunks chunks;

    Rule(RmsProp rule, Parameters parameters, Workers workers) {
      this.rule = rule;
      this.theta = parameters.values();
      this.square = new float[theta.length];
      this.kernels = Kernels.of(workers);
      this.chunks = new Chunks(kernels, theta.length, this::update);
    }

    @Override
    public void step(Gradient along, double learningRate) {
      chunks.run(Moments.requireStep(theta, along, learningRate), (float) learningRate);
    }

    private void update(float[] gradient, float rate, int from, int to) {
      kernels.rmsprop(
          theta, gradient, square, from, to, rate, (float) rule.decay, (float) rule.epsilon);
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
}
