// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/** Several values side by side, as one. */
public record Join() implements Op {

  @Override
  public int width(List<Node> arguments) {
    return arguments.stream().mapToInt(Node::width).reduce(0, Math::addExact);
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    int at = 0;
    for (double[] argument : arguments) {
      System.arraycopy(argument, 0, into, at, argument.length);
      at += argument.length;
    }
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    return to.join(arguments.stream().map(to::rows).toList());
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {
    int at = 0;
    for (Node argument : y.args()) {
      to.add(argument, g.slice(d, at, argument.width()));
      at += argument.width();
    }
  }

  @Override
  public String text(List<String> arguments) {
    return "[" + String.join("; ", arguments) + "]";
  }
}
