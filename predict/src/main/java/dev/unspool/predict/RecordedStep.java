// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A step of a recurrent model as data: instructions on arrays, each of which yields the value of
 * its number. The weights stand elsewhere, under their names.
 *
 * @param inputs width of the input
 * @param classes number of classes, if the input is one index; else 0
 * @param states what is carried from step to step
 * @param weights names and shapes of what is trained
 * @param instructions each after those that it refers to
 * @param output number of the instruction whose value is the output
 */
public record RecordedStep(
    int inputs,
    int classes,
    List<State> states,
    List<Shape> weights,
    List<Instruction> instructions,
    int output) {

  /**
   * An array of the state.
   *
   * @param name such as {@code layer0.h}
   * @param width number of values
   * @param leaving number of the instruction whose value it has after the step
   * @param initial likewise where a sequence begins, made of weights alone; null for zeros
   */
  public record State(String name, int width, int leaving, @Nullable Integer initial) {
    /** Refuses one without a name or values. */
    public State {
      Objects.requireNonNull(name, "the name of a state is missing");
      if (width < 1) {
        throw new IllegalArgumentException(
            "state %s has the width %s".formatted(Json.line(name), width));
      }
    }
  }

  /**
   * An array of weights.
   *
   * @param name such as {@code weight_ih_l0}
   * @param extents row-major; of a vector one
   */
  public record Shape(String name, List<Integer> extents) {
    /** Copies the list. */
    public Shape {
      Objects.requireNonNull(name, "the name of an array of weights is missing");
      extents = List.copyOf(extents);
    }

    /** Number of values. */
    public int size() {
      return extents.stream().reduce(1, Math::multiplyExact);
    }
  }

  /**
   * Copies the lists and checks what they refer to, and that shapes fit.
   *
   * @throws IllegalArgumentException with one line that names what does not
   */
  public RecordedStep {
    states = List.copyOf(states);
    weights = List.copyOf(weights);
    instructions = List.copyOf(instructions);
    StepCheck.check(inputs, classes, states, weights, instructions, output);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static RecordedStep parse(String json) {
    return Records.read(RecordedStep.class, Json.parse(json));
  }

  /** As text: an instruction a line. */
  public String toJson() {
    return Json.write(Records.write(this));
  }

  /** Width of the output. */
  public int outputs() {
    return instructions.get(output).width();
  }

  /** Number of values that are carried. */
  public int stateSize() {
    return states.stream().mapToInt(State::width).sum();
  }
}
