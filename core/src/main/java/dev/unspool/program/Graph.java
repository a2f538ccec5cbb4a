// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes nodes, each expression once. Only what is exact for every number is simplified: x + 0, x ·
 * 1 and −(−x), but not x · 0, which would hide a NaN.
 */
public final class Graph {
  private record Key(Op op, List<Node> args) {}

  private final List<Node> nodes = new ArrayList<>();
  private final Map<Key, Node> known = new HashMap<>();
  private final Supplier<String> origin;

  /** A graph whose nodes were not written by anybody in particular. */
  public Graph() {
    this(() -> "");
  }

  /**
   * An empty graph.
   *
   * @param origin says where the node that is being made was written
   */
  public Graph(Supplier<String> origin) {
    this.origin = origin;
  }

  /** A graph with the nodes of another one, which can grow by itself. */
  public Graph(Graph other) {
    this.origin = () -> "";
    this.nodes.addAll(other.nodes);
    this.known.putAll(other.known);
  }

  /** All nodes; arguments stand before what they are arguments of. */
  public List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  /** A node; the one that is there already, if it is. */
  public Node node(Op op, Node... args) {
    return node(op, List.of(args));
  }

  private Node node(Op op, List<Node> args) {
    var key = new Key(op, args);
    Node node = known.get(key);
    if (node == null) {
      node = new Node(nodes.size(), op, args, origin.get());
      nodes.add(node);
      known.put(key, node);
    }
    return node;
  }

  /** A number, which fits every width. */
  public Node constant(double number) {
    return node(new Leaf(Leaf.Role.CONSTANT, "", 0, 1, number));
  }

  /** A function of each unit. A value of width 1 is repeated for all of them. */
  public Node apply(Function function, Node... args) {
    return node(new Apply(function), spread(Arrays.asList(args)));
  }

  /** −a. */
  public Node negate(Node a) {
    if (a.op() instanceof Leaf leaf && a.isConstant()) {
      return constant(-leaf.number());
    }
    return isNegated(a) ? a.arg(0) : apply(Function.NEGATE, a);
  }

  /** The sum of some values. */
  public Node add(Node... terms) {
    return add(Arrays.asList(terms));
  }

  /** The sum of some values. */
  public Node add(List<Node> terms) {
    var kept = terms.stream().filter(term -> !term.is(0)).toList();
    if (kept.isEmpty()) {
      return constant(0);
    }
    return kept.size() == 1 ? kept.getFirst() : node(new Sum(), spread(kept));
  }

  /** a − b. */
  public Node subtract(Node a, Node b) {
    return add(a, negate(b));
  }

  /** a · b. */
  public Node multiply(Node a, Node b) {
    if (a.is(1)) {
      return b;
    }
    if (b.is(1)) {
      return a;
    }
    if (isNegated(a)) {
      return negate(multiply(a.arg(0), b));
    }
    if (isNegated(b)) {
      return negate(multiply(a, b.arg(0)));
    }
    return a.id() <= b.id() ? apply(Function.MULTIPLY, a, b) : apply(Function.MULTIPLY, b, a);
  }

  /** a / b. */
  public Node divide(Node a, Node b) {
    return b.is(1) ? a : apply(Function.DIVIDE, a, b);
  }

  /** Sum or largest value of each of some groups of units. */
  public Node reduce(Reduce.Kind kind, int groups, Node a) {
    return groups == a.width() ? a : node(new Reduce(kind, groups), a);
  }

  /** Each value several times. */
  public Node repeat(Node a, int times) {
    return times == 1 || a.isConstant() ? a : node(new Repeat(times), a);
  }

  /** Some consecutive units. */
  public Node slice(Node a, int from, int size) {
    if (from == 0 && size == a.width()) {
      return a;
    }
    if (a.op() instanceof Slice(int outer, int length)
        && from + (long) size <= length
        && from >= 0) {
      return slice(a.arg(0), outer + from, size);
    }
    if (a.op() instanceof Join) {
      int at = 0;
      for (Node part : a.args()) {
        if (from >= at && from + size <= at + part.width()) {
          return slice(part, from - at, size);
        }
        at += part.width();
      }
    }
    return node(new Slice(from, size), a);
  }

  /** Some values side by side. */
  public Node join(List<Node> parts) {
    return parts.size() == 1 ? parts.getFirst() : node(new Join(), parts);
  }

  /** W·x, or Wᵀ·x. */
  public Node linear(Matrix matrix, boolean transposed, Node x) {
    // A product that depends on parameters alone is computed for each row, so that there is one way
    // to run products, and to keep the weights that they ran with.
    return node(new Linear(matrix, transposed), x.perRow() ? x : node(new Copy(), x));
  }

  /** Whatever the nodes depend on, and they themselves, arguments first. */
  public static List<Node> closure(Collection<Node> roots, Predicate<Node> stop) {
    var found = new TreeSet<Node>((a, b) -> Integer.compare(a.id(), b.id()));
    var todo = new ArrayList<>(new LinkedHashSet<>(roots));
    while (!todo.isEmpty()) {
      Node node = todo.removeLast();
      if (found.add(node) && !stop.test(node)) {
        todo.addAll(node.args());
      }
    }
    return List.copyOf(found);
  }

  /** What becomes of a node whose arguments have become others. */
  @FunctionalInterface
  public interface Rule {
    /** Another node in its place; null: the same operation on these arguments. */
    @Nullable Node of(Node node, List<Node> args);
  }

  /**
   * Writes nodes once more, with others in the place of some of what they are made of.
   *
   * @param instead nodes in whose place others are known; what these are made of is not looked at
   * @return for each node that one of the roots is made of, the one in its place: itself where
   *     nothing is different
   */
  public Map<Node, Node> rewritten(Collection<Node> roots, Map<Node, Node> instead, Rule rule) {
    Map<Node, Node> all = new HashMap<>(instead);
    for (Node node : closure(roots, instead::containsKey)) {
      if (!all.containsKey(node)) {
        List<Node> args = node.args().stream().map(all::get).toList();
        Node other = rule.of(node, args);
        boolean same = other == null && args.equals(node.args());
        all.put(node, other != null ? other : same ? node : node(node.op(), args));
      }
    }
    return all;
  }

  private static boolean isNegated(Node a) {
    return a.op() instanceof Apply(Function function) && function == Function.NEGATE;
  }

  /** Repeats values of width 1 for the units of the others. */
  private List<Node> spread(List<Node> args) {
    int width = args.stream().mapToInt(Node::width).max().orElse(1);
    return args.stream().map(a -> a.width() == 1 && width > 1 ? repeat(a, width) : a).toList();
  }
}
