// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import java.util.ArrayList;
import java.util.List;

/**
 * Reverse-mode differentiation of float64 scalars, one node for each arithmetic operation. Nothing
 * here knows of matrices, cells or time.
 */
public final class Graph {
  private final List<Node> nodes = new ArrayList<>();

  /** One scalar, with what it was made of. */
  public static final class Node {
    private final double value;

    /**
     * What a product with this node hands to the other factor; the value, unless said otherwise.
     */
    private final double slope;

    private final Node[] parents;
    private final double[] partials;
    private double derivative;
    private double magnitude;

    /** Size of the numbers of which the partial derivatives are the sums, where more than those. */
    private final double terms;

    private Node(double value, double slope, double terms, Node[] parents, double... partials) {
      this.value = value;
      this.slope = slope;
      this.terms = terms;
      this.parents = parents;
      this.partials = partials;
    }

    /** The number. */
    public double value() {
      return value;
    }

    /** Derivative of what was differentiated last with respect to this node. */
    public double derivative() {
      return derivative;
    }

    /**
     * Sum of the absolute values of all numbers that add up to the derivative. Whoever computes in
     * float32 gets the derivative wrong by some 1e-7 of this, however small it is itself.
     */
    public double magnitude() {
      return magnitude;
    }
  }

  /** A number with respect to which may be differentiated. */
  public Node leaf(double value) {
    return weight(value, value);
  }

  /**
   * A weight that was {@code value} when products were computed and is {@code today} when they are
   * differentiated with respect to the other factor: what happens when a weight is overwritten
   * behind the back of a differentiating program.
   */
  public Node weight(double value, double today) {
    return node(value, today, 0, new Node[0]);
  }

  /** a + b. */
  public Node add(Node a, Node b) {
    return node(a.value + b.value, a, 1, b, 1);
  }

  /** a − b. */
  public Node subtract(Node a, Node b) {
    return node(a.value - b.value, a, 1, b, -1);
  }

  /** a · b. */
  public Node multiply(Node a, Node b) {
    return node(a.value * b.value, a, b.slope, b, a.slope);
  }

  /** The same number as a node of its own, so that a derivative can be read off at this place. */
  public Node same(Node a) {
    return node(a.value, a, 1);
  }

  /** factor · a. */
  public Node scale(double factor, Node a) {
    return node(factor * a.value, a, factor);
  }

  /** 1 / (1 + e⁻ᵃ). */
  public Node sigmoid(Node a) {
    double y = 1 / (1 + Math.exp(-a.value));
    return node(y, y, y, new Node[] {a}, y * (1 - y)); // 1 − y cancels
  }

  /** Hyperbolic tangent. */
  public Node tanh(Node a) {
    double y = Math.tanh(a.value);
    return node(y, y, 1, new Node[] {a}, 1 - y * y); // 1 − y² cancels
  }

  /** max(0, a). */
  public Node rectify(Node a) {
    return node(Math.max(0, a.value), a, a.value > 0 ? 1 : 0);
  }

  /** bias + Σ weights[from + i]·x[i]. */
  public Node affine(Node bias, Node[] weights, int from, Node[] x) {
    Node sum = bias;
    for (int i = 0; i < x.length; i++) {
      sum = add(sum, multiply(weights[from + i], x[i]));
    }
    return sum;
  }

  private Node node(double value, Node a, double da) {
    return node(value, value, 0, new Node[] {a}, da);
  }

  private Node node(double value, Node a, double da, Node b, double db) {
    return node(value, value, 0, new Node[] {a, b}, da, db);
  }

  private Node node(double value, double slope, double terms, Node[] parents, double... partials) {
    var node = new Node(value, slope, terms, parents, partials);
    nodes.add(node);
    return node;
  }

  /** Differentiates {@code result} with respect to every node. */
  public void differentiate(Node result) {
    for (Node node : nodes) {
      node.derivative = 0;
      node.magnitude = 0;
    }
    result.derivative = 1;
    result.magnitude = 1;
    for (Node node : nodes.reversed()) {
      for (int p = 0; p < node.parents.length; p++) {
        double partial = node.partials[p];
        node.parents[p].derivative += node.derivative * partial;
        node.parents[p].magnitude += node.magnitude * Math.max(Math.abs(partial), node.terms);
      }
    }
  }
}
