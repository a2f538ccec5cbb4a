// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.lm.ResidualRows;
import dev.unspool.lm.Residuals;
import dev.unspool.model.Recording;
import dev.unspool.program.Graph;
import dev.unspool.program.Node;
import dev.unspool.program.Program;
import dev.unspool.program.Slice;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * √w (y − target) over the unmasked steps of several sequences, simulated by a program; a target
 * that is NaN is missing and has no residual.
 */
public final class SequenceResiduals implements Residuals {
  private final Program program;
  private final List<Part> parts;
  private final SequenceJacobian engine;
  private final int columns;
  private final int count;
  private double[] outputs = {};

  /**
   * One sequence.
   *
   * @param beginning what is carried into its first step
   * @param inputs steps × inputs of the program
   * @param targets steps × outputs
   * @param weights one per step, 0 for masked ones
   * @param labels what messages call its values
   */
  public record Part(
      Beginning beginning, double[] inputs, double[] targets, double[] weights, Labels labels) {
    int steps() {
      return weights.length;
    }

    /** Whether a target is known. */
    boolean has(int at) {
      return !Double.isNaN(targets[at]);
    }
  }

  /**
   * A problem.
   *
   * @param recording the program
   * @param columns length of θ; see {@link SequenceJacobian}
   * @param depth of the truncation of the derivatives
   */
  public SequenceResiduals(Recording recording, int columns, List<Part> parts, int depth) {
    this.program = Program.of(recording);
    this.columns = columns;
    this.parts = List.copyOf(parts);
    this.engine = new SequenceJacobian(program, columns, depth, false);
    int inputs = program.input().width();
    int width = program.output().width();
    int known = 0;
    for (int i = 0; i < this.parts.size(); i++) {
      var part = this.parts.get(i);
      int length = part.steps();
      if (part.inputs().length != length * inputs || part.targets().length != length * width) {
        throw new IllegalArgumentException(
            "sequence %s has %s weights, %s input and %s target values; %s × %s and %s × %s expected"
                .formatted(
                    i,
                    length,
                    part.inputs().length,
                    part.targets().length,
                    length,
                    inputs,
                    length,
                    width));
      }
      for (int at = 0; at < length * width; at++) {
        known = Math.addExact(known, part.weights()[at / width] > 0 && part.has(at) ? 1 : 0);
      }
    }
    this.count = known;
  }

  @Override
  public int parameters() {
    return columns;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public void evaluate(double[] theta, double[] into) {
    int width = program.output().width();
    int index = 0;
    engine.parameters(theta);
    for (var part : parts) {
      int steps = part.steps();
      if (outputs.length < steps * width) {
        outputs = new double[steps * width];
      }
      engine.simulate(part.beginning(), part.inputs(), steps, outputs);
      for (int t = 0; t < steps; t++) {
        double weight = part.weights()[t];
        for (int o = 0; weight > 0 && o < width; o++) {
          int at = t * width + o;
          if (part.has(at)) {
            into[index++] = Math.sqrt(weight) * (outputs[at] - part.targets()[at]);
          }
        }
      }
    }
  }

  @Override
  public void linearise(double[] theta, ResidualRows rows) {
    int width = program.output().width();
    int[] index = {0};
    engine.parameters(theta);
    for (var part : parts) {
      double[] weights = part.weights();
      engine.differentiate(
          part.beginning(),
          part.inputs(),
          weights.length,
          t -> weights[(int) t] > 0,
          (t, history, jacobian, _, _) -> {
            double factor = Math.sqrt(weights[(int) t]);
            if (factor != 1) {
              for (int k = 0; k < width * columns; k++) {
                jacobian[k] *= factor;
              }
            }
            for (int o = 0; o < width; o++) {
              int at = (int) t * width + o;
              if (part.has(at)) {
                double residual = factor * (history.output(t, o) - part.targets()[at]);
                rows.accept(index[0]++, residual, jacobian, o * columns);
              }
            }
          });
    }
  }

  @Override
  public @Nullable String objection() {
    if (parts.stream().allMatch(part -> part.steps() == 0)) {
      return "there is no step to fit; give sequences that are longer than the longest delay";
    }
    if (count == 0) {
      return "every step is masked, or has no target; give some steps a weight above 0";
    }
    int width = program.output().width();
    boolean moves = false;
    for (int o = 0; o < width; o++) {
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < parts.size(); i++) {
        var part = parts.get(i);
        for (int t = 0; t < part.steps(); t++) {
          if (part.weights()[t] > 0 && part.has(t * width + o)) {
            double target = part.targets()[t * width + o];
            if (Double.isInfinite(target)) {
              return "%s of sequence %s is %s; mask it or mend the data"
                  .formatted(part.labels().target(t, o), i, target);
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
    int width = program.input().width();
    BitSet inputs = seen(program.input());
    for (int i = 0; i < parts.size(); i++) {
      var part = parts.get(i);
      String before = brokenBefore(part, i);
      if (before != null) {
        return before;
      }
      for (int k = 0; k < part.inputs().length; k++) {
        if (inputs.get(k % width) && !Double.isFinite(part.inputs()[k])) {
          return broken(part.labels().input(k / width, k % width), i, part.inputs()[k]);
        }
      }
    }
    return null;
  }

  private @Nullable String brokenBefore(Part part, int i) {
    double[] state = part.beginning().state();
    int at = 0;
    for (var array : program.states()) {
      BitSet seen = state == null ? new BitSet() : seen(array.entering());
      for (int j = seen.nextSetBit(0); j >= 0 && state != null; j = seen.nextSetBit(j + 1)) {
        if (!part.beginning().isEstimated(at + j) && !Double.isFinite(state[at + j])) {
          return broken(part.labels().initial(at + j), i, state[at + j]);
        }
      }
      at += array.width();
    }
    return null;
  }

  /** The units of a leaf that a step reads. */
  private BitSet seen(Node leaf) {
    var seen = new BitSet();
    var results = program.results();
    for (Node node : Graph.closure(results, _ -> false)) {
      for (Node arg : node.args()) {
        if (arg == leaf) {
          boolean part = node.op() instanceof Slice;
          Slice slice = part ? (Slice) node.op() : new Slice(0, leaf.width());
          seen.set(slice.from(), slice.from() + slice.size());
        }
      }
    }
    if (results.contains(leaf)) {
      seen.set(0, leaf.width());
    }
    return seen;
  }

  private static String broken(String what, int sequence, double value) {
    return "%s of sequence %s is %s; mend the data or cut the sequence there"
        .formatted(what, sequence, value);
  }
}
