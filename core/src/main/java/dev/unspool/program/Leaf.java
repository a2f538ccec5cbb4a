// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * A value that comes from outside of the equations.
 *
 * @param role where from
 * @param name of the state array, the parameter, …
 * @param index among the leaves of its role; for {@link Role#CONSTANT} 0
 * @param width number of values of one row
 * @param number the value of a constant, the probability of a mask
 */
public record Leaf(Role role, String name, int index, int width, double number) implements Op {

  /** Where a leaf's values come from. */
  public enum Role {
    /** A number. */
    CONSTANT,
    /** What the model is given at this step. */
    INPUT,
    /** An array of the state with which the step runs. */
    STATE,
    /** A vector of parameters. */
    VECTOR,
    /** Factors 0 or 1 / (1 − p) while training, drawn as its {@link Mask} says; else 1. */
    MASK,
    /** In a reverse program: ∂L/∂(output of the step). */
    OUTPUT_ADJOINT,
    /** In a reverse program: ∂L/∂(an array of the state that the step leaves). */
    STATE_ADJOINT,
    /** In a reverse program: ∂L/∂(the initial value of an array of the state), over all rows. */
    INITIAL_ADJOINT
  }

  @Override
  public int width(List<Node> arguments) {
    return width;
  }

  @Override
  public boolean perRow(List<Node> arguments) {
    return switch (role) {
      case CONSTANT, VECTOR, INITIAL_ADJOINT -> false;
      case INPUT, STATE, MASK, OUTPUT_ADJOINT, STATE_ADJOINT -> true;
    };
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    if (role == Role.CONSTANT) {
      into[0] = number;
    } else {
      System.arraycopy(values.leaf(this), 0, into, 0, width);
    }
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    return switch (role) {
      case CONSTANT -> to.constant(number);
      case INPUT, STATE, VECTOR, MASK, OUTPUT_ADJOINT, STATE_ADJOINT, INITIAL_ADJOINT ->
          throw new IllegalStateException("not said by an operation: " + this);
    };
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {}

  @Override
  public String text(List<String> arguments) {
    return switch (role) {
      case CONSTANT ->
          number == Math.rint(number) && Math.abs(number) < 1e9
              ? Long.toString((long) number)
              : Double.toString(number);
      case OUTPUT_ADJOINT, STATE_ADJOINT, INITIAL_ADJOINT -> "∂" + name;
      case MASK -> "mask" + index;
      case INPUT, STATE, VECTOR -> name;
    };
  }
}
