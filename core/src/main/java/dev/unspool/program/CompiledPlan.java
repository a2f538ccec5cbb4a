// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Plan} with all of its loops: what tapes have in common whose options ask for the same
 * plan. Immutable once made; tapes on any threads may share it.
 */
final class CompiledPlan {
  private final Plan plan;
  private final Map<Piece, Loop> loops = new IdentityHashMap<>();
  private final List<SharedValue> sharedValues;
  private final Map<Node, VectorChain> chains = new HashMap<>();

  /**
   * Compiles.
   *
   * @param compiler makes loops of pieces
   */
  CompiledPlan(Plan plan, Function<Piece, Loop> compiler) {
    this.plan = plan;
    var forward = plan.forward();
    var backward = plan.backward();
    for (List<Phase> phases :
        List.of(
            forward.phases(),
            forward.lazyPhases(),
            backward.earlyPhases(),
            backward.lazyPhases(),
            backward.phases())) {
      for (Phase phase : phases) {
        for (Instruction instruction : phase.instructions()) {
          if (instruction instanceof Instruction.Units units) {
            loops.computeIfAbsent(units.piece(), compiler);
          }
        }
      }
    }
    this.sharedValues = sharedValues(plan, compiler);
    for (Node node : plan.reverse().vectors().values()) {
      VectorChain chain = node.op() instanceof RowSum ? null : VectorChain.of(node, plan, compiler);
      if (chain != null) {
        chains.put(node, chain);
      }
    }
  }

  private static List<SharedValue> sharedValues(Plan plan, Function<Piece, Loop> compiler) {
    var values = new ArrayList<SharedValue>();
    int column = 0;
    for (Node node : plan.shared().nodes()) {
      values.add(new SharedValue(node, column, plan.program().parameters(), compiler));
      column += node.width();
    }
    return List.copyOf(values);
  }

  Plan plan() {
    return plan;
  }

  /** The loop of a piece of the plan. */
  Loop loop(Piece piece) {
    Loop loop = loops.get(piece);
    if (loop == null) {
      throw new IllegalStateException("not compiled: " + piece);
    }
    return loop;
  }

  /** What depends on parameters alone, in the order of its columns. */
  List<SharedValue> sharedValues() {
    return sharedValues;
  }

  /** The loop that a derivative with respect to a vector is; null if it is none. */
  @Nullable VectorChain chain(Node node) {
    return chains.get(node);
  }
}
