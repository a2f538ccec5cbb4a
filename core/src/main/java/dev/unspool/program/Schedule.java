// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * When each node is computed. Phases alternate: those with an even number run for a whole block of
 * steps at once, those with an odd number step by step. What depends on itself is in an odd one;
 * everything else is in the first even one in which all it needs is there, except copies, which are
 * made where what they copy is at hand.
 */
final class Schedule {
  /** A phase that runs only for the steps that somebody looks at. */
  static final int LAZY = -2;

  /** A phase that runs before that one, for all steps. */
  static final int EARLY = -4;

  private final Direction direction;
  private final Map<Node, Node> across;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<Node, Integer> phases = new HashMap<>();
  private final Set<Node> cyclic = new HashSet<>();
  private final Map<Node, Set<Node>> users = new HashMap<>();

  /**
   * Schedules nodes.
   *
   * @param roots all that must be computed
   * @param across for each leaf that comes from the step before (backwards: after), what it is
   *     there
   */
  Schedule(Direction direction, Collection<Node> roots, Map<Node, Node> across) {
    this.direction = direction;
    this.across = across;
    var cycles = new Cycles(roots, across, node -> !node.perRow() || direction.given(node) != null);
    for (Set<Node> component : cycles.components()) {
      var members = component.stream().filter(node -> !isGiven(node)).toList();
      if (!members.isEmpty()) {
        schedule(component, members, cycles.contains(component.iterator().next()));
      }
    }
    for (Node node : nodes) {
      for (Node arg : node.args()) {
        use(arg, node);
      }
      Node before = across.get(node);
      if (before != null && !cyclic.contains(node)) {
        use(before, node);
      }
    }
  }

  private boolean isGiven(Node node) {
    return !across.containsKey(node)
        && (!node.perRow() || direction.given(node) != null || direction.floats(node));
  }

  private void schedule(Set<Node> component, List<Node> members, boolean loop) {
    int phase = loop ? 1 : 0;
    for (Node member : members) {
      Node before = across.get(member);
      for (Node dependency : before == null ? member.args() : List.of(before)) {
        int of = component.contains(dependency) ? 0 : earliest(dependency);
        phase = Math.max(phase, isStepwise(of) == loop ? of : of + 1);
      }
    }
    Node any = members.getFirst();
    if (!loop && any.op() instanceof Copy) {
      phase = earliest(any.arg(0));
    }
    boolean lazy = direction.lazy(any);
    // Within a step, arguments come first; across steps, what a state was left as does.
    for (Node member : members.stream().sorted(Comparator.comparingInt(Node::id)).toList()) {
      phases.put(member, direction.early(member) ? EARLY : lazy ? LAZY : phase);
      nodes.add(member);
      if (loop) {
        cyclic.add(member);
      }
    }
  }

  /** The phase in which a value is there. */
  private int earliest(Node node) {
    Integer phase = phases.get(node);
    if (phase != null) {
      return Math.max(0, phase);
    }
    return isFloating(node) ? node.args().stream().mapToInt(this::earliest).max().orElse(0) : 0;
  }

  /** Notes who uses a value; of what floats, those who use what it is made of. */
  private void use(Node value, Node user) {
    users.computeIfAbsent(value, _ -> new LinkedHashSet<>()).add(user);
    if (isFloating(value)) {
      value.args().forEach(arg -> use(arg, user));
    }
  }

  /** Whether a phase runs step by step. */
  static boolean isStepwise(int phase) {
    return (phase & 1) == 1;
  }

  /** Nodes that are computed, each after those that it needs. */
  List<Node> nodes() {
    return nodes;
  }

  /** The phases in their order, without {@link #LAZY} and {@link #EARLY}. */
  List<Integer> phases() {
    return phases.values().stream().filter(phase -> phase >= 0).distinct().sorted().toList();
  }

  /** Whether anything is computed in a phase. */
  boolean has(int phase) {
    return phases.containsValue(phase);
  }

  /** The phase of a node; {@code otherwise} if it is not computed here. */
  int phase(Node node, int otherwise) {
    return phases.getOrDefault(node, otherwise);
  }

  /** The phase of a node; 0 if it is not computed here. */
  int phase(Node node) {
    return phase(node, 0);
  }

  /** Whether a node depends on itself. */
  boolean isCyclic(Node node) {
    return cyclic.contains(node);
  }

  /** Whether a value is computed again wherever it is needed. */
  boolean isFloating(Node node) {
    return node.perRow()
        && !across.containsKey(node)
        && direction.given(node) == null
        && direction.floats(node);
  }

  /** Who uses a value, those included who use it through what floats. */
  Set<Node> users(Node node) {
    return users.getOrDefault(node, Set.of());
  }

  /** What a node is computed from here: what floats is looked through. */
  List<Node> sources(Node node) {
    Node before = across.get(node);
    if (before != null && isCyclic(node)) {
      return List.of(); // is there when the step begins
    }
    var sources = new ArrayList<Node>();
    for (Node arg : before == null ? node.args() : List.of(before)) {
      if (isFloating(arg)) {
        sources.addAll(sources(arg));
      } else {
        sources.add(arg);
      }
    }
    return sources;
  }
}
