// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * In a lowered program, W·x or Wᵀ·x with a bias, or added to what is there: one call of a matrix
 * kernel. Arguments are x and, where {@code onto} is not {@link Onto#NOTHING}, what it is added to.
 *
 * @param linear the product
 * @param onto what it is added to
 */
public record Product(Linear linear, Onto onto) implements Op {

  /** What a product is added to. */
  public enum Onto {
    /** Nothing. */
    NOTHING,
    /** A bias, the same for all rows. */
    BIAS,
    /** Another value, whose place it takes. */
    VALUE
  }

  @Override
  public int width(List<Node> arguments) {
    return linear.width(arguments.subList(0, 1));
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    linear.evaluate(y, new double[][] {arguments[0]}, values, into);
    for (int j = 0; onto != Onto.NOTHING && j < into.length; j++) {
      into[j] += arguments[1][j];
    }
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    V product = linear.translate(to, arguments);
    return onto == Onto.NOTHING ? product : to.add(product, arguments.get(1));
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {
    throw new IllegalStateException("a lowered program is not differentiated again");
  }

  @Override
  public String text(List<String> arguments) {
    String product = linear.text(arguments);
    return onto == Onto.NOTHING ? product : "(" + product + " + " + arguments.get(1) + ")";
  }
}
