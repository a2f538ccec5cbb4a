// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * Runs a recorded step instruction by instruction, in float64. What depends on weights alone is
 * computed once. Nothing but the input is rounded to float32, where the model was trained in that:
 * so what differs from its trainer is the rounding of the latter.
 */
final class PlainStep implements StepRunner {
  private final RecordedStep step;
  private final Precision precision;

  /** For each instruction the weights that it names. */
  private final double[][] named;

  /** Whether an instruction's value differs from step to step. */
  private final boolean[] varies;

  /** Values of those that do not. */
  private final double[][] fixed;

  /** Places for values that nobody uses at the moment: as many as steps ran at once. */
  private final ConcurrentLinkedDeque<Desk> desks = new ConcurrentLinkedDeque<>();

  PlainStep(RecordedStep step, Weights weights, Precision precision) {
    this.step = step;
    this.precision = precision;
    List<Instruction> all = step.instructions();
    this.named = new double[all.size()][];
    this.varies = new boolean[all.size()];
    this.fixed = new double[all.size()][];
    Map<String, RecordedStep.Shape> shapes = new HashMap<>();
    step.weights().forEach(shape -> shapes.put(shape.name(), shape));
    for (int i = 0; i < fixed.length; i++) {
      Instruction instruction = all.get(i);
      Operation operation = instruction.operation();
      RecordedStep.Shape shape = shapes.get(Objects.requireNonNullElse(instruction.name(), ""));
      boolean given = operation == Operation.STATE || operation == Operation.INPUT;
      named[i] =
          shape == null || given
              ? new double[0]
              : operation.prepared(weights.get(shape), shape.extents().get(0));
      varies[i] = given || instruction.of().stream().anyMatch(argument -> varies[argument]);
      fixed[i] = new double[varies[i] ? 0 : instruction.width()];
      if (!varies[i]) {
        operation.run(call(i, fixed));
      }
    }
  }

  private Operation.Call call(int number, double[][] values) {
    Instruction instruction = step.instructions().get(number);
    double[][] of =
        instruction.of().stream().map(argument -> values[argument]).toArray(double[][]::new);
    double said = Objects.requireNonNullElse(instruction.number(), 0.0);
    return new Operation.Call(of, named[number], said, values[number]);
  }

  /** Values of one step that is run. */
  private final class Desk {
    private final double[][] values = fixed.clone();
    private final List<Operation> operations = new ArrayList<>();
    private final List<Operation.Call> calls = new ArrayList<>();

    /** The places of the input, and of each array of the state; null if nothing reads it. */
    private double @Nullable [] input;

    private final double[] @Nullable [] entering = new double[step.states().size()][];

    Desk() {
      List<String> states = step.states().stream().map(RecordedStep.State::name).toList();
      for (int i = 0; i < values.length; i++) {
        Instruction instruction = step.instructions().get(i);
        if (varies[i]) {
          values[i] = new double[instruction.width()];
        }
        if (instruction.operation() == Operation.INPUT) {
          input = values[i];
        } else if (instruction.operation() == Operation.STATE) {
          entering[states.indexOf(instruction.name())] = values[i];
        } else if (varies[i]) {
          operations.add(instruction.operation());
          calls.add(call(i, values));
        }
      }
    }

    void run(double[] x, double[] state, double[] y) {
      for (int i = 0; input != null && i < input.length; i++) {
        input[i] = precision.round(x[i]);
      }
      int at = 0;
      for (int i = 0; i < entering.length; i++) {
        double[] into = entering[i];
        if (into != null) {
          System.arraycopy(state, at, into, 0, into.length);
        }
        at += step.states().get(i).width();
      }
      for (int i = 0; i < calls.size(); i++) {
        operations.get(i).run(calls.get(i));
      }
      leave(values, RecordedStep.State::leaving, state);
      System.arraycopy(values[step.output()], 0, y, 0, y.length);
    }
  }

  @Override
  public void step(double[] x, double[] state, double[] y) {
    if (x.length != step.inputs()
        || state.length != step.stateSize()
        || y.length != step.outputs()) {
      throw new IllegalArgumentException(
          "a step takes %s inputs, %s numbers of state and %s outputs, found %s, %s and %s"
              .formatted(
                  step.inputs(),
                  step.stateSize(),
                  step.outputs(),
                  x.length,
                  state.length,
                  y.length));
    }
    if (step.classes() > 0 && !(x[0] >= 0 && x[0] < step.classes() && x[0] == (int) x[0])) {
      throw new IllegalArgumentException(
          "the input is %s, expected a class index from 0 to %s"
              .formatted(x[0], step.classes() - 1));
    }
    Desk desk = desks.poll();
    if (desk == null) {
      desk = new Desk();
    }
    desk.run(x, state, y);
    desks.push(desk);
  }

  @Override
  public double[] initial() {
    double[] state = new double[step.stateSize()];
    leave(fixed, RecordedStep.State::initial, state);
    return state;
  }

  @FunctionalInterface
  private interface Value {
    @Nullable Integer of(RecordedStep.State state);
  }

  /** Puts a value of each array of the state behind the others. */
  private void leave(double[][] values, Value value, double[] into) {
    int at = 0;
    for (RecordedStep.State state : step.states()) {
      Integer number = value.of(state);
      double[] from = number == null ? new double[] {0} : values[number];
      for (int i = 0; i < state.width(); i++) {
        into[at + i] = from[from.length == 1 ? 0 : i];
      }
      at += state.width();
    }
  }
}
