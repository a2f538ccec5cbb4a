// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import dev.unspool.lm.ResidualRows;
import dev.unspool.lm.Residuals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** √w (y − target) over the unmasked steps of several sequences, simulated by a graph. */
public final class SequenceResiduals implements Residuals {
  private final SignalGraph graph;
  private final List<Part> parts;
  private final List<SequenceJacobian> engines = new ArrayList<>();
  private final int count;
  private double[] outputs = {};

  /**
   * One sequence.
   *
   * @param graph of the same shape for all; initial conditions may lie elsewhere in θ
   * @param initial what was before its first step
   * @param inputs steps × inputs of the graph
   * @param targets steps × outputs
   * @param weights one per step, 0 for masked ones
   * @param firstStep what its owner calls its first step
   * @param external the inputs before this one are the owner's; those from it on are measured
   *     outputs that are fed back
   */
  public record Part(
      SignalGraph graph,
      InitialConditions initial,
      double[] inputs,
      double[] targets,
      double[] weights,
      int firstStep,
      int external) {}

  /**
   * A problem.
   *
   * @param depth of the truncation of the derivatives
   */
  @SuppressWarnings("ReferenceEquality") // the same graph, not an equal one
  public SequenceResiduals(SignalGraph graph, List<Part> parts, int depth) {
    this.graph = graph;
    this.parts = List.copyOf(parts);
    int steps = 0;
    for (int i = 0; i < this.parts.size(); i++) {
      var part = this.parts.get(i);
      int length = part.weights().length;
      boolean same = i > 0 && part.graph() == this.parts.get(i - 1).graph();
      engines.add(same ? engines.get(i - 1) : new SequenceJacobian(part.graph(), depth, false));
      if (part.inputs().length != length * graph.inputs()
          || part.targets().length != length * graph.outputs()) {
        throw new IllegalArgumentException(
            "sequence %s has %s weights, %s input and %s target values; %s × %s and %s × %s expected"
                .formatted(
                    i,
                    length,
                    part.inputs().length,
                    part.targets().length,
                    length,
                    graph.inputs(),
                    length,
                    graph.outputs()));
      }
      for (double weight : part.weights()) {
        steps += weight > 0 ? 1 : 0;
      }
    }
    this.count = Math.multiplyExact(steps, graph.outputs());
  }

  @Override
  public int parameters() {
    return graph.parameters();
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public void evaluate(double[] theta, double[] into) {
    int width = graph.outputs();
    int index = 0;
    for (int i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      var engine = engines.get(i);
      engine.parameters(theta);
      int steps = part.weights().length;
      if (outputs.length < steps * width) {
        outputs = new double[steps * width];
      }
      engine.simulate(part.initial(), part.inputs(), steps, outputs);
      for (int t = 0; t < steps; t++) {
        double weight = part.weights()[t];
        for (int o = 0; weight > 0 && o < width; o++) {
          int at = t * width + o;
          into[index++] = Math.sqrt(weight) * (outputs[at] - part.targets()[at]);
        }
      }
    }
  }

  @Override
  public void linearise(double[] theta, ResidualRows rows) {
    int width = graph.outputs();
    int parameters = graph.parameters();
    int[] index = {0};
    for (int i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      var engine = engines.get(i);
      engine.parameters(theta);
      double[] weights = part.weights();
      engine.differentiate(
          part.initial(),
          part.inputs(),
          weights.length,
          t -> weights[(int) t] > 0,
          (t, history, jacobian, _, _) -> {
            double factor = Math.sqrt(weights[(int) t]);
            if (factor != 1) {
              for (int k = 0; k < width * parameters; k++) {
                jacobian[k] *= factor;
              }
            }
            for (int o = 0; o < width; o++) {
              double residual =
                  factor * (history.output(t, o) - part.targets()[(int) t * width + o]);
              rows.accept(index[0]++, residual, jacobian, o * parameters);
            }
          });
    }
  }

  @Override
  public @Nullable String objection() {
    if (parts.stream().allMatch(part -> part.weights().length == 0)) {
      return "there is no step to fit; give sequences that are longer than the longest delay";
    }
    if (count == 0) {
      return "every step is masked; give some steps a weight above 0";
    }
    int width = graph.outputs();
    boolean moves = false;
    for (int o = 0; o < width; o++) {
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < parts.size(); i++) {
        var part = parts.get(i);
        for (int t = 0; t < part.weights().length; t++) {
          if (part.weights()[t] > 0) {
            double target = part.targets()[t * width + o];
            if (!Double.isFinite(target)) {
              return "target %s of step %s of sequence %s is %s; mask it or mend the data"
                  .formatted(o, part.firstStep() + t, i, target);
            }
            least = Math.min(least, target);
            most = Math.max(most, target);
          }
        }
      }
      moves |= least < most;
    }
    return moves
        ? brokenInput()
        : "the target is constant over all unmasked steps; there is no dynamics to learn. Choose"
            + " another target or more data";
  }

  /** Masked steps run too, so what they see must be there. */
  private @Nullable String brokenInput() {
    int width = graph.inputs();
    boolean[] seen = new boolean[width];
    for (var layer : graph.layers()) {
      for (var connection : layer.connections()) {
        if (connection.source() == Connection.INPUT) {
          Arrays.fill(seen, connection.from(), connection.from() + connection.columns(), true);
        }
      }
    }
    for (int i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      String before = brokenBefore(part, i, seen);
      if (before != null) {
        return before;
      }
      double[] inputs = part.inputs();
      for (int k = 0; k < inputs.length; k++) {
        if (seen[k % width] && !Double.isFinite(inputs[k])) {
          return broken(part, i, k % width, part.firstStep() + k / width, inputs[k]);
        }
      }
    }
    return null;
  }

  private static @Nullable String brokenBefore(Part part, int i, boolean[] seen) {
    int width = seen.length;
    double[] inputs = part.initial().inputs;
    for (int k = 0; k < inputs.length; k++) {
      if (seen[k % width] && !Double.isFinite(inputs[k])) {
        return broken(part, i, k % width, part.firstStep() - 1 - k / width, inputs[k]);
      }
    }
    double[] outputs = part.initial().outputs[part.initial().outputs.length - 1];
    int size = part.graph().outputs();
    for (int k = 0; k < outputs.length; k++) {
      if (!Double.isFinite(outputs[k])) {
        int step = part.firstStep() - 1 - k / size;
        return broken(part, i, part.external() + k % size, step, outputs[k]);
      }
    }
    return null;
  }

  private static String broken(Part part, int i, int input, int step, double value) {
    boolean fedBack = input >= part.external();
    return "%s %s of step %s of sequence %s is %s; mend the data or cut the sequence there"
        .formatted(
            fedBack ? "fed-back output" : "input",
            fedBack ? input - part.external() : input,
            step,
            i,
            value);
  }
}
