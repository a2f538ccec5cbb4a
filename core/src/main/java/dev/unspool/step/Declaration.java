// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.program.Apply;
import dev.unspool.program.Function;
import dev.unspool.program.Graph;
import dev.unspool.program.Leaf;
import dev.unspool.program.Linear;
import dev.unspool.program.LookUp;
import dev.unspool.program.Node;
import dev.unspool.program.Program;
import dev.unspool.program.Slice;
import dev.unspool.program.StateArray;
import dev.unspool.program.Sum;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What its author said of a parameter.
 *
 * @param initialiser where its values begin
 * @param gates the gates whose blocks of rows it consists of, in their order; empty where it is one
 *     block
 */
public record Declaration(Initialiser initialiser, List<String> gates) {
  /** Copies the list. */
  public Declaration {
    gates = List.copyOf(gates);
  }

  /** What a step does with a parameter. */
  public enum Use {
    /**
     * A matrix by which a state, or some of its units, is multiplied on the way to its own next
     * value.
     */
    RECURRENT,
    /** Any other matrix. */
    MATRIX,
    /** A matrix whose rows are looked up. */
    TABLE,
    /** A vector that is added. */
    BIAS,
    /** Any other vector. */
    VECTOR
  }

  /** What a program does with each of its parameters. */
  static Map<String, Use> uses(Program program) {
    var uses = new HashMap<String, Use>();
    for (var slice : program.parameters().slices()) {
      uses.put(slice.name(), slice.shape().size() == 1 ? Use.VECTOR : Use.MATRIX);
    }
    for (Node node : program.graph().nodes()) {
      switch (node.op()) {
        case LookUp(var table) -> uses.put(table.name(), Use.TABLE);
        case Linear(var matrix, boolean transposed)
            when !transposed && feedsItself(program, node.arg(0)) ->
            uses.replace(matrix.name(), Use.MATRIX, Use.RECURRENT);
        case Sum _ -> {
          for (Node term : node.args()) {
            if (term.op() instanceof Leaf leaf && term.is(Leaf.Role.VECTOR)) {
              uses.put(leaf.name(), Use.BIAS);
            }
          }
        }
        default -> {}
      }
    }
    return uses;
  }

  private static boolean feedsItself(Program program, Node node) {
    Node whole = whole(node);
    for (StateArray state : program.states()) {
      if (state.entering().equals(whole)) {
        return Graph.closure(List.of(state.leaving()), _ -> false).contains(node);
      }
    }
    return false;
  }

  /** What something is units of, or what is left of when some units are dropped out. */
  private static Node whole(Node node) {
    if (node.op() instanceof Slice) {
      return whole(node.arg(0));
    }
    if (node.op().equals(new Apply(Function.MULTIPLY))) {
      if (node.arg(0).is(Leaf.Role.MASK)) {
        return whole(node.arg(1));
      }
      if (node.arg(1).is(Leaf.Role.MASK)) {
        return whole(node.arg(0));
      }
    }
    return node;
  }
}
