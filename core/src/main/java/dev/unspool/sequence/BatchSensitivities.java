// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.kernel.DoubleRows;
import dev.unspool.kernel.StepMatrix;
import java.util.Arrays;

/**
 * Derivatives of one output component of a batch of steps with respect to the inputs of the
 * differentiated steps, and to the state at the point where the graph was cut (or the sequence
 * began).
 */
public final class BatchSensitivities {
  /** For each lag, inputs × steps. */
  private final StepMatrix[] inputs;

  /** For each array of the state, width × steps. */
  private final StepMatrix[] states;

  /**
   * Room for batches.
   *
   * @param steps the most of a batch
   * @param depth number of lags
   */
  BatchSensitivities(LinearReverse reverse, DoubleRows kernel, int steps, int depth) {
    var program = reverse.program;
    inputs = new StepMatrix[reverse.input < 0 ? 0 : depth];
    states = new StepMatrix[program.states().size()];
    Arrays.setAll(inputs, _ -> kernel.matrix(program.input().width(), steps));
    Arrays.setAll(states, s -> kernel.matrix(program.states().get(s).width(), steps));
  }

  /** Forgets the previous batch. */
  void clear() {
    for (var part : new StepMatrix[][] {inputs, states}) {
      for (var matrix : part) {
        matrix.clear();
      }
    }
  }

  /** ∂y_t/∂x_{t−lag} of one component of the inputs, t being the step of that row. */
  public double input(int lag, int component, int row) {
    return inputs.length == 0 ? 0 : inputs[lag].get(component, row);
  }

  /** ∂y_t/∂(one unit of an array of the state) at the cut. */
  public double state(int state, int unit, int row) {
    return states[state].get(unit, row);
  }

  /** Takes what has come back to the input at one lag, and has no zeros where it must. */
  void input(int lag, StepMatrix of) {
    inputs[lag].copy(0, of, 0, inputs[lag].rows());
  }

  /** A step whose cut is here takes what has come back to a state. */
  void state(int state, StepMatrix of, int row) {
    StepMatrix into = states[state];
    for (int j = 0; j < into.rows(); j++) {
      into.set(j, row, of.get(j, row));
    }
  }
}
