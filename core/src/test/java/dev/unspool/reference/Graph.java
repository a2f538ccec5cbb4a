// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/**
 * Reverse-mode differentiation of float64 scalars, one node for each arithmetic operation. Nothing
 * here knows of matrices, cells or time.
 */
public final class Graph {
  private final List<Node> nodes = new ArrayList<>();
  private double narrowest = Double.POSITIVE_INFINITY;

  /**
   * A partial derivative.
   *
   * @param size of the numbers that it is the sum of, where these are larger
   */
  private record Term(double partial, double size) {
    Term(double partial) {
      this(partial, Math.abs(partial));
    }
  }

  /** One scalar, with what it was made of. */
  public static final class Node {
    private final double value;

    /**
     * What a product with this node hands to the other factor: the value, but for weights and what
     * is made of them alone.
     */
    private final double slope;

    private final Node[] parents;

    /** Whether it belongs to one step of one lane; else it is made of weights alone. */
    private final boolean ofStep;

    private double derivative;
    private double magnitude;

    private final double size;

    /** For each parent, how this depends on it. */
    private final Term[] terms;

    private Node(double value, double slope, boolean ofStep, Node[] parents, Term... terms) {
      this(value, slope, ofStep, size(value, parents, terms), parents, terms);
    }

    private Node(
        double value, double slope, boolean ofStep, double size, Node[] parents, Term... terms) {
      this.value = value;
      this.slope = slope;
      this.ofStep = ofStep;
      this.size = size;
      this.parents = parents;
      this.terms = terms;
    }

    private static double size(double value, Node[] parents, Term[] terms) {
      double sum = 0;
      for (int p = 0; p < parents.length; p++) {
        sum += Math.abs(terms[p].partial) * parents[p].size;
      }
      return Math.max(sum, Math.abs(value));
    }

    /** The number. */
    public double value() {
      return value;
    }

    /**
     * Size of the numbers that the value is the sum of. Whoever computes in float32 gets it wrong
     * by some 1e-7 of this, however small it is itself.
     */
    public double size() {
      return size;
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
    return keep(new Node(value, value, true, new Node[0]));
  }

  /** A number that is the same everywhere. */
  public Node constant(double value) {
    return weight(value, value);
  }

  /**
   * A weight that was {@code value} when products were computed and is {@code today} when they are
   * differentiated with respect to the other factor: what happens when a weight is overwritten
   * behind the back of a differentiating program. What is made of weights alone has two values,
   * too.
   */
  public Node weight(double value, double today) {
    return keep(new Node(value, today, false, new Node[0]));
  }

  /** a + b. */
  public Node add(Node a, Node b) {
    return of(a, b, Double::sum, (_, _) -> 1, (_, _) -> 1);
  }

  /** a − b. */
  public Node subtract(Node a, Node b) {
    return of(a, b, (u, v) -> u - v, (_, _) -> 1, (_, _) -> -1);
  }

  /** a · b. */
  public Node multiply(Node a, Node b) {
    return keep(
        new Node(
            a.value * b.value,
            a.ofStep || b.ofStep ? a.value * b.value : a.slope * b.slope,
            a.ofStep || b.ofStep,
            new Node[] {a, b},
            new Term(b.slope, b.size),
            new Term(a.slope, a.size)));
  }

  /** a / b. */
  public Node divide(Node a, Node b) {
    boolean ofStep = a.ofStep || b.ofStep;
    double y = ofStep ? a.value / b.value : a.slope / b.slope;
    double square = b.slope * b.slope;
    return keep(
        new Node(
            a.value / b.value,
            y,
            ofStep,
            new Node[] {a, b},
            new Term(1 / b.slope, b.size / square),
            new Term(-y / b.slope, (a.size + Math.abs(y) * b.size) / square)));
  }

  /** The smaller one; where both are equal, the second one gets the derivative. */
  public Node minimum(Node a, Node b) {
    decide(a, b);
    return of(a, b, Math::min, (u, v) -> u < v ? 1 : 0, (u, v) -> u < v ? 0 : 1);
  }

  /** The larger one; where both are equal, the first one gets the derivative. */
  public Node maximum(Node a, Node b) {
    decide(a, b);
    return of(a, b, Math::max, (u, v) -> u >= v ? 1 : 0, (u, v) -> u >= v ? 0 : 1);
  }

  /** {@code condition > 0 ? then : otherwise}. */
  public Node select(Node condition, Node then, Node otherwise) {
    decide(condition, 0, 0);
    Node chosen = condition.value > 0 ? then : otherwise;
    boolean ofStep = condition.ofStep || then.ofStep || otherwise.ofStep;
    double today = condition.slope > 0 ? then.slope : otherwise.slope;
    double positive = condition.slope > 0 ? 1 : 0;
    return keep(
        new Node(
            chosen.value,
            ofStep ? chosen.value : today,
            ofStep,
            new Node[] {then, otherwise},
            new Term(positive),
            new Term(1 - positive)));
  }

