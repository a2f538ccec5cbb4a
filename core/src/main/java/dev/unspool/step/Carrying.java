// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.program.Graph;
import dev.unspool.program.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/** A part of a step whose states carry something else than their next values. */
final class Carrying {
  private final BinaryOperator<Signal> rule;

  /** What is carried instead of each next value. */
  private final Map<Node, Node> instead = new HashMap<>();

  /**
   * A part without states.
   *
   * @param rule what becomes of a state and its next value
   * @param outer the part that this one is in, whose rule acts on what is carried here
   */
  Carrying(BinaryOperator<Signal> rule, @Nullable Carrying outer) {
    this.rule = outer == null ? rule : (old, next) -> outer.rule.apply(old, rule.apply(old, next));
  }

  /** What a state carries. */
  Node carried(Step step, Signal state, Signal next) {
    Node carried = step.own(rule.apply(state, next));
    instead.put(next.node, carried);
    return carried;
  }

  /** A value, computed of what is carried instead of next values. */
  Node ofCarried(Graph graph, Node value) {
    var rewritten = graph.rewritten(List.of(value), instead, (_, _) -> null);
    return Objects.requireNonNull(rewritten.get(value));
  }
}
