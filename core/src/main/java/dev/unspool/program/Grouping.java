// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which operations on units run together, as one loop over memory. Each node has a level within its
 * phase, above those of all that it is computed from; operations join the {@link Draft} that they
 * read from, or else one of their level, as far as shapes allow.
 */
final class Grouping {
  private final Schedule schedule;
  private final Map<Node, Integer> levels = new HashMap<>();
  private final Map<Node, Draft> draftOf = new HashMap<>();
  private final Map<Integer, List<Draft>> drafts = new HashMap<>();

  Grouping(Schedule schedule) {
    this.schedule = schedule;
    schedule.nodes().forEach(this::place);
  }

  /** The level of a node within its phase. */
  int level(Node node) {
    return levels.getOrDefault(node, 0);
  }

  /** What a node is computed in; null for what is no operation on units. */
  @Nullable Draft draft(Node node) {
    return draftOf.get(node);
  }

  /** Whether a node is an operation on units that is computed here. */
  boolean hasDraft(Node node) {
    return draftOf.containsKey(node);
  }

  /** All drafts of a phase. */
  List<Draft> drafts(int phase) {
    return drafts.getOrDefault(phase, List.of());
  }

  /** Whether a node computes nothing, but is a part of others or made of them. */
  static boolean isView(Node node) {
    return node.op() instanceof Slice || node.op() instanceof Join;
  }

  private static boolean isOnUnits(Node node) {
    return switch (node.op()) {
      case Apply _, Sum _, Reduce _, Repeat _, Copy _ -> true;
      default -> false;
    };
  }

  private void place(Node node) {
    int phase = schedule.phase(node);
    int level = 0;
    Set<Node> latest = new LinkedHashSet<>();
    for (Node source : schedule.sources(node)) {
      if (schedule.phase(source, Integer.MIN_VALUE) != phase) {
        continue;
      }
      int of = level(source);
      if (of > level || latest.isEmpty()) {
        latest.clear();
        level = Math.max(level, of);
      }
      if (of == level) {
        latest.add(source);
      }
    }
    int next = latest.isEmpty() ? 0 : level + 1;
    if (isView(node)) {
      levels.put(node, level);
    } else if (!isOnUnits(node)) {
      levels.put(node, next);
    } else {
      Draft draft = draft(node, phase, latest, next);
      draft.add(node);
      draftOf.put(node, draft);
      levels.put(node, draft.level());
    }
  }

  private Draft draft(Node node, int phase, Set<Node> latest, int next) {
    Draft same = common(latest);
    if (same != null && same.accepts(node)) {
      return same;
    }
    for (Draft each : drafts(phase)) {
      if (each.level() == next && each.accepts(node)) {
        return each;
      }
    }
    Draft fresh =
        switch (node.op()) {
          case Reduce(var _, int groups) ->
              new Draft(next, groups, node.arg(0).width() / groups, true);
          case Repeat(int times) -> new Draft(next, node.arg(0).width(), times, true);
          default -> new Draft(next, 1, node.width(), false);
        };
    drafts.computeIfAbsent(phase, _ -> new ArrayList<>()).add(fresh);
    return fresh;
  }

  /** The one draft that all nodes are computed in; null if there is none. */
  private @Nullable Draft common(Set<Node> nodes) {
    Draft same = null;
    for (Node node : nodes) {
      Draft of = draftOf.get(node);
      if (of == null || same != null && of != same) {
        return null;
      }
      same = of;
    }
    return same;
  }
}
