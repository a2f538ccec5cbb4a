// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/** The same value at a place of its own, for each row: also what is the same for all rows. */
public record Copy() implements Op {

  @Override
  public int width(List<Node> arguments) {
    return arguments.getFirst().width();
  }

  @Override
  public boolean perRow(List<Node> arguments) {
    return true;
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    System.arraycopy(arguments[0], 0, into, 0, into.length);
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    return to.rows(arguments.getFirst());
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {
    to.add(y.arg(0), d);
  }

  @Override
  public String text(List<String> arguments) {
    return "copy(" + arguments.getFirst() + ")";
  }
}
