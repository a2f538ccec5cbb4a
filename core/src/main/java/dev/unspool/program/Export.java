// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.Parameters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says a program in another {@link Language}, for a sequence of steps. What depends on itself
 * through the state becomes a scan, one for each component of {@link Cycles}; everything else is
 * said for all steps at once. What depends on parameters alone is computed here and becomes a
 * constant; dropout is left out.
 *
 * @param <V> a value that has been written down
 */
public final class Export<V> {
  private final Program program;
  private final Parameters theta;
  private final Language<V> to;
  private final Cycles cycles;

  /** For each leaf of the state, what the step before left there. */
  private final Map<Node, StateArray> entering = new HashMap<>();

  /** Nodes that somebody needs from outside of the component that they are in. */
  private final Set<Node> needed = new HashSet<>();

  /** Components for which the language has an operator, by any of their nodes. */
  private final Map<Node, Recurrences.Found<V>> recurrences = new HashMap<>();

  private final Map<Node, Boolean> hasRows = new HashMap<>();
  private final Map<Node, V> constants = new HashMap<>();
  private final Map<Node, V> values = new HashMap<>();
  private final Map<StateArray, V> carried = new HashMap<>();
  private final Map<StateArray, V> left = new HashMap<>();

  /**
   * What has been said.
   *
   * @param output steps × lanes × outputs
   * @param states what the last step leaves, lanes × width each, in the order of the model
   * @param <V> a value that has been written down
   */
  public record Sequence<V>(V output, List<V> states) {
    /** Copies the list. */
    public Sequence {
      states = List.copyOf(states);
    }
  }

  /**
   * Prepares to say it.
   *
   * @param theta parameters of the program; not modified
   */
  public Export(Program program, Parameters theta, Language<V> to) {
    this.program = program.withoutDropout();
    this.theta = theta;
    this.to = to;
    var across = new HashMap<Node, Node>();
    for (StateArray state : this.program.states()) {
      entering.put(state.entering(), state);
      across.put(state.entering(), state.leaving());
    }
    this.cycles = new Cycles(this.program.results(), across);
  }

  /**
   * Says the program.
   *
   * @param x the input, steps × lanes × inputs
   * @param states what the first step finds, lanes × width each, in the order of the model
   */
  public Sequence<V> write(V x, List<V> states) {
    for (int i = 0; i < states.size(); i++) {
      carried.put(program.states().get(i), states.get(i));
    }
    values.put(program.input(), x);
    findNeeded();
    findRecurrences();
    Set<Node> used = used();
    for (Set<Node> component : cycles.components()) {
      Node first = component.iterator().next();
      if (recurrences.containsKey(first)) {
        recurrence(of(recurrences, first));
      } else if (cycles.contains(first)) {
        scan(component);
      } else if (used.contains(first) && hasRows(first)) {
        values.computeIfAbsent(first, this::said);
      }
    }
    var last = new ArrayList<V>();
    for (StateArray state : program.states()) {
      V value = left.get(state);
      last.add(value != null ? value : to.newest(to.rows(value(state.leaving(), values))));
    }
    return new Sequence<>(to.rows(value(program.output(), values)), last);
  }

  /**
   * What arrays of the state are where a sequence begins, one behind the other; null if zeros.
   *
   * @param arrays their names, in the order of the model
   */
  public float @Nullable [] initial(List<String> arrays) {
    var states = program.states().stream().filter(s -> arrays.contains(s.name())).toList();
    float[] values = new float[states.stream().mapToInt(StateArray::width).sum()];
    boolean zeros = true;
    int at = 0;
    for (StateArray state : states) {
      if (state.initial() != null) {
        zeros = false;
        float[] one = numbers(state.initial());
        for (int i = 0; i < state.width(); i++) {
          values[at + i] = one[one.length == 1 ? 0 : i]; // a number fits every width
        }
      }
      at += state.width();
    }
    return zeros ? null : values;
  }

  // ----- values

  /** One node outside of cycles. */
  private V said(Node node) {
    StateArray state = entering.get(node);
    return state == null
        ? said(node, values)
        : to.before(of(carried, state), to.rows(value(state.leaving(), values)));
  }

  private V said(Node node, Map<Node, V> known) {
    return node.op().translate(to, node.args().stream().map(arg -> value(arg, known)).toList());
  }

  private V value(Node node, Map<Node, V> known) {
    return hasRows(node) ? of(known, node) : constants.computeIfAbsent(node, this::constant);
  }

  private static <K, T> T of(Map<K, T> known, K key) {
    T value = known.get(key);
    if (value == null) {
      throw new IllegalStateException("not said before it is needed: " + key);
    }
    return value;
  }

  private V constant(Node node) {
    return switch (node.op()) {
      case Leaf leaf when leaf.role() == Leaf.Role.VECTOR ->
          to.constant(leaf.name(), theta.get(leaf.name()));
      case Leaf leaf -> leaf.translate(to, List.of());
      default -> to.constant("of_parameters", numbers(node));
    };
  }

