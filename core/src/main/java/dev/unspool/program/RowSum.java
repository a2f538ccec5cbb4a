// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * In a reverse program, the sum over all rows of a sweep: where something that differs from row to
 * row meets something that is the same for all, such as a vector of parameters.
 */
public record RowSum() implements Op {

  @Override
  public int width(List<Node> arguments) {
    return arguments.getFirst().width();
  }

  @Override
  public boolean perRow(List<Node> arguments) {
    return false;
  }

  /** Of one row; who has several adds them up. */
  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    System.arraycopy(arguments[0], 0, into, 0, into.length);
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    throw new IllegalStateException("a reverse program is not translated");
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {
    throw new IllegalStateException("a reverse program is not differentiated again");
  }

  @Override
  public String text(List<String> arguments) {
    return "Σ_rows " + arguments.getFirst();
  }
}
