// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What of the steps forwards is kept on the tape: what somebody watches, and for sweeps, what
 * matrix products of a sweep read, what is expensive (products, divisions, polynomials), what a
 * maximum was the largest of, and what cannot be computed again from all that is there.
 */
final class Kept {
  private final boolean sameWeights;
  private final Set<Node> forward;
  private final Set<Node> nodes = new LinkedHashSet<>();
  private final Map<Node, Node> copies = new LinkedHashMap<>();

  /**
   * Decides.
   *
   * @param forced what has to be kept because no loop of a sweep could compute it
   * @param sameWeights whether a sweep knows the weights that each step ran with; else it cannot
   *     compute again what they are in
   */
  Kept(
      Graph g,
      ForwardEquations equations,
      BackwardEquations derivative,
      Collection<Node> forced,
      boolean sameWeights) {
    this.sameWeights = sameWeights;
    this.forward = equations.nodes();
    forward.addAll(Graph.closure(forced, _ -> false));
    nodes.addAll(forced);
    var read = new ArrayList<>(equations.watched());
    read.addAll(derivative.operands());
    for (Node operand : read) {
      if (isForward(operand) && operand.perRow() && !(operand.op() instanceof Leaf)) {
        nodes.add(operand);
      }
    }
    var wanted = new LinkedHashSet<>(Graph.closure(derivative.roots(), this::isForward));
    wanted.retainAll(forward);
    var sorted = Graph.closure(wanted, _ -> true);
    for (Node node : sorted) {
      if (!canBeRead(node) && isExpensive(node)) {
        nodes.add(node);
      }
    }
    for (Node node : forward) {
      // Its derivative asks which unit it equals. One that is computed again need not: another loop
      // may multiply and add at once where this one does not.
      if (node.op() instanceof Reduce(var kind, _)
          && kind == Reduce.Kind.MAXIMUM
          && wanted.contains(node.arg(0))) {
        keep(g, node.arg(0));
      }
    }
    for (Node node : sorted) {
      if (!canBeComputed(node)) {
        keep(g, node);
      }
    }
  }

  private void keep(Graph g, Node node) {
    if (canBeRead(node)) {
      return;
    }
    if (node.op() instanceof Slice) {
      copies.put(node, g.node(new Copy(), node));
    } else {
      nodes.add(node);
    }
  }

  /** What is kept as it is. */
  Set<Node> nodes() {
    return nodes;
  }

  /** Parts of what is not kept, and the copy that is. */
  Map<Node, Node> copies() {
    return copies;
  }

  /** Whether something is computed forwards. */
  boolean isForward(Node node) {
    return forward.contains(node);
  }

  /** Whether a sweep finds something where the steps forwards have put it. */
  boolean canBeRead(Node node) {
    return node.op() instanceof Leaf
        || !node.perRow()
        || nodes.contains(node)
        || copies.containsKey(node)
        || node.op() instanceof Slice && canBeRead(node.arg(0));
  }

  private static boolean isExpensive(Node node) {
    return switch (node.op()) {
      case Apply(var function) -> function.cost() != Function.Cost.CHEAP;
      case Sum _, Slice _, Repeat _, Copy _ -> false;
      default -> true;
    };
  }

  private boolean canBeComputed(Node node) {
    return switch (node.op()) {
      case Apply _, Sum _, Repeat _ ->
          !isExpensive(node) && node.args().stream().allMatch(this::isThere);
      default -> false;
    };
  }

  private boolean isThere(Node argument) {
    if (!sameWeights && !argument.perRow() && !argument.isConstant()) {
      return false;
    }
    return canBeRead(argument) || canBeComputed(argument);
  }
}
