// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import dev.unspool.lm.Sequence;
import dev.unspool.sequence.Beginning;
import dev.unspool.sequence.Labels;
import dev.unspool.sequence.SequenceResiduals;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A measured sequence as one of the programs of a NARX model takes it: where it begins, what goes
 * in, and what messages call it. Measured steps that serve as the past are left out of it.
 */
final class NarxSequence implements Labels {
  /**
   * What was before the first step: states of a program, one step ago first.
   *
   * @param name of the signal
   * @param values steps × width: all that was measured
   */
  private record Line(String name, int width, int longest, double[] values) {
    int size() {
      return width * longest;
    }
  }

  private final NarxSpec spec;
  private final boolean closed;
  private final Sequence whole;
  private final int past;

  /** The first ones of a program's states; the others begin at rest. */
  private final List<Line> lines = new ArrayList<>();

  /**
   * Prepares a sequence.
   *
   * @param closed whether for the closed loop, which sees no measured outputs
   * @throws IllegalArgumentException if it does not have as many values as the model needs
   */
  NarxSequence(NarxSpec spec, boolean closed, Sequence whole, InitialOutputs initial) {
    int steps = whole.steps();
    int nu = spec.inputs();
    int ny = spec.outputs();
    if (whole.inputs().length != steps * nu || whole.targets().length != steps * ny) {
      throw new IllegalArgumentException(
          "a sequence of %s steps needs %s × %s inputs and %s × %s outputs, found %s and %s values"
              .formatted(
                  steps, steps, nu, steps, ny, whole.inputs().length, whole.targets().length));
    }
    this.spec = spec;
    this.closed = closed;
    this.whole = whole;
    this.past = initial == InitialOutputs.MEASURED ? Math.min(spec.longestDelay(), steps) : 0;
    lines.add(new Line("input", nu, NarxSpec.longest(spec.seenInputs()), whole.inputs()));
    if (!closed) {
      lines.add(new Line("fed-back output", ny, spec.longestOutputDelay(), whole.targets()));
    }
    int own = spec.longestDelayOfOwnOutputs(closed);
    lines.add(new Line("fed-back output", ny, own, whole.targets()));
  }

  /** Number of steps that are left. */
  int steps() {
    return whole.steps() - past;
  }

  /** Steps × what the program takes. */
  double[] inputs() {
    int nu = spec.inputs();
    int ny = closed ? 0 : spec.outputs();
    int width = Math.max(1, nu + ny);
    double[] inputs = new double[steps() * width];
    for (int t = 0; t < steps(); t++) {
      System.arraycopy(whole.inputs(), (past + t) * nu, inputs, t * width, nu);
      System.arraycopy(whole.targets(), (past + t) * ny, inputs, t * width + nu, ny);
    }
    return inputs;
  }

  /**
   * The state with which the first step runs.
   *
   * @param size of a program's state
   */
  double[] state(int size) {
    double[] state = new double[size];
    int at = 0;
    for (var line : lines) {
      for (int delay = 1; delay <= Math.min(past, line.longest); delay++) {
        int from = (past - delay) * line.width;
        System.arraycopy(line.values, from, state, at + (delay - 1) * line.width, line.width);
      }
      at += line.size();
    }
    return state;
  }

  /**
   * Writes into a state what the outputs were before the first step, measured or the model's own.
   *
   * @param outputs newest first; those that the program does not remember are left out
   */
  void before(double[] state, double[] outputs) {
    int at = lines.getFirst().size(); // the inputs
    for (var line : lines.subList(1, lines.size())) {
      System.arraycopy(outputs, 0, state, at, Math.min(outputs.length, line.size()));
      at += line.size();
    }
  }

  /** Where in the state the newest of the model's own outputs begins. */
  int ownOutputs() {
    return lines.stream().mapToInt(Line::size).sum() - lines.getLast().size();
  }

  /** As a part of a least-squares problem. */
  SequenceResiduals.Part part(Beginning beginning) {
    int from = past * spec.outputs();
    return new SequenceResiduals.Part(
        beginning,
        inputs(),
        Arrays.copyOfRange(whole.targets(), from, whole.targets().length),
        Arrays.copyOfRange(whole.weights(), past, whole.steps()),
        this);
  }

  /** Outputs of the whole sequence: as they were measured, then as they were computed. */
  double[] withPast(double[] outputs) {
    double[] all = whole.targets().clone();
    System.arraycopy(outputs, 0, all, all.length - outputs.length, outputs.length);
    return all;
  }

  @Override
  public String input(int t, int component) {
    int nu = spec.inputs();
    return component < nu
        ? Labels.super.input(past + t, component)
        : "fed-back output %s of step %s".formatted(component - nu, past + t);
  }

  @Override
  public String target(int t, int component) {
    return Labels.super.target(past + t, component);
  }

  @Override
  public String initial(int component) {
    int at = component;
    for (var line : lines) {
      if (at < line.size()) {
        return "%s %s of step %s".formatted(line.name, at % line.width, past - 1 - at / line.width);
      }
      at -= line.size();
    }
    return Labels.super.initial(component);
  }
}
