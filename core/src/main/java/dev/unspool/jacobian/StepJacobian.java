// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The derivatives of the outputs of one lane at one step. A view: valid until {@link
 * JacobianRows#accept} returns.
 */
public final class StepJacobian {
  final double[] outputs;
  final Map<String, double[]> states = new LinkedHashMap<>();
  double[] jacobian = {};
  double[] inputs = {};
  int step;
  int lane;
  int depth;

  StepJacobian(int outputs) {
    this.outputs = new double[outputs];
  }

  /** Step of the block, from 0. */
  public int step() {
    return step;
  }

  /** Lane. */
  public int lane() {
    return lane;
  }

  /** y_t, one value for each output. */
  public double[] outputs() {
    return outputs;
  }

  /** dy_t/dθ, outputs × θ, row-major. */
  public double[] parameters() {
    return jacobian;
  }

  /** Number of steps that were differentiated: k2, or fewer since the sequence began. */
  public int depth() {
    return depth;
  }

  /** dy_t/dx_{t−lag}, outputs × lags × inputs, lag 0 first; empty if not asked for. */
  public double[] inputs() {
    return inputs;
  }

  /**
   * dy_t/ds, outputs × size: the derivative with respect to one array of the state with which the
   * oldest differentiated step ran. That is the initial state where the window reaches back to it.
   */
  public double[] state(String name) {
    return Objects.requireNonNull(
        states.get(name),
        () -> "no derivative with respect to '%s', only %s".formatted(name, states.keySet()));
  }
}
