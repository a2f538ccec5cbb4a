// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * Each value several times, one beside the other: what a value of a group is to its units.
 *
 * @param times how often
 */
public record Repeat(int times) implements Op {

  @Override
  public int width(List<Node> arguments) {
    if (times < 1) {
      throw new IllegalArgumentException(
          "%s repeated %s times; at least 1".formatted(arguments.getFirst().described(), times));
    }
    return Math.multiplyExact(arguments.getFirst().width(), times);
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    for (int j = 0; j < into.length; j++) {
      into[j] = arguments[0][j / times];
    }
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    return to.repeat(arguments.getFirst(), times);
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {
    to.add(y.arg(0), g.reduce(Reduce.Kind.SUM, y.arg(0).width(), d));
  }

  @Override
  public String text(List<String> arguments) {
    return "repeat" + times + "(" + arguments.getFirst() + ")";
  }
}
