// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.program.Graph;
import dev.unspool.program.Join;
import dev.unspool.program.Leaf;
import dev.unspool.program.Node;
import dev.unspool.program.Slice;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A part of a step in which matrices see its states otherwise than they are. */
final class Seeing {
  private final Step step;
  private final UnaryOperator<Signal> through;
  private final int firstState;
  private final Map<Node, Node> seenAs = new HashMap<>();

  /**
   * A part in which no matrix has seen a state.
   *
   * @param through what of a state is seen
   * @param firstState number of the first state of this part
   */
  Seeing(Step step, UnaryOperator<Signal> through, int firstState) {
    this.step = step;
    this.through = through;
    this.firstState = firstState;
  }

  /** Whether a matrix has seen no state yet. */
  boolean isUnused() {
    return seenAs.isEmpty();
  }

  /** What a matrix sees of a value. */
  Node seen(Node value) {
    Graph graph = step.graph();
    return switch (value.op()) {
      case Leaf leaf when leaf.role() == Leaf.Role.STATE && leaf.index() >= firstState -> {
        Node known = seenAs.get(value);
        if (known == null) {
          known = step.own(through.apply(new Signal(step, value)));
          seenAs.put(value, known);
        }
        yield known;
      }
      case Slice(int from, int size) -> graph.slice(seen(value.arg(0)), from, size);
      case Join _ -> graph.join(value.args().stream().map(this::seen).toList());
      default -> value;
    };
  }
}
