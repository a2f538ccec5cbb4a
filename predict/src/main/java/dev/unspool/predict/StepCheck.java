// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks a step before anything runs: what its instructions refer to, and that shapes fit. Whoever
 * runs it need not look again, but for indices of tables.
 */
final class StepCheck {
  /** Numbers that a step has in memory, weights aside: half a gigabyte. */
  private static final long MOST = 1 << 26;

  private final int inputs;
  private final List<RecordedStep.State> states;
  private final List<RecordedStep.Shape> weights;
  private final List<Instruction> instructions;

  /** Whether the value of an instruction differs from step to step. */
  private final List<Boolean> varies = new ArrayList<>();

  /** The input and states that were read. */
  private final Set<Instruction> given = new HashSet<>();

  private StepCheck(
      int inputs,
      List<RecordedStep.State> states,
      List<RecordedStep.Shape> weights,
      List<Instruction> instructions) {
    this.inputs = inputs;
    this.states = states;
    this.weights = weights;
    this.instructions = instructions;
  }

  /**
   * Refuses a step that cannot be run.
   *
   * @throws IllegalArgumentException with one line that names the instruction or the state
   */
  static void check(
      int inputs,
      int classes,
      List<RecordedStep.State> states,
      List<RecordedStep.Shape> weights,
      List<Instruction> instructions,
      int output) {
    if (inputs < 1 || classes < 0 || (classes > 0 && inputs != 1)) {
      throw new IllegalArgumentException(
          "a step takes at least 1 input, or 1 that is a class index; found %s and %s classes"
              .formatted(inputs, classes));
    }
    requireDifferent(states.stream().map(RecordedStep.State::name).toList(), "state");
    requireDifferent(weights.stream().map(RecordedStep.Shape::name).toList(), "array of weights");
    var check = new StepCheck(inputs, states, weights, instructions);
    check.checkInstructions();
    if (output < 0 || output >= instructions.size()) {
      throw new IllegalArgumentException(
          "the output is instruction %s, found %s instructions"
              .formatted(output, instructions.size()));
    }
    states.forEach(check::check);
  }

  private static void requireDifferent(List<String> names, String what) {
    Set<String> known = new HashSet<>();
    for (String name : names) {
      if (!known.add(name)) {
        throw new IllegalArgumentException(
            "there is more than one %s %s".formatted(what, Json.line(name)));
      }
    }
  }

  private void checkInstructions() {
    long numbers = states.stream().mapToLong(RecordedStep.State::width).sum();
    for (int i = 0; i < instructions.size(); i++) {
      Instruction instruction = instructions.get(i);
      numbers += instruction.width();
      try {
        check(instruction, i);
        if (numbers > MOST) {
          throw new IllegalArgumentException(
              "states, and values up to this one, are %s numbers, expected at most %s"
                  .formatted(numbers, MOST));
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "instruction %s (%s): %s".formatted(i, instruction.operation().label(), e.getMessage()),
            e);
      }
    }
  }

  private void check(Instruction instruction, int number) {
    Operation operation = instruction.operation();
    List<Integer> widths = new ArrayList<>();
    boolean differs = isGiven(operation);
    for (int argument : instruction.of()) {
      if (argument < 0 || argument >= number) {
        throw new IllegalArgumentException(
            "it takes the value of instruction %s, expected one before it".formatted(argument));
      }
      widths.add(instructions.get(argument).width());
      differs |= varies.get(argument);
    }
    varies.add(differs);
    operation.requireArguments(widths.size());
    var operands = new Operands(instruction, widths, inputs, states, weights);
    long width = operation.width(operands);
    if (width != instruction.width()) {
      throw new IllegalArgumentException(
          "it has the width %s, expected %s".formatted(instruction.width(), width));
    }
    String name = operation == Operation.STATE ? instruction.name() : null;
    if (isGiven(operation)
        && !given.add(new Instruction(operation, List.of(), instruction.width(), name, null))) {
      throw new IllegalArgumentException("it is there twice");
    }
  }

  /** Whether a step runs with its value. */
  private static boolean isGiven(Operation operation) {
    return operation == Operation.INPUT || operation == Operation.STATE;
  }

  private void check(RecordedStep.State state) {
    requireFits(state, state.leaving(), "leaves");
    if (state.initial() != null) {
      requireFits(state, state.initial(), "begins with");
      if (varies.get(state.initial())) {
        throw new IllegalArgumentException(
            "state %s begins with instruction %s, which is not made of weights alone"
                .formatted(Json.line(state.name()), state.initial()));
      }
    }
  }

  /** A value of width 1 stands for all units. */
  private void requireFits(RecordedStep.State state, int number, String does) {
    boolean is = number >= 0 && number < instructions.size();
    int width = is ? instructions.get(number).width() : 0;
    if (width != state.width() && width != 1) {
      throw new IllegalArgumentException(
          "state %s of width %s %s instruction %s, %s"
              .formatted(
                  Json.line(state.name()),
                  state.width(),
                  does,
                  number,
                  is ? "whose width is " + width : "of " + instructions.size()));
    }
  }
}
