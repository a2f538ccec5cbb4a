// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The derivative of a {@link Program}: a program itself, which takes what comes back to the output
 * and to the states that the step leaves. Linear in these.
 */
public final class Reverse {
  private final Node outputAdjoint;
  private final List<Node> stateAdjoints = new ArrayList<>();
  private final List<@Nullable Node> entering = new ArrayList<>();
  private final List<@Nullable Node> initialAdjoints = new ArrayList<>();
  private final @Nullable Node input;
  private final Map<String, Node> vectors = new LinkedHashMap<>();
  private final Map<Matrix, List<Adjoints.Product>> products;

  /**
   * Differentiates a program.
   *
   * @param g where the nodes of the derivative go; has those of the program
   */
  public Reverse(Program program, Graph g) {
    var to = new Adjoints(g);
    var roots = program.results();
    outputAdjoint = leaf(g, Leaf.Role.OUTPUT_ADJOINT, "y", 0, program.output().width());
    to.add(program.output(), outputAdjoint);
    for (int i = 0; i < program.states().size(); i++) {
      StateArray state = program.states().get(i);
      Node leaving = leaf(g, Leaf.Role.STATE_ADJOINT, state.name() + "'", i, state.width());
      stateAdjoints.add(leaving);
      to.add(state.leaving(), leaving);
      Node initial = state.initial();
      if (initial == null || initial.isConstant()) {
        initialAdjoints.add(null);
      } else {
        Node back = leaf(g, Leaf.Role.INITIAL_ADJOINT, state.name() + "₀", i, state.width());
        initialAdjoints.add(back);
        to.add(initial, back);
        roots.add(initial);
      }
    }
    var forward = Graph.closure(roots, _ -> false);
    for (Node node : forward.reversed()) {
      Node d = to.of(node);
      if (d == null) {
        continue;
      }
      node.op().derive(g, node, d, to);
      if (node.op() instanceof Leaf leaf && leaf.role() == Leaf.Role.VECTOR) {
        vectors.put(leaf.name(), d);
      }
    }
    for (StateArray state : program.states()) {
      entering.add(to.of(state.entering()));
    }
    input = to.of(program.input());
    products = to.products();
  }

  private static Node leaf(Graph g, Leaf.Role role, String name, int index, int width) {
    return g.node(new Leaf(role, name, index, width, 0));
  }

  /** ∂L/∂y of the step: a leaf. */
  public Node outputAdjoint() {
    return outputAdjoint;
  }

  /** ∂L/∂(each array of the state that the step leaves): leaves. */
  public List<Node> stateAdjoints() {
    return stateAdjoints;
  }

  /** ∂L/∂(each array of the state with which the step runs); null where nothing depends on it. */
  public List<@Nullable Node> entering() {
    return entering;
  }

  /**
   * ∂L/∂(the initial value of each array of the state), summed over all beginnings: leaves; null
   * where it is a number.
   */
  public List<@Nullable Node> initialAdjoints() {
    return initialAdjoints;
  }

  /** ∂L/∂(input); null where nothing depends on it. */
  public @Nullable Node input() {
    return input;
  }

  /** ∂L/∂(each vector of parameters), by name, summed over all rows. */
  public Map<String, Node> vectors() {
    return vectors;
  }

  /** What the derivative with respect to each matrix is made of. */
  public Map<Matrix, List<Adjoints.Product>> products() {
    return products;
  }
}
