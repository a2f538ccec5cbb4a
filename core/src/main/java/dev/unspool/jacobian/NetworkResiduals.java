// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import dev.unspool.dynamics.InitialConditions;
import dev.unspool.dynamics.NetworkGraph;
import dev.unspool.dynamics.SequenceJacobian;
import dev.unspool.dynamics.SequenceResiduals;
import dev.unspool.lm.ResidualRows;
import dev.unspool.lm.Residuals;
import dev.unspool.lm.Sequence;
import dev.unspool.model.Parameters;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The least-squares problem of fitting a built-in network to sequences, for {@link
 * dev.unspool.lm.LevenbergMarquardt}. Forward pass, derivatives and θ are float64: with float32
 * activations the cost of nearby points could not be told apart once residuals are a thousandth of
 * the signal.
 */
public final class NetworkResiduals implements Residuals {
  private final NetworkGraph description;
  private final SequenceResiduals residuals;

  /**
   * A problem.
   *
   * @param network with numeric inputs
   * @param depth k2, or {@link JacobianRequest#UNTRUNCATED}
   */
  public NetworkResiduals(Network network, List<Sequence> sequences, int depth) {
    if (!(network.spec().input() instanceof Input.Numeric)) {
      throw new IllegalArgumentException(
          "least squares needs numeric inputs, found " + network.spec().input());
    }
    this.description = NetworkGraph.of(network);
    var graph = description.graph();
    var parts = new ArrayList<SequenceResiduals.Part>();
    for (var sequence : sequences) {
      parts.add(
          new SequenceResiduals.Part(
              graph,
              new InitialConditions(graph),
              sequence.inputs(),
              sequence.targets(),
              sequence.weights(),
              0,
              graph.inputs()));
    }
    this.residuals = new SequenceResiduals(graph, parts, depth);
  }

  /**
   * The outputs over one sequence, steps × outputs.
   *
   * @param inputs steps × inputs
   */
  public double[] simulate(double[] theta, double[] inputs, int steps) {
    var graph = description.graph();
    var engine = new SequenceJacobian(graph, 1, false);
    engine.parameters(theta);
    double[] outputs = new double[steps * graph.outputs()];
    engine.simulate(new InitialConditions(graph), inputs, steps, outputs);
    return outputs;
  }

  /** θ as float64. */
  public static double[] widen(Parameters theta) {
    double[] values = new double[theta.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = theta.values()[i];
    }
    return values;
  }

  /** Writes a float64 θ back. */
  public static void narrow(double[] values, Parameters into) {
    for (int i = 0; i < values.length; i++) {
      into.values()[i] = (float) values[i];
    }
  }

  @Override
  public int parameters() {
    return residuals.parameters();
  }

  @Override
  public int count() {
    return residuals.count();
  }

  @Override
  public void evaluate(double[] theta, double[] into) {
    residuals.evaluate(theta, into);
  }

  @Override
  public void linearise(double[] theta, ResidualRows rows) {
    residuals.linearise(theta, rows);
  }

  @Override
  public @Nullable String objection() {
    return residuals.objection();
  }
}
