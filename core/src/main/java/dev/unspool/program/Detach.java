// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/** The same value, but a constant to whoever differentiates. */
public record Detach() implements Op {

  @Override
  public int width(List<Node> arguments) {
    return arguments.getFirst().width();
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    System.arraycopy(arguments[0], 0, into, 0, into.length);
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    return arguments.getFirst();
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {}

  @Override
  public String text(List<String> arguments) {
    return "detach(" + arguments.getFirst() + ")";
  }
}
