// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.program.Adjoints;
import dev.unspool.program.Graph;
import dev.unspool.program.Leaf;
import dev.unspool.program.Matrix;
import dev.unspool.program.Node;
import dev.unspool.program.Program;
import dev.unspool.program.Reverse;
import dev.unspool.program.RowSum;
import dev.unspool.program.Sum;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The reverse of a program, sorted: what comes back at each lag and has to be held because the
 * derivatives with respect to parameters are made of it, and which states have to be gone back
 * through to get there. A state that no parameter reaches, such as a delayed input, is not among
 * them.
 */
final class LinearReverse {
  /**
   * The derivative with respect to a matrix of parameters, Σ d·signalᵀ or Σ signal·dᵀ.
   *
   * @param transposed whether it is the latter
   */
  record Weights(Matrix matrix, Node signal, boolean transposed) {}

  /** The derivative with respect to a table: d is added to the row that an index names. */
  record Rows(Matrix table, Node index) {}

  /** Something that comes back, and what is made of it at every lag. */
  static final class Held {
    final Node node;
    final List<Weights> weights = new ArrayList<>();
    final List<Rows> rows = new ArrayList<>();

    /** Where in θ its sum over all lags goes. */
    final Set<Integer> sums = new LinkedHashSet<>();

    Held(Node node) {
      this.node = node;
    }
  }

  final Program program;
  final Graph g;
  final Reverse reverse;
  final List<Held> held;

  /** Of what comes back to the input; −1 if nobody wants to know or nothing does. */
  final int input;

  /** States whose adjoints are carried from lag to lag. */
  final TreeSet<Integer> carried = new TreeSet<>();

  /** States whose adjoints at the beginning are wanted. */
  final TreeSet<Integer> initial = new TreeSet<>();

  final SharedDerivatives shared;

  private final BitSet linear = new BitSet();

  /**
   * Sorts.
   *
   * @param program without dropout
   * @param columns length of θ
   * @param sensitivities whether derivatives with respect to inputs and states are wanted
   * @param estimated states of which the initial value is estimated
   */
  LinearReverse(
      Program program, int columns, boolean sensitivities, Collection<Integer> estimated) {
    this.program = program;
    this.g = new Graph(program.graph());
    this.reverse = new Reverse(program, g);
    for (Node node : g.nodes()) {
      boolean adjoint = node.is(Leaf.Role.OUTPUT_ADJOINT) || node.is(Leaf.Role.STATE_ADJOINT);
      if (adjoint || node.perRow() && node.args().stream().anyMatch(this::isLinear)) {
        linear.set(node.id());
      }
    }
    var held = new LinkedHashMap<Node, Held>();
    reverse.products().forEach((matrix, terms) -> terms.forEach(term -> add(held, matrix, term)));
    shared = new SharedDerivatives(program, columns);
    reverse.vectors().forEach((name, d) -> vector(held, name, d));
    Node back = sensitivities ? reverse.input() : null;
    if (back != null) {
      held.computeIfAbsent(back, Held::new);
    }
    this.held = List.copyOf(held.values());
    this.input = back == null ? -1 : List.copyOf(held.keySet()).indexOf(back);
    initial.addAll(estimated);
    initial.addAll(shared.initial());
    for (int s = 0; sensitivities && s < program.states().size(); s++) {
      initial.add(s);
    }
    carry();
  }

  /** Whether a value depends on what comes back; else it is one of the step forwards. */
  boolean isLinear(Node node) {
    return linear.get(node.id());
  }

  private void add(Map<Node, Held> held, Matrix matrix, Adjoints.Product term) {
    boolean left = isLinear(term.left());
    Held of = held.computeIfAbsent(left ? term.left() : term.right(), Held::new);
    if (term.scattered()) {
      of.rows.add(new Rows(matrix, term.left()));
    } else {
      of.weights.add(new Weights(matrix, left ? term.right() : term.left(), !left));
    }
  }

  /** What is simply a sum over all lags goes straight to θ. */
  private void vector(Map<Node, Held> held, String name, Node d) {
    int offset = program.parameters().slice(name).offset();
    var others = new ArrayList<Node>();
    for (Node term : d.op() instanceof Sum ? d.args() : List.of(d)) {
      if (term.op() instanceof RowSum) {
        boolean first = held.computeIfAbsent(term.arg(0), Held::new).sums.add(offset);
        if (first) {
          continue;
        }
      }
      others.add(term);
    }
    if (others.isEmpty()) {
      return;
    }
    Node rest = g.add(others);
    for (Node node : Graph.closure(List.of(rest), n -> n.op() instanceof RowSum)) {
      if (node.op() instanceof RowSum) {
        held.computeIfAbsent(node.arg(0), Held::new).sums.add(shared.column(node));
      } else if (node.op() instanceof Leaf leaf && leaf.role() == Leaf.Role.INITIAL_ADJOINT) {
        shared.column(node);
      }
    }
    shared.add(offset, rest);
  }

  private void carry() {
    carried.addAll(initial);
    boolean grown = true;
    while (grown) {
      grown = false;
      for (Node node : linear()) {
        if (node.op() instanceof Leaf leaf && leaf.role() == Leaf.Role.STATE_ADJOINT) {
          grown |= carried.add(leaf.index());
        }
      }
    }
  }

  /** All that is linear in what comes back and has to be computed, arguments first. */
  List<Node> linear() {
    var roots = new ArrayList<Node>();
    held.forEach(each -> roots.add(each.node));
    for (int state : carried) {
      Node entering = entering(state);
      if (entering != null) {
        roots.add(entering);
      }
    }
    return Graph.closure(roots, node -> !isLinear(node)).stream().filter(this::isLinear).toList();
  }

  /** What goes back to a state with which a step runs; null if nothing does. */
  @Nullable Node entering(int state) {
    return reverse.entering().get(state);
  }
}
