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

  /**
   * The row that an index names; a fraction is cut off.
   *
   * @param rows how many there are
   * @param of what has them, for the message
   * @throws IllegalArgumentException if there is none: an index that the step has computed, or
   *     takes from numbers, nobody has looked at before
   */
  static int row(double index, int rows, Object of) {
    if (!(index > -1 && index < rows)) {
      throw new IllegalArgumentException(
          "an index into %s is %s, expected one from 0 to %s".formatted(of, index, rows - 1));
    }
    return (int) index;
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    int row = row(arguments[0][0], table.rows(), table);
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
