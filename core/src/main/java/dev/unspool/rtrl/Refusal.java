// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.program.Detach;
import dev.unspool.program.Graph;
import dev.unspool.program.Join;
import dev.unspool.program.Linear;
import dev.unspool.program.Node;
import dev.unspool.program.Reduce;
import dev.unspool.program.Repeat;
import dev.unspool.program.Slice;
import dev.unspool.program.StateArray;
import java.util.HashSet;
import java.util.List;

/**
 * Why the derivatives of a program cannot be carried forwards at the price of a step.
 *
 * @param states of the program
 * @param next the array whose next value depends
 * @param state on units of this one that are not its own
 */
record Refusal(StateGraph states, int next, int state) {

  IllegalArgumentException exception() {
    StateArray from = states.program.states().get(state);
    StateArray to = states.program.states().get(next);
    if (from.width() == 1 && to.width() == 1) {
      return new IllegalArgumentException(
          ("state '%s' reaches the next value of '%s' through %s, which real-time recurrent learning"
                  + " does not go through, not even with a single unit. Use truncated backpropagation"
                  + " (TBPTT), or a product with a vector")
              .formatted(from.name(), to.name(), operation(from, to)));
    }
    String whose = state == next ? "its next value" : "the next value of '" + to.name() + "'";
    return new IllegalArgumentException(
        ("state '%s' reaches %s through %s, so that each of its %s units depends on the others and"
                + " all of them on every parameter: real-time recurrent learning would cost %s times"
                + " the memory and more than that in time. Use truncated backpropagation"
                + " (TBPTT), or a cell in which each unit of the state depends on itself alone,"
                + " such as lru, rtu or mingru")
            .formatted(from.name(), whose, operation(from, to), from.width(), from.width()));
  }

  /** The first operation on the way that mixes units, with where it was written. */
  private static String operation(StateArray from, StateArray to) {
    var dependent = new HashSet<Node>(List.of(from.entering()));
    for (Node node : Graph.closure(List.of(to.leaving()), _ -> false)) {
      if (node.op() instanceof Detach || node.args().stream().noneMatch(dependent::contains)) {
        continue;
      }
      dependent.add(node);
      String what =
          switch (node.op()) {
            case Linear(var matrix, boolean _) -> "a product with " + matrix.name();
            case Reduce(var kind, int _) ->
                kind == Reduce.Kind.SUM ? "a sum over units" : "the largest of some units";
            case Repeat _ -> "units that are repeated";
            case Slice _ -> "a part of its units";
            case Join _ -> "a join of units";
            default -> "";
          };
      if (!what.isEmpty()) {
        return node.origin().isEmpty() ? what : what + " (" + node.origin() + ")";
      }
    }
    return "something that is not done unit by unit";
  }
}
