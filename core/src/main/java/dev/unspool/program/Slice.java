// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * Some consecutive units.
 *
 * @param from the first one
 * @param size how many
 */
public record Slice(int from, int size) implements Op {

  @Override
  public int width(List<Node> arguments) {
    Node argument = arguments.getFirst();
    if (from < 0 || size < 1 || from + (long) size > argument.width()) {
      throw new IllegalArgumentException(
          "units %s to %s of %s".formatted(from, from + (long) size - 1, argument.described()));
    }
    return size;
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    System.arraycopy(arguments[0], from, into, 0, size);
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    return to.slice(arguments.getFirst(), from, size);
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {
    to.addPart(y.arg(0), from, d);
  }

  @Override
  public String text(List<String> arguments) {
    return arguments.getFirst() + "[" + from + ":" + (from + size) + "]";
  }
}
