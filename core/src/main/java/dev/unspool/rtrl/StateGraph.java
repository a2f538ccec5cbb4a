// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.program.Graph;
import dev.unspool.program.Leaf;
import dev.unspool.program.Node;
import dev.unspool.program.Program;
import dev.unspool.program.Reverse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which arrays of the state the next value of each array depends on, and how: found in the reverse
 * of the program. Arrays that depend on each other unit by unit are a group; one group sees another
 * only through something that mixes units, such as a product with a matrix.
 */
final class StateGraph {
  final Program program;
  final Graph g;
  final Reverse reverse;

  /** For each array, how everything depends on what comes back to it. */
  final UnitForms[] forms;

  private final @Nullable UnitForms[] initialForms;

  /** Whether anybody reads an array; what is merely written is of no consequence. */
  private final boolean[] live;

  /** How the next value of the first array depends on the second one. */
  private final UnitForm[][] edges;

  /** Number of the group of each array. */
  private final int[] groupOf;

  /**
   * Looks at a program.
   *
   * @throws IllegalArgumentException if units of an array depend on each other through the state
   */
  StateGraph(Program program) {
    this.program = program;
    this.g = new Graph(program.graph());
    this.reverse = new Reverse(program, g);
    int count = program.states().size();
    this.forms = new UnitForms[count];
    for (int state = 0; state < count; state++) {
      forms[state] = new UnitForms(g, reverse.stateAdjoints().get(state));
    }
    this.initialForms = new UnitForms[count];
    for (int state = 0; state < count; state++) {
      Node initial = reverse.initialAdjoints().get(state);
      initialForms[state] = initial == null ? null : new UnitForms(g, initial);
    }
    this.live = live();
    this.edges = new UnitForm[count][count];
    for (int next = 0; next < count; next++) {
      for (int state = 0; state < count; state++) {
        Node back = reverse.entering().get(state);
        boolean counts = live[next] && live[state] && back != null;
        edges[next][state] = counts ? forms[next].of(back) : UnitForm.NOTHING;
      }
    }
    this.groupOf = groups();
  }

  private boolean[] live() {
    int count = forms.length;
    boolean[] found = new boolean[count];
    for (boolean grown = true; grown; ) {
      grown = false;
      for (int state = 0; state < count; state++) {
        Node back = reverse.entering().get(state);
        if (!found[state] && back != null && reaches(back, found)) {
          found[state] = true;
          grown = true;
        }
      }
    }
    return found;
  }

  private boolean reaches(Node back, boolean[] found) {
    for (Node node : Graph.closure(List.of(back), _ -> false)) {
      int state = reverse.stateAdjoints().indexOf(node);
      if (node == reverse.outputAdjoint() || state >= 0 && found[state]) {
        return true;
      }
    }
    return false;
  }

  boolean isLive(int state) {
    return live[state];
  }

  int width(int state) {
    return program.states().get(state).width();
  }

  /** How the next value of an array depends on an array. */
  UnitForm edge(int next, int state) {
    return edges[next][state];
  }

  private boolean isDiagonal(int next, int state) {
    return edges[next][state].isDiagonal(width(state), width(next));
  }

  /** Arrays that depend on each other unit by unit, each group in the order of the state. */
  List<int[]> members() {
    var members = new ArrayList<int[]>();
    for (int group = 0; group < groupOf.length; group++) {
      var of = new BitSet();
      for (int state = 0; state < groupOf.length; state++) {
        of.set(state, live[state] && groupOf[state] == group);
      }
      if (!of.isEmpty()) {
        members.add(of.stream().toArray());
      }
    }
    return members;
  }

  boolean sameGroup(int one, int other) {
    return groupOf[one] == groupOf[other];
  }

  /** All live arrays that these reach through the state, themselves included. */
  BitSet reached(BitSet from) {
    var all = (BitSet) from.clone();
    var todo = new ArrayDeque<Integer>();
    from.stream().forEach(todo::add);
    while (!todo.isEmpty()) {
      int state = todo.remove();
      for (int next = 0; next < edges.length; next++) {
        if (!edges[next][state].isNothing() && !all.get(next)) {
          all.set(next);
          todo.add(next);
        }
      }
    }
    return all;
  }

  private int[] groups() {
    int count = edges.length;
    int[] group = new int[count];
    BitSet[] after = new BitSet[count];
    for (int state = 0; state < count; state++) {
      var one = new BitSet();
      one.set(state);
      after[state] = reached(one);
      group[state] = state;
    }
    for (int next = 0; next < count; next++) {
      for (int state = 0; state < count; state++) {
        boolean cycle = !edges[next][state].isNothing() && after[next].get(state);
        if (cycle && !isDiagonal(next, state)) {
          throw new Refusal(this, next, state).exception();
        }
        if (cycle) {
          merge(group, group[next], group[state]);
        }
      }
    }
    for (boolean merged = true; merged; ) {
      merged = false;
      for (int next = 0; next < count && !merged; next++) {
        for (int state = 0; state < count && !merged; state++) {
          boolean apart = group[next] != group[state] && !edges[next][state].isNothing();
          if (apart && areDiagonal(group, group[next], group[state])) {
            merge(group, group[next], group[state]);
            merged = true;
          }
        }
      }
    }
    return group;
  }

  private static void merge(int[] group, int one, int other) {
    for (int i = 0; i < group.length; i++) {
      if (group[i] == other) {
        group[i] = one;
      }
    }
  }

  /** Whether two groups see each other unit by unit only. */
  private boolean areDiagonal(int[] group, int one, int other) {
    for (int next = 0; next < group.length; next++) {
      for (int state = 0; state < group.length; state++) {
        boolean between =
            group[next] == one && group[state] == other
                || group[next] == other && group[state] == one;
        if (between && !edges[next][state].isNothing() && !isDiagonal(next, state)) {
          return false;
        }
      }
    }
    return true;
  }

  /** How a value depends on what comes back to the initial value of an array. */
  UnitForm initial(int state, Node back) {
    UnitForms of = initialForms[state];
    return of == null ? UnitForm.NOTHING : of.of(back);
  }

  /** Whether a value of the reverse program depends on anything that comes back. */
  static boolean comesBack(Node node) {
    return Graph.closure(List.of(node), _ -> false).stream()
        .anyMatch(
            each ->
                each.is(Leaf.Role.OUTPUT_ADJOINT)
                    || each.is(Leaf.Role.STATE_ADJOINT)
                    || each.is(Leaf.Role.INITIAL_ADJOINT));
  }
}
