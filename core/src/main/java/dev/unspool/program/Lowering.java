// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Rewrites equations in terms of what there are kernels for: a sum with products in it becomes a
 * chain of products, each added to what the one before has left. What does not depend on itself
 * comes first, so that it can leave the loop over steps.
 */
final class Lowering {
  private final Graph g;
  private final Predicate<Node> cyclic;
  private final Map<Node, Integer> uses = new HashMap<>();
  private final Map<Node, Node> lowered = new HashMap<>();

  /**
   * Prepares to rewrite.
   *
   * @param roots all that will be rewritten, so that what is used once is known
   * @param cyclic whether a node of the equations depends on itself
   */
  Lowering(Graph g, Collection<Node> roots, Predicate<Node> cyclic) {
    this.g = g;
    this.cyclic = cyclic;
    for (Node node : Graph.closure(roots, _ -> false)) {
      node.args().forEach(arg -> uses.merge(arg, 1, Integer::sum));
    }
    roots.forEach(root -> uses.merge(root, 1, Integer::sum));
  }

  /** Takes nodes over as another direction has rewritten them. */
  void adopt(Collection<Node> nodes, Lowering other) {
    nodes.forEach(node -> lowered.put(node, other.of(node)));
  }

  /** The node in terms of kernels. */
  Node of(Node node) {
    for (Node each : Graph.closure(List.of(node), lowered::containsKey)) {
      if (!lowered.containsKey(each)) {
        lowered.put(each, lower(each));
      }
    }
    return known(node);
  }

  /** The same as an array of its own, row after row, as kernels of matrices take it. */
  Node dense(Node node) {
    Node x = of(node);
    return x.op() instanceof Slice || !x.perRow() ? g.node(new Copy(), x) : x;
  }

  private Node known(Node node) {
    Node result = lowered.get(node);
    if (result == null) {
      throw new IllegalStateException("not lowered before it is needed: " + node);
    }
    return result;
  }

  private Node lower(Node node) {
    if (!node.perRow() || node.args().isEmpty()) {
      return node;
    }
    if (node.op() instanceof Detach) {
      return known(node.arg(0)); // it has said what it had to when the program was differentiated
    }
    if (node.op() instanceof Linear linear) {
      return g.node(new Product(linear, Product.Onto.NOTHING), dense(node.arg(0)));
    }
    if (node.op() instanceof Sum) {
      return sum(node);
    }
    if (node.op() instanceof Slice(int from, int size)) {
      return g.slice(known(node.arg(0)), from, size);
    }
    if (node.op() instanceof Join) {
      return g.join(node.args().stream().map(arg -> onUnits(known(arg))).toList());
    }
    return g.node(node.op(), node.args().stream().map(this::known).toArray(Node[]::new));
  }

  /** The same as something that operations on units yield, and can put anywhere. */
  Node onUnits(Node node) {
    boolean is =
        switch (node.op()) {
          case Apply _, Sum _, Reduce _, Repeat _, Copy _ -> node.perRow();
          default -> false;
        };
    return is ? node : g.node(new Copy(), node);
  }

  private Node sum(Node node) {
    var terms = new ArrayList<Node>();
    flatten(node, terms);
    var first = new ArrayList<Node>();
    var later = new ArrayList<Node>();
    var biases = new ArrayList<Node>();
    var rest = new ArrayList<Node>();
    var constants = new ArrayList<Node>();
    for (Node term : terms) {
      if (term.op() instanceof Linear && term.perRow() && uses.getOrDefault(term, 0) == 1) {
        (cyclic.test(term) ? later : first).add(term);
      } else if (term.isConstant()) {
        constants.add(term);
      } else if (!term.perRow()) {
        biases.add(term);
      } else {
        rest.add(known(term));
      }
    }
    if (first.isEmpty() && later.isEmpty()) {
      rest.addAll(biases);
      rest.addAll(constants);
      return g.add(rest);
    }
    Node chain = null;
    boolean restLast = !first.isEmpty() || rest.isEmpty();
    (biases.isEmpty() ? rest : biases).addAll(constants);
    if (restLast) {
      if (!biases.isEmpty()) {
        chain = g.add(biases);
      }
    } else {
      rest.addAll(biases);
      chain = onUnits(g.add(rest));
    }
    boolean bias = restLast && chain != null;
    first.addAll(later);
    for (Node term : first) {
      Linear linear = (Linear) term.op();
      Node x = dense(term.arg(0));
      if (chain == null) {
        chain = g.node(new Product(linear, Product.Onto.NOTHING), x);
      } else {
        chain =
            g.node(new Product(linear, bias ? Product.Onto.BIAS : Product.Onto.VALUE), x, chain);
      }
      bias = false;
    }
    if (chain == null) {
      throw new IllegalStateException("a sum without terms");
    }
    if (!restLast || rest.isEmpty()) {
      return chain;
    }
    rest.addFirst(chain);
    return g.add(rest);
  }

  /** Terms of a sum, and of sums in it that nobody else needs. */
  private void flatten(Node sum, List<Node> terms) {
    for (Node term : sum.args()) {
      if (term.op() instanceof Sum && term.perRow() && uses.getOrDefault(term, 0) == 1) {
        flatten(term, terms);
      } else {
        terms.add(term);
      }
    }
  }
}
