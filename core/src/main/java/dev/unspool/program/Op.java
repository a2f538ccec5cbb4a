// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * What a {@link Node} does. One class a kind, and each holds all there is to know about its kind:
 * what shapes it takes and gives, its value, its derivative, how it is said in other languages, and
 * how it is written.
 */
public sealed interface Op
    permits Leaf,
        Apply,
        Sum,
        Reduce,
        Repeat,
        Slice,
        Join,
        Copy,
        Detach,
        RowSum,
        Linear,
        Product,
        LookUp,
        OneHot {

  /**
   * Number of values that it yields for one row.
   *
   * @throws IllegalArgumentException if the arguments' widths do not fit; the message names them
   */
  int width(List<Node> arguments);

  /** Whether it yields something else for each row (each lane at each step); else one for all. */
  default boolean perRow(List<Node> arguments) {
    return arguments.stream().anyMatch(Node::perRow);
  }

  /**
   * Its value for one row, computed the obvious way.
   *
   * @param y the node
   * @param arguments values of its arguments, not modified
   * @param values where else values come from
   * @param into overwritten
   */
  void evaluate(Node y, double[][] arguments, Values values, double[] into);

  /** Adds to the derivative with respect to each argument what comes from {@code y}. */
  void derive(Graph g, Node y, Node d, Adjoints to);

  /**
   * Its value in a language that others run.
   *
   * @param arguments values of its arguments in that language
   */
  <V> V translate(Language<V> to, List<V> arguments);

  /** How it is written. */
  String text(List<String> arguments);

  /** Where the values come from that no argument brings. */
  interface Values {
    /** A leaf's values for this row. */
    double[] leaf(Leaf leaf);

    /** A matrix or table, row-major. */
    double[] matrix(Matrix matrix);
  }

  /** The width that all have in common, but for constants, which fit every width. */
  static int common(String what, List<Node> arguments) {
    int width = 1;
    Node first = null;
    for (Node argument : arguments) {
      if (argument.isConstant()) {
        continue;
      }
      if (first != null && argument.width() != width) {
        throw new IllegalArgumentException(
            "%s of %s and %s: widths must be equal, or 1"
                .formatted(what, first.described(), argument.described()));
      }
      first = argument;
      width = argument.width();
    }
    return width;
  }
}
