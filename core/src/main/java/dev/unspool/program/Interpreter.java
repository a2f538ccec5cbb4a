// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Evaluates nodes for one row, one after the other, the obvious way: what everything faster is held
 * against.
 */
public final class Interpreter {
  private final Op.Values values;
  private final boolean single;
  private final Map<Node, double[]> known = new HashMap<>();

  /**
   * Evaluates nodes of one row.
   *
   * @param values of leaves and matrices
   * @param single whether each result is rounded to float32
   */
  public Interpreter(Op.Values values, boolean single) {
    this.values = values;
    this.single = single;
  }

  /** Says what a node is, instead of computing it. */
  public void set(Node node, double[] value) {
    known.put(node, value);
  }

  /** Evaluates nodes, and what they depend on. */
  public void run(Collection<Node> roots) {
    for (Node node : Graph.closure(roots, known::containsKey)) {
      if (!known.containsKey(node)) {
        known.put(node, compute(node));
      }
    }
  }

  private double[] compute(Node node) {
    double[][] arguments = new double[node.args().size()][];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = value(node.arg(i));
    }
    double[] result = new double[node.width()];
    node.op().evaluate(node, arguments, values, result);
    for (int j = 0; single && j < result.length; j++) {
      result[j] = (float) result[j];
    }
    return result;
  }

  /** The value of a node that has been evaluated: shared, not to be modified. */
  public double[] value(Node node) {
    double[] value = known.get(node);
    if (value == null) {
      throw new IllegalStateException("not evaluated: " + node);
    }
    return value;
  }
}
