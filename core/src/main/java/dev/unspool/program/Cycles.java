// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which nodes have to be computed step by step: those that depend, through the state, on
 * themselves. They are the strongly connected components of the graph with an edge from each state
 * as a step finds it to the same state as the step before leaves it (Tarjan, "Depth-First Search
 * and Linear Graph Algorithms", 1972). Everything else can be computed for a whole block of steps
 * at once.
 */
final class Cycles {
  private final Map<Node, Node> across;
  private final Predicate<Node> stop;
  private final Map<Node, Integer> index = new HashMap<>();
  private final Map<Node, Integer> low = new HashMap<>();
  private final Deque<Node> stack = new ArrayDeque<>();
  private final Set<Node> onStack = new HashSet<>();
  private final List<Set<Node>> components = new ArrayList<>();
  private final Set<Node> cyclic = new HashSet<>();

  /**
   * Finds the components.
   *
   * @param roots everything to be computed
   * @param across for each leaf that comes from the step before, what it is there
   */
  Cycles(Collection<Node> roots, Map<Node, Node> across) {
    this(roots, across, _ -> false);
  }

  /**
   * The same, without what some nodes are made of.
   *
   * @param stop whether a node is taken as it is
   */
  Cycles(Collection<Node> roots, Map<Node, Node> across, Predicate<Node> stop) {
    this.across = across;
    this.stop = stop;
    roots.forEach(this::visit);
  }

  /** Whether a node depends on itself. */
  boolean contains(Node node) {
    return cyclic.contains(node);
  }

  /** Components, each after those that it depends on. */
  List<Set<Node>> components() {
    return components;
  }

  private List<Node> dependencies(Node node) {
    Node before = across.get(node);
    if (before != null) {
      return List.of(before);
    }
    return stop.test(node) ? List.of() : node.args();
  }

  /** One node, and how far its dependencies have been looked at. */
  private static final class Frame {
    final Node node;
    final List<Node> dependencies;
    int next;

    Frame(Node node, List<Node> dependencies) {
      this.node = node;
      this.dependencies = dependencies;
    }
  }

  /** Depth first, with a stack of its own: programs may be deep. */
  private void visit(Node root) {
    if (index.containsKey(root)) {
      return;
    }
    Deque<Frame> frames = new ArrayDeque<>();
    frames.push(enter(root));
    while (!frames.isEmpty()) {
      Frame frame = frames.element();
      if (frame.next < frame.dependencies.size()) {
        Node dependency = frame.dependencies.get(frame.next++);
        if (!index.containsKey(dependency)) {
          frames.push(enter(dependency));
        } else if (onStack.contains(dependency)) {
          low.merge(frame.node, index.getOrDefault(dependency, 0), Math::min);
        }
        continue;
      }
      frames.pop();
      leave(frame.node);
      if (!frames.isEmpty()) {
        low.merge(frames.element().node, low.getOrDefault(frame.node, 0), Math::min);
      }
    }
  }

  private Frame enter(Node node) {
    index.put(node, index.size());
    low.put(node, index.size() - 1);
    stack.push(node);
    onStack.add(node);
    return new Frame(node, dependencies(node));
  }

  private void leave(Node node) {
    if (!low.getOrDefault(node, 0).equals(index.get(node))) {
      return;
    }
    Set<Node> component = new LinkedHashSet<>();
    Node member;
    do {
      member = stack.pop();
      onStack.remove(member);
      component.add(member);
    } while (member != node);
    components.add(component);
    if (component.size() > 1 || dependencies(node).contains(node)) {
      cyclic.addAll(component);
    }
  }
}
