// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A step in terms of kernels, and which of its nodes carry the state on. All others are
 * <em>lazy</em>: only the output needs them, for the steps that a loss looks at.
 */
final class ForwardEquations {
  private final Graph g;
  private final Lowering lowering;
  private final List<Node> leaving = new ArrayList<>();
  private final Map<Node, Node> across = new LinkedHashMap<>();
  private final Map<Node, Integer> stateOf = new HashMap<>();
  private final Set<Node> carried;
  private final List<Node> watched = new ArrayList<>();
  private Node output;
  private boolean direct;

  /**
   * Rewrites a step.
   *
   * @param wanted what somebody reads off the tape, beside what the program itself yields
   */
  ForwardEquations(Program program, Graph g, List<Node> wanted) {
    this.g = g;
    var written = program.results();
    written.addAll(wanted);
    var states = program.states();
    Map<Node, Node> asWritten = new LinkedHashMap<>();
    states.forEach(state -> asWritten.put(state.entering(), state.leaving()));
    var cycles = new Cycles(written, asWritten);
    this.lowering = new Lowering(g, written, cycles::contains);
    for (int i = 0; i < states.size(); i++) {
      Node left = lowering.onUnits(lowering.of(states.get(i).leaving()));
      leaving.add(left);
      across.put(states.get(i).entering(), left);
      stateOf.put(states.get(i).entering(), i);
    }
    wanted.forEach(node -> watched.add(node.perRow() ? lowering.dense(node) : node));
    var always = new ArrayList<>(leaving);
    always.addAll(watched);
    this.carried = closure(always);
    carried.addAll(across.keySet()); // also a state that nothing but the output reads
    this.output = lowering.of(program.output());
    carried.addAll(closure(lookUps(output)));
    this.direct = !carried.contains(output) && output.op() instanceof Product;
    if (!direct) {
      boolean shared = output.op() instanceof Slice;
      output = g.node(new Copy(), output);
      if (shared || carried.contains(output)) {
        output = g.node(new Copy(), output); // one that only the output is
      }
    }
  }

  /**
   * What is looked up in a table runs with the step, also where only the output needs it: outputs
   * may be computed when the table has changed, of which nobody has packed a copy.
   */
  private static List<Node> lookUps(Node output) {
    return Graph.closure(List.of(output), _ -> false).stream()
        .filter(node -> node.op() instanceof LookUp)
        .toList();
  }

  /** What nodes depend on, also through the state. */
  private Set<Node> closure(Collection<Node> roots) {
    var all = new HashSet<>(Graph.closure(roots, _ -> false));
    for (boolean grown = true; grown; ) {
      var more = new ArrayList<Node>();
      across.forEach(
          (leaf, before) -> {
            if (all.contains(leaf) && !all.contains(before)) {
              more.add(before);
            }
          });
      grown = all.addAll(Graph.closure(more, _ -> false));
    }
    return all;
  }

  Lowering lowering() {
    return lowering;
  }

  /** Each array of the state as the step leaves it: something that can be put anywhere. */
  List<Node> leaving() {
    return leaving;
  }

  /** For each leaf that comes from the step before, what it is there. */
  Map<Node, Node> across() {
    return across;
  }

  /** Number of the state of each such leaf. */
  Map<Node, Integer> stateOf() {
    return stateOf;
  }

  /** What somebody reads off the tape, in the order in which it was asked for. */
  List<Node> watched() {
    return watched;
  }

  /** What the state, and what somebody watches, depend on. */
  Set<Node> carried() {
    return carried;
  }

  Node output() {
    return output;
  }

  /** Whether the output is a product that is put where outputs are kept at once. */
  boolean isDirect() {
    return direct;
  }

  /** Says that the output has to stand elsewhere, too. */
  void copyOutput() {
    output = g.node(new Copy(), output);
    direct = false;
  }

  /** All nodes that are computed. */
  Set<Node> nodes() {
    var roots = new ArrayList<>(leaving);
    roots.add(output);
    roots.addAll(watched);
    return new HashSet<>(Graph.closure(roots, _ -> false));
  }
}
