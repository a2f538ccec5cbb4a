// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Gradient;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Workers;

/**
 * Stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013),
 * in PyTorch's form:
 *
 * <pre>{@code
 * m ← momentum·m + g
 * θ ← θ − rate·m                        or, Nesterov:  θ ← θ − rate·(g + momentum·m)
 * }</pre>
 *
 * @param momentum 0 ≤ momentum &lt; 1; 0: plain descent
 * @param nesterov needs a momentum above 0
 */
public record Sgd(double momentum, boolean nesterov) implements Optimizer {
  /** Checks the ranges. */
  public Sgd {
    if (Moments.requireFactor("momentum", momentum) == 0 && nesterov) {
      throw new IllegalArgumentException("Nesterov's momentum needs a momentum above 0, found 0");
    }
  }

  /** Plain descent. */
  public Sgd() {
    this(0, false);
  }

  @Override
  public Bound bind(Parameters theta, Workers workers) {
    return new Rule(this, theta, workers);
  }

  private static final class Rule implements Bound {
    private final float momentum;
    private final boolean nesterov;
    private final float[] theta;
    private final float[] velocity;
    private final Kernels kernels;
    private final Chunks chunks;

    Rule(Sgd rule, Parameters parameters, Workers workers) {
      this.momentum = (float) rule.momentum;
      this.nesterov = rule.nesterov;
      this.theta = parameters.values();
      this.velocity = new float[momentum == 0 ? 0 : theta.length];
      this.kernels = Kernels.of(workers);
      this.chunks = new Chunks(kernels, theta.length, this::update);
    }

    @Override
    public void step(Gradient along, double learningRate) {
      chunks.run(Moments.requireStep(theta, along, learningRate), (float) learningRate);
    }

    private void update(float[] gradient, float rate, int from, int to) {
      kernels.sgd(theta, gradient, velocity, from, to, rate, momentum, nesterov);
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
}
