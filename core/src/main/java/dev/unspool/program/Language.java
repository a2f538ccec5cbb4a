// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.Recording;
import java.util.List;
import java.util.function.Function;

/**
 * A language of arrays in which somebody else runs a program, such as ONNX or TorchScript. Each
 * {@link Op} says {@linkplain Op#translate how it is said} in these terms; functions of units are
 * already said in terms of {@link Arithmetic}.
 *
 * <p>A value is either constant, with one extent, the units; or it has rows: steps × lanes × units
 * outside of a {@link #scan}, lanes × units inside. Arithmetic takes both together, and repeats
 * what is constant or has one unit.
 *
 * @param <V> a value that has been written down
 */
public interface Language<V> extends Arithmetic<V> {

  /**
   * Numbers of which the program is made: a vector of parameters, or what is computed from
   * parameters alone.
   *
   * @param name of a parameter, or one that says where it comes from
   */
  V constant(String name, float[] values);

  /** A constant for each row; what has rows already as it is. */
  V rows(V value);

  /** W·x, or Wᵀ·x, of each row. */
  V linear(Matrix matrix, boolean transposed, V x);

  /** The row of a table that an index names, a number that is an integer. */
  V lookUp(Matrix table, V index);

  /** Zeros, and a 1 where an index says. */
  V oneHot(int classes, V index);

  /** Some consecutive units. */
  V slice(V rows, int from, int size);

  /** Some values with rows side by side. */
  V join(List<V> parts);

  /** Each unit several times, one beside the other. */
  V repeat(V rows, int times);

  /** The sum over each of some groups of units. */
  V sum(V rows, int groups);

  /** The largest of each of some groups of units. */
  V largest(V rows, int groups);

  /**
   * What was there a step before.
   *
   * @param first what stands before the first step, lanes × units
   * @param rows steps × lanes × units
   */
  V before(V first, V rows);

  /** The newest step of some rows: lanes × units. */
  V newest(V rows);

  /**
   * Runs step by step.
   *
   * @param carried what the first step finds, lanes × units each
   * @param rows of which each step is given its own
   * @param step written down once
   * @return what the last step left, as many as {@code carried}; then the rows that the steps
   *     yielded
   */
  List<V> scan(List<V> carried, List<V> rows, Step<V> step);

  /** Operators that the language has for whole recurrences: they are faster than its scan. */
  default List<Recurrence<V>> recurrences() {
    return List.of();
  }

  /**
   * An operator for a recurrence.
   *
   * @param <V> a value that has been written down
   */
  interface Recurrence<V> {
    /**
     * The equations that it computes, over an input of any width.
     *
     * @param width of the states
     */
    Recording equations(int width);

    /**
     * Writes it down.
     *
     * @param match where the equations were found
     * @param x what stands for the input, with rows
     * @param carried what the first step finds, in the order of the match
     * @param numbers values of what depends on parameters alone
     * @return what the last step leaves, in the order of the match; then the rows of the first
     *     state
     */
    List<V> write(Pattern.Match match, V x, List<V> carried, Function<Node, float[]> numbers);
  }

  /**
   * One step of a scan.
   *
   * @param <V> a value that has been written down
   */
  @FunctionalInterface
  interface Step<V> {
    /**
     * Writes it down.
     *
     * @param carried what the step before left
     * @param rows of this step
     * @return what this step leaves, as many as {@code carried}; then what it yields
     */
    List<V> write(List<V> carried, List<V> rows);
  }
}
