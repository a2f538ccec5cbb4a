// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Recording;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A recurrent step as its author wrote it: what it takes, what it carries, what it yields. Knows
 * nothing of time, lanes or arrays, and nothing of who runs it. Immutable: who derives something
 * from it does so in a copy of its graph.
 *
 * @param graph where the nodes come from
 * @param input the input: a leaf
 * @param classes number of classes if the input is one index, else 0
 * @param states the state, in the order of the model
 * @param output the output
 * @param parameters names and shapes of θ
 * @param masks dropout masks, in the order in which they are drawn
 */
public record Program(
    Graph graph,
    Node input,
    int classes,
    List<StateArray> states,
    Node output,
    ParameterLayout parameters,
    List<Mask> masks)
    implements Recording {

  /** Copies the lists. */
  public Program {
    states = List.copyOf(states);
    masks = List.copyOf(masks);
  }

  /** What a model recorded, opened for who derives something from it. */
  public static Program of(Recording recording) {
    if (recording instanceof Program program) {
      return program;
    }
    throw new IllegalArgumentException(
        "found a recording of another kind, %s; take that of a StepProgram".formatted(recording));
  }

  /** What a step must compute: the states that it leaves, then the output. */
  public List<Node> results() {
    var results = new ArrayList<Node>();
    states.forEach(state -> results.add(state.leaving()));
    results.add(output);
    return results;
  }

  /** Whether an input is one of the classes; only where it is an index. */
  public boolean isClass(float index) {
    return index >= 0 && index < classes && index == (int) index;
  }

  /** The same without dropout: every mask is 1. */
  public Program withoutDropout() {
    if (masks.isEmpty()) {
      return this;
    }
    var g = new Graph(graph);
    Map<Node, Node> without =
        g.rewritten(
            results(),
            Map.of(),
            (node, args) -> {
              if (node.is(Leaf.Role.MASK)) {
                return g.node(new Repeat(node.width()), g.constant(1));
              }
              return isMasked(node, 1) ? args.get(0) : isMasked(node, 0) ? args.get(1) : null;
            });
    UnaryOperator<Node> of = node -> Objects.requireNonNull(without.get(node));
    return new Program(
        g,
        input,
        classes,
        states.stream()
            .map(s -> new StateArray(s.name(), s.entering(), of.apply(s.leaving()), s.initial()))
            .toList(),
        of.apply(output),
        parameters,
        List.of());
  }

  /** Whether a node is a product of values and, as that argument, a mask. */
  private static boolean isMasked(Node node, int argument) {
    return node.op() instanceof Apply(Function function)
        && function == Function.MULTIPLY
        && node.arg(argument).is(Leaf.Role.MASK)
        && !node.arg(1 - argument).isConstant();
  }

  /** Whether a parameter is a vector; else it is a matrix or a table. */
  boolean isVector(String name) {
    return parameters.slice(name).shape().size() == 1;
  }

  /** The equations, one a line. */
  @Override
  public String toString() {
    return new Equations(this).toString();
  }
}
