// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * Sums, or largest values, over groups of consecutive units.
 *
 * @param kind of reduction
 * @param groups how many groups of equal size: the width of the result
 */
public record Reduce(Kind kind, int groups) implements Op {

  /** What becomes of the units of a group. */
  public enum Kind {
    /** Their sum. */
    SUM,
    /** The largest; where several are, they share the derivative evenly. */
    MAXIMUM
  }

  @Override
  public int width(List<Node> arguments) {
    Node argument = arguments.getFirst();
    if (groups < 1 || argument.width() % groups != 0) {
      throw new IllegalArgumentException(
          "%s over %s groups of %s: the width must be a multiple of the number of groups"
              .formatted(kind == Kind.SUM ? "sum" : "max", groups, argument.described()));
    }
    return groups;
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    double[] a = arguments[0];
    int size = a.length / groups;
    for (int group = 0; group < groups; group++) {
      double result = a[group * size];
      for (int j = group * size + 1; j < (group + 1) * size; j++) {
        result = kind == Kind.SUM ? result + a[j] : Math.max(result, a[j]);
      }
      into[group] = result;
    }
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    V a = arguments.getFirst();
    return kind == Kind.SUM ? to.sum(a, groups) : to.largest(a, groups);
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {
    Node a = y.arg(0);
    int times = a.width() / groups;
    if (kind == Kind.SUM) {
      to.add(a, g.repeat(d, times));
    } else {
      Node largest = g.apply(Function.AT_LEAST, a, g.repeat(y, times));
      Node share = g.divide(d, g.reduce(Kind.SUM, groups, largest));
      to.add(a, g.multiply(largest, g.repeat(share, times)));
    }
  }

  @Override
  public String text(List<String> arguments) {
    String name = kind == Kind.SUM ? "sum" : "max";
    return name + (groups == 1 ? "" : groups) + "(" + arguments.getFirst() + ")";
  }
}
