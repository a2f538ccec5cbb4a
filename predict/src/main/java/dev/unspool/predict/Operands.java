// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.List;

/**
 * What an instruction is applied to, as far as it is known before anything runs. Whoever asks for
 * what is not there gets an {@link IllegalArgumentException} that says so.
 *
 * @param instruction that is checked
 * @param widths of its arguments
 * @param inputs width of the step's input
 * @param states of the step
 * @param weights of the step
 */
record Operands(
    Instruction instruction,
    List<Integer> widths,
    int inputs,
    List<RecordedStep.State> states,
    List<RecordedStep.Shape> weights) {

  /** Width of the result, as it is written. */
  int width() {
    return instruction.width();
  }

  /** The width that all arguments have, but for those of 1, which stand for all units. */
  int common() {
    int common = widths.stream().mapToInt(Integer::intValue).max().orElse(1);
    if (!widths.stream().allMatch(width -> width == 1 || width == common)) {
      throw new IllegalArgumentException(
          "its arguments have the widths %s, expected equal ones, or 1".formatted(widths));
    }
    return common;
  }

  /** Width of all arguments side by side. */
  long sum() {
    return widths.stream().mapToLong(Integer::longValue).sum();
  }

  /** Refuses a first argument of another width. */
  void requireArgument(int width) {
    if (widths.get(0) != width) {
      throw new IllegalArgumentException(
          "its argument has the width %s, expected %s".formatted(widths.get(0), width));
    }
  }

  /** Refuses widths of which one is not a multiple of the other. */
  static void requireMultiple(int width, int of) {
    if (width % of != 0) {
      throw new IllegalArgumentException(
          "the width %s is no multiple of the width %s".formatted(width, of));
    }
  }

  /** The number that it says. */
  double number() {
    Double number = instruction.number();
    if (number == null) {
      throw new IllegalArgumentException("it says no number");
    }
    return number;
  }

  private String name() {
    String name = instruction.name();
    if (name == null) {
      throw new IllegalArgumentException("it says no name");
    }
    return name;
  }

  /** Width of the state that it names. */
  int state() {
    String name = name();
    return states.stream()
        .filter(state -> state.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no state %s".formatted(Json.line(name))))
        .width();
  }

  /** Length of the vector of weights that it names. */
  int vector() {
    return extents(1).get(0);
  }

  /** Rows of the matrix of weights that it names. */
  int rows() {
    return extents(2).get(0);
  }

  /** Columns of the matrix of weights that it names. */
  int columns() {
    return extents(2).get(1);
  }

  private List<Integer> extents(int count) {
    String name = name();
    List<Integer> extents =
        weights.stream()
            .filter(shape -> shape.name().equals(name))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("no weights %s".formatted(Json.line(name))))
            .extents();
    if (extents.size() != count || extents.stream().anyMatch(extent -> extent < 1)) {
      throw new IllegalArgumentException(
          "the weights %s have the shape %s, expected that of a %s"
              .formatted(Json.line(name), extents, count == 1 ? "vector" : "matrix"));
    }
    return extents;
  }
}
