// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The derivative of a step in terms of kernels. What depends on nothing but the derivative of the
 * outputs is <em>lazy</em>: it is zero for the steps whose outputs no loss has read.
 */
final class BackwardEquations {
  /** A term of the derivative with respect to a matrix: Σ_rows leftᵀ·right. */
  record Term(Matrix matrix, Node left, Node right, boolean scattered) {}

  /** A sum over rows, and what is summed. */
  record Rows(Node sum, Node of) {}

  private final Reverse reverse;
  private final Lowering lowering;
  private final Map<Node, Node> across = new LinkedHashMap<>();
  private final Map<Node, Integer> stateOf = new HashMap<>();
  private final List<@Nullable Node> entering = new ArrayList<>();
  private final List<Term> terms = new ArrayList<>();
  private final List<Rows> rows = new ArrayList<>();
  private final @Nullable Node input;
  private final Set<Node> operands = new LinkedHashSet<>();
  private final Set<Node> roots = new LinkedHashSet<>();
  private final Set<Node> needed;
  private final Map<Node, Boolean> fromOutput = new HashMap<>();
  private final Map<Node, Boolean> fromState = new HashMap<>();

  /**
   * Rewrites the derivative.
   *
   * @param inputGradient whether derivatives with respect to inputs are wanted
   */
  BackwardEquations(
      Program program, Graph g, Reverse reverse, ForwardEquations forward, boolean inputGradient) {
    this.reverse = reverse;
    Node toInput = inputGradient ? reverse.input() : null;
    var rowSums =
        Graph.closure(reverse.vectors().values(), n -> n.op() instanceof RowSum).stream()
            .filter(node -> node.op() instanceof RowSum)
            .toList();
    this.lowering = lowering(g, toInput, rowSums);
    // Forward values stay as the forward direction has them.
    lowering.adopt(Graph.closure(program.results(), _ -> false), forward.lowering());
    for (int i = 0; i < program.states().size(); i++) {
      Node back = reverse.entering().get(i);
      Node node = back == null ? null : anywhere(lowering.of(back));
      entering.add(node);
      across.put(reverse.stateAdjoints().get(i), node == null ? g.constant(0) : node);
      stateOf.put(reverse.stateAdjoints().get(i), i);
    }
    reverse
        .products()
        .forEach(
            (matrix, products) -> products.forEach(product -> terms.add(term(matrix, product))));
    rowSums.forEach(node -> rows.add(new Rows(node, lowering.dense(node.arg(0)))));
    input = toInput == null ? null : lowering.dense(toInput);
    for (Term term : terms) {
      operands.add(term.left());
      operands.add(term.right());
    }
    rows.forEach(sum -> operands.add(sum.of()));
    if (input != null) {
      operands.add(input);
    }
    this.needed = new HashSet<>(Graph.closure(operands, _ -> false));
    roots.addAll(operands);
    for (Node node : entering) {
      if (node != null) {
        roots.add(node);
      }
    }
  }

  private Lowering lowering(Graph g, @Nullable Node toInput, Collection<Node> rowSums) {
    var written = new ArrayList<Node>();
    Map<Node, Node> asWritten = new LinkedHashMap<>();
    for (int i = 0; i < reverse.entering().size(); i++) {
      Node back = reverse.entering().get(i);
      if (back != null) {
        written.add(back);
        asWritten.put(reverse.stateAdjoints().get(i), back);
      }
    }
    for (var products : reverse.products().values()) {
      for (var product : products) {
        written.add(product.left());
        written.add(product.right());
      }
    }
    rowSums.forEach(node -> written.add(node.arg(0)));
    if (toInput != null) {
      written.add(toInput);
    }
    var cycles = new Cycles(written, asWritten);
    return new Lowering(g, written, cycles::contains);
  }

  private Term term(Matrix matrix, Adjoints.Product product) {
    Node left = product.left();
    return new Term(
        matrix,
        product.scattered() ? lowering.of(left) : lowering.dense(left),
        lowering.dense(product.right()),
        product.scattered());
  }

  /** What can be read or put in a place of its own. */
  private Node anywhere(Node node) {
    return node.op() instanceof Product ? node : lowering.onUnits(node);
  }

  /** ∂L/∂y: a leaf. */
  Node outputAdjoint() {
    return reverse.outputAdjoint();
  }

  /** ∂L/∂(an array of the state that the step leaves): a leaf. */
  Node leaving(int state) {
    return reverse.stateAdjoints().get(state);
  }

  /** ∂L/∂(each array of the state with which the step runs); null where nothing goes back. */
  List<@Nullable Node> entering() {
    return entering;
  }

  /** For each leaf that comes from the step after, what it is there. */
  Map<Node, Node> across() {
    return across;
  }

  /** Number of the state of each such leaf. */
  Map<Node, Integer> stateOf() {
    return stateOf;
  }

  List<Term> terms() {
    return terms;
  }

  List<Rows> rows() {
    return rows;
  }

  /** ∂L/∂x; null if it is not wanted. */
  @Nullable Node input() {
    return input;
  }

  /** What is read for all steps when they have been gone through. */
  Set<Node> operands() {
    return operands;
  }

  /** The operands, and what goes back to the state. */
  Set<Node> roots() {
    return roots;
  }

  /** Whether something is there for more than what goes back to the state. */
  boolean isNeeded(Node node) {
    return needed.contains(node);
  }

  /** Whether it is zero for steps whose outputs nobody has read. */
  boolean isLazy(Node node) {
    return comesFrom(node, fromOutput, Leaf.Role.OUTPUT_ADJOINT) && !isOfState(node);
  }

  /** Whether it is made of forward values alone. */
  boolean isForward(Node node) {
    return !comesFrom(node, fromOutput, Leaf.Role.OUTPUT_ADJOINT) && !isOfState(node);
  }

  private boolean isOfState(Node node) {
    return comesFrom(node, fromState, Leaf.Role.STATE_ADJOINT);
  }

  private static boolean comesFrom(Node node, Map<Node, Boolean> known, Leaf.Role role) {
    for (Node each : Graph.closure(List.of(node), known::containsKey)) {
      known.computeIfAbsent(
          each, n -> n.is(role) || n.args().stream().anyMatch(a -> known.getOrDefault(a, false)));
    }
    return known.getOrDefault(node, false);
  }

  /** Whether nobody asks for ∂L/∂y at steps whose outputs were not read. */
  boolean readsOutputLazily() {
    Node leaf = outputAdjoint();
    for (Node node : Graph.closure(roots, _ -> false)) {
      if (!isLazy(node) && node.args().stream().anyMatch(arg -> whole(arg) == leaf)) {
        return false;
      }
    }
    return input != leaf;
  }

  private static Node whole(Node node) {
    return node.op() instanceof Slice ? whole(node.arg(0)) : node;
  }
}
