// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * Zeros, and a 1 where an index says.
 *
 * @param classes how many: the width of the result
 */
public record OneHot(int classes) implements Op {

  @Override
  public int width(List<Node> arguments) {
    Node index = arguments.getFirst();
    if (index.width() != 1 || classes < 1) {
      throw new IllegalArgumentException(
          "one-hot of %s classes takes one index, found %s".formatted(classes, index.described()));
    }
    return classes;
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    java.util.Arrays.fill(into, 0);
    into[LookUp.row(arguments[0][0], classes, "one-hot")] = 1;
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    return to.oneHot(classes, arguments.getFirst());
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {}

  @Override
  public String text(List<String> arguments) {
    return "one-hot" + classes + "(" + arguments.getFirst() + ")";
  }
}
