// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * The row of a trained table that an index names.
 *
 * @param table classes × width
 */
public record LookUp(Matrix table) implements Op {

  @Override
  public int width(List<Node> arguments) {
    Node index = arguments.getFirst();
    if (index.width() != 1) {
      throw new IllegalArgumentException(
          "a row of %s is named by one index, found %s".formatted(table, index.described()));
    }
    return table.columns();
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    int row = (int) arguments[0][0];
    System.arraycopy(values.matrix(table), row * table.columns(), into, 0, into.length);
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    return to.lookUp(table, arguments.getFirst());
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {
    to.addRows(table, y.arg(0), d);
  }

  @Override
  public String text(List<String> arguments) {
    return table.name() + "[" + arguments.getFirst() + "]";
  }
}