  /** The largest; where several are, they share the derivative. */
  public Node largest(Node... a) {
    for (int i = 1; i < a.length; i++) {
      for (int j = 0; j < i; j++) {
        decide(a[i], a[j]);
      }
    }
    double value = Arrays.stream(a).mapToDouble(Node::value).max().orElseThrow();
    double today = Arrays.stream(a).mapToDouble(node -> node.slope).max().orElseThrow();
    boolean ofStep = Arrays.stream(a).anyMatch(node -> node.ofStep);
    long count = Arrays.stream(a).filter(node -> node.slope == today).count();
    Term[] terms =
        Arrays.stream(a)
            .map(node -> new Term(node.slope == today ? 1.0 / count : 0))
            .toArray(Term[]::new);
    return keep(new Node(value, ofStep ? value : today, ofStep, a.clone(), terms));
  }

  /** The same number as a node of its own, so that a derivative can be read off at this place. */
  public Node same(Node a) {
    return keep(new Node(a.value, a.value, true, new Node[] {a}, new Term(1)));
  }

  /** The same number, through which nothing goes back. */
  public Node detach(Node a) {
    return keep(new Node(a.value, a.slope, a.ofStep, a.size, new Node[0]));
  }

  /** factor · a. */
  public Node scale(double factor, Node a) {
    return of(a, u -> factor * u, (_, _) -> factor);
  }

  /** 1 / (1 + e⁻ᵃ). */
  public Node sigmoid(Node a) {
    double y = 1 / (1 + Math.exp(-a.value));
    return of(a, u -> 1 / (1 + Math.exp(-u)), (_, s) -> s * (1 - s), y); // 1 − y cancels
  }

  /** Hyperbolic tangent. */
  public Node tanh(Node a) {
    return of(a, Math::tanh, (_, y) -> 1 - y * y, 1); // 1 − y² cancels
  }

  /** max(0, a). */
  public Node rectify(Node a) {
    decide(a, 0, 0);
    return of(a, u -> Math.max(0, u), (u, _) -> u > 0 ? 1 : 0);
  }

  /** |a|, with the derivative 0 at 0. */
  public Node absolute(Node a) {
    decide(a, 0, 0);
    return of(a, Math::abs, (u, _) -> Math.signum(u));
  }

  /** √a. */
  public Node squareRoot(Node a) {
    return of(a, Math::sqrt, (_, y) -> 0.5 / y, a.size * Math.pow(a.slope, -1.5));
  }

  /** eᵃ. */
  public Node exponential(Node a) {
    return of(a, Math::exp, (_, y) -> y, Math.exp(a.slope) * a.size);
  }

  /** Natural logarithm. */
  public Node logarithm(Node a) {
    return of(a, Math::log, (u, _) -> 1 / u, a.size / (a.slope * a.slope));
  }

  /** Sine of an angle in radians. */
  public Node sine(Node a) {
    return of(a, Math::sin, (u, _) -> Math.cos(u), Math.max(1, a.size)); // the cosine may be small
  }

  /** Cosine of an angle in radians. */
  public Node cosine(Node a) {
    return of(a, Math::cos, (u, _) -> -Math.sin(u), Math.max(1, a.size));
  }

  /** bias + Σ weights[from + i]·x[i]. */
  public Node affine(Node bias, Node[] weights, int from, Node[] x) {
    Node sum = bias;
    for (int i = 0; i < x.length; i++) {
      sum = add(sum, multiply(weights[from + i], x[i]));
    }
    return sum;
  }

  private void decide(Node a, Node b) {
    decide(a, b.value, b.size);
    decide(a, b.slope, b.size);
  }

  /** Notes how narrow a decision is; equal numbers are equal in every precision. */
  private void decide(Node a, double value, double size) {
    double difference = Math.min(Math.abs(a.value - value), Math.abs(a.slope - value));
    if (difference > 0) {
      narrowest = Math.min(narrowest, difference / (a.size + size));
    }
  }

  /**
   * How narrow the narrowest decision was, relative to the numbers compared: below some 1e-7, who
   * computes in float32 may decide the other way.
   */
  public double narrowest() {
    return narrowest;
  }

  /** A partial derivative at (a, f(a)). */
  private interface Partial {
    double at(double a, double y);
  }

  /** A partial derivative at (a, b). */
  private interface BinaryPartial {
    double at(double a, double b);
  }

  private Node of(Node a, DoubleUnaryOperator f, Partial da) {
    return of(a, f, da, 0);
  }

  private Node of(Node a, DoubleUnaryOperator f, Partial da, double size) {
    double value = f.applyAsDouble(a.value);
    double y = a.ofStep ? value : f.applyAsDouble(a.slope);
    double partial = da.at(a.slope, y);
    Term term = new Term(partial, Math.max(size, Math.abs(partial)));
    return keep(new Node(value, y, a.ofStep, new Node[] {a}, term));
  }

  private Node of(Node a, Node b, DoubleBinaryOperator f, BinaryPartial da, BinaryPartial db) {
    double value = f.applyAsDouble(a.value, b.value);
    boolean ofStep = a.ofStep || b.ofStep;
    double y = ofStep ? value : f.applyAsDouble(a.slope, b.slope);
    Term left = new Term(da.at(a.slope, b.slope));
    Term right = new Term(db.at(a.slope, b.slope));
    return keep(new Node(value, y, ofStep, new Node[] {a, b}, left, right));
  }

  private Node keep(Node node) {
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
        Term term = node.terms[p];
        node.parents[p].derivative += node.derivative * term.partial;
        node.parents[p].magnitude += node.magnitude * Math.max(Math.abs(term.partial), term.size);
      }
    }
  }
}