  private float[] numbers(Node node) {
    float[] all = theta.values();
    var given =
        new ParameterValues(
            program.parameters(), ParameterValues.doubles(all, 0, program.parameters().size()));
    var interpreter = new Interpreter(given, false);
    interpreter.run(List.of(node));
    double[] value = interpreter.value(node);
    float[] numbers = new float[value.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) value[i];
    }
    return numbers;
  }

  /** Whether a value depends on the input or the state. */
  private boolean hasRows(Node node) {
    for (Node each : Graph.closure(List.of(node), hasRows::containsKey)) {
      hasRows.computeIfAbsent(
          each,
          n ->
              n.is(Leaf.Role.INPUT)
                  || n.is(Leaf.Role.STATE)
                  || n.args().stream().anyMatch(arg -> of(hasRows, arg)));
    }
    return of(hasRows, node);
  }

  // ----- recurrences

  private void findNeeded() {
    needed.add(program.output());
    var component = new HashMap<Node, Set<Node>>();
    cycles.components().forEach(set -> set.forEach(node -> component.put(node, set)));
    for (Node node : component.keySet()) {
      StateArray state = entering.get(node);
      for (Node arg : state == null ? node.args() : List.of(state.leaving())) {
        if (component.get(arg) != component.get(node)) {
          needed.add(arg);
        }
      }
    }
    for (StateArray state : program.states()) {
      Set<Node> loop = component.get(state.entering());
      if (loop == null || loop != component.get(state.leaving())) {
        needed.add(state.leaving());
      }
    }
  }

  /** An operator yields the rows of the first state, and of nothing else in its component. */
  private void findRecurrences() {
    var operators = new Recurrences<>(to);
    for (Set<Node> component : cycles.components()) {
      if (!cycles.contains(component.iterator().next())) {
        continue;
      }
      Recurrences.Found<V> found = operators.find(program, states(component));
      if (found != null
          && !component.contains(found.match().input())
          && component.stream()
              .filter(needed::contains)
              .allMatch(found.match().states().getFirst().leaving()::equals)) {
        component.forEach(node -> recurrences.put(node, found));
      }
    }
  }

  /** Nodes that somebody needs: not what an operator computes by itself. */
  private Set<Node> used() {
    var used = new HashSet<Node>();
    var todo = new ArrayDeque<>(program.results());
    while (!todo.isEmpty()) {
      Node node = todo.pop();
      if (!used.add(node)) {
        continue;
      }
      StateArray state = entering.get(node);
      if (recurrences.containsKey(node)) {
        todo.push(of(recurrences, node).match().input());
      } else if (state != null) {
        todo.push(state.leaving());
      } else {
        todo.addAll(node.args());
      }
    }
    return used;
  }

  private void recurrence(Recurrences.Found<V> found) {
    Pattern.Match match = found.match();
    var states = match.states();
    StateArray first = states.getFirst();
    if (left.containsKey(first)) {
      return;
    }
    V x = to.rows(value(match.input(), values));
    var before = states.stream().map(state -> of(carried, state)).toList();
    List<V> results = found.operator().write(match, x, before, this::numbers);
    for (int i = 0; i < states.size(); i++) {
      left.put(states.get(i), results.get(i));
    }
    values.put(first.leaving(), results.getLast());
  }

  private List<StateArray> states(Set<Node> component) {
    return program.states().stream().filter(s -> component.contains(s.entering())).toList();
  }

  private void scan(Set<Node> component) {
    var members = component.stream().sorted((a, b) -> Integer.compare(a.id(), b.id())).toList();
    var states = states(component);
    var given =
        members.stream()
            .filter(node -> !entering.containsKey(node))
            .flatMap(node -> node.args().stream())
            .filter(arg -> !component.contains(arg) && hasRows(arg))
            .distinct()
            .toList();
    var yielded = members.stream().filter(needed::contains).toList();
    List<V> results =
        to.scan(
            states.stream().map(state -> of(carried, state)).toList(),
            given.stream().map(node -> of(values, node)).toList(),
            (now, rows) -> {
              Map<Node, V> known = new HashMap<>();
              for (int i = 0; i < states.size(); i++) {
                known.put(states.get(i).entering(), now.get(i));
              }
              for (int i = 0; i < given.size(); i++) {
                known.put(given.get(i), rows.get(i));
              }
              for (Node node : members) {
                if (!known.containsKey(node)) {
                  known.put(node, said(node, known));
                }
              }
              var leaving = new ArrayList<V>();
              states.forEach(state -> leaving.add(of(known, state.leaving())));
              yielded.forEach(node -> leaving.add(of(known, node)));
              return leaving;
            });
    for (int i = 0; i < states.size(); i++) {
      left.put(states.get(i), results.get(i));
    }
    for (int i = 0; i < yielded.size(); i++) {
      values.put(yielded.get(i), results.get(states.size() + i));
    }
  }
}
