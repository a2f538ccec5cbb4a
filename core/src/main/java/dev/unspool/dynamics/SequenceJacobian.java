// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * Runs sequences and differentiates the outputs of their steps, in chunks, so that memory depends
 * on the depth of the truncation and not on the length of the sequence. Chooses between {@link
 * LagJacobian} and {@link ForwardAccumulation}.
 */
public final class SequenceJacobian {
  private static final int CHUNK = 64;
  private static final int FEWEST = 8;

  /** Doubles for the adjoints of a chunk, at most, where that leaves {@link #FEWEST} steps. */
  private static final long BUDGET = 1 << 17;

  /** Doubles that stay in a core's own cache between being computed and being read. */
  private static final int CACHED = 1 << 17;

  /** Doubles for the adjoints of a chunk beyond which only some lags are held at a time. */
  private static final long HELD = 1 << 22;

  private static final BatchSensitivities[] NONE = {};

  private final SignalGraph graph;
  private final Weights weights;
  private final int depth;
  private final boolean sensitivities;

  /**
   * A way to differentiate sequences.
   *
   * @param depth k2; {@link Integer#MAX_VALUE} for no truncation
   * @param sensitivities whether derivatives with respect to inputs and states are wanted; they are
   *     only to be had by going backwards
   */
  public SequenceJacobian(SignalGraph graph, int depth, boolean sensitivities) {
    if (depth < 1) {
      throw new IllegalArgumentException("the depth must be at least 1, found " + depth);
    }
    this.graph = graph;
    this.weights = new Weights(graph);
    this.depth = depth;
    this.sensitivities = sensitivities;
  }

  /** Takes on other parameters; not kept. */
  public void parameters(double[] theta) {
    weights.set(theta);
  }

  /**
   * Runs a sequence without differentiating.
   *
   * @param inputs steps × inputs
   * @param outputs overwritten: steps × outputs
   */
  public void simulate(InitialConditions initial, double[] inputs, int steps, double[] outputs) {
    var history = new History(graph, weights, Math.max(1, Math.min(steps, 8 * CHUNK)));
    history.begin(initial);
    int width = graph.outputs();
    for (int t = 0; t < steps; t++) {
      history.append(inputs, t * graph.inputs(), 1, 0);
      for (int o = 0; o < width; o++) {
        outputs[t * width + o] = history.output(t, o);
      }
    }
  }

  /**
   * Runs a sequence and differentiates.
   *
   * @param inputs steps × inputs, not modified
   * @param which the steps whose derivatives are wanted
   */
  public void differentiate(
      InitialConditions initial, double[] inputs, int steps, LongPredicate which, StepRows rows) {
    int deep = Math.max(1, Math.min(depth, steps));
    if (!sensitivities && graph.forwardIsCheaper(steps, depth)) {
      forwards(initial, inputs, steps, which, rows);
    } else {
      backwards(initial, inputs, steps, deep, which, rows);
    }
  }

  private void forwards(
      InitialConditions initial, double[] inputs, int steps, LongPredicate which, StepRows rows) {
    var history = new History(graph, weights, CHUNK);
    var accumulation = new ForwardAccumulation(graph);
    history.begin(initial);
    accumulation.begin();
    int outputs = graph.outputs();
    int parameters = graph.parameters();
    double[] jacobian = new double[Math.multiplyExact(outputs, parameters)];
    for (int t = 0; t < steps; t++) {
      history.append(inputs, t * graph.inputs(), 1, 0);
      double[][] derivative = accumulation.step(history, t);
      if (which.test(t)) {
        for (int o = 0; o < outputs; o++) {
          System.arraycopy(derivative[o], 0, jacobian, o * parameters, parameters);
        }
        rows.accept(t, history, jacobian, NONE, 0);
      }
    }
  }

  private void backwards(
      InitialConditions initial,
      double[] inputs,
      int steps,
      int deep,
      LongPredicate which,
      StepRows rows) {
    int outputs = graph.outputs();
    int parameters = graph.parameters();
    int perStep = Math.multiplyExact(outputs, parameters);
    int chunk =
        Math.clamp(BUDGET / LagJacobian.memory(graph, deep), FEWEST, CHUNK) / FEWEST * FEWEST;
    // Either the adjoints of all lags are held and some steps' derivatives, or the other way round.
    boolean pieces = chunk * LagJacobian.memory(graph, deep) > HELD + (long) chunk * perStep;
    int block = pieces ? chunk : Math.clamp(CACHED / perStep, 1, FEWEST);
    var history = new History(graph, weights, deep + 4 * chunk);
    var sweep =
        pieces ? LagJacobian.inPieces(graph, chunk, deep) : new LagJacobian(graph, chunk, deep);
    var wanted = new BatchSensitivities[sensitivities ? outputs : 0];
    Arrays.setAll(wanted, _ -> sweep.sensitivities());
    double[][] jacobians = new double[block][perStep];
    history.begin(initial);
    for (int first = 0; first < steps; first += chunk) {
      int count = Math.min(chunk, steps - first);
      history.append(inputs, first * graph.inputs(), count, deep);
      if (none(which, first, count)) {
        continue;
      }
      for (int r = 0; pieces && r < count; r++) {
        Arrays.fill(jacobians[r], 0);
      }
      for (int o = 0; o < outputs; o++) {
        var asked = sensitivities ? wanted[o] : null;
        if (asked != null) {
          asked.clear();
        }
        if (pieces) {
          sweep.differentiate(history, first, count, o, asked, jacobians);
        } else {
          sweep.sweep(history, first, count, o, asked);
        }
      }
      for (int row = 0; row < count; row += block) {
        int some = Math.min(block, count - row);
        if (none(which, first + row, some)) {
          continue;
        }
        if (!pieces) {
          sweep.derivatives(history, first, row, some, jacobians);
        }
        for (int r = 0; r < some; r++) {
          long t = (long) first + row + r;
          if (which.test(t)) {
            rows.accept(t, history, jacobians[r], wanted, row + r);
          }
        }
      }
    }
  }

  private static boolean none(LongPredicate which, int first, int count) {
    for (int t = first; t < first + count; t++) {
      if (which.test(t)) {
        return false;
      }
    }
    return true;
  }
}
