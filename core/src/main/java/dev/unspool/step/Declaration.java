// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.program.Graph;
import dev.unspool.program.Leaf;
import dev.unspool.program.Linear;
import dev.unspool.program.LookUp;
import dev.unspool.program.Node;
import dev.unspool.program.Program;
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
    /** A matrix by which a state is multiplied on the way to its own next value. */
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
    for (StateArray state : program.states()) {
      if (state.entering().equals(node)) {
        return Graph.closure(List.of(state.leaving()), _ -> false).contains(node);
      }
    }
    return false;
  }
}
