// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * ∂L/∂(a vector of parameters) of which a step uses a function: what goes on, unit by unit, from
 * sums over rows and from what came back to initial values, as one loop over the units. Immutable:
 * what it works on are {@link Terms}.
 */
final class VectorChain {
  private final List<Node> rowSums = new ArrayList<>();
  private final List<Integer> initialStates = new ArrayList<>();
  private final Loop loop;
  private final int width;

  private VectorChain(
      Node node, Map<Node, Integer> shared, List<Node> body, Function<Piece, Loop> compiler) {
    this.width = node.width();
    var inputs = new LinkedHashMap<Node, Piece.Place>();
    shared.forEach((leaf, column) -> inputs.put(leaf, new Piece.Place(0, 0, column)));
    for (Node each : Graph.closure(List.of(node), n -> n.op() instanceof RowSum)) {
      if (each.op() instanceof RowSum) {
        inputs.put(each, new Piece.Place(1, 0, rowSums.size() * width));
        rowSums.add(each);
      } else if (each.op() instanceof Leaf leaf && leaf.role() == Leaf.Role.INITIAL_ADJOINT) {
        inputs.put(each, new Piece.Place(3 + initialStates.size(), 0, 0));
        initialStates.add(leaf.index());
      }
    }
    int count = 3 + initialStates.size();
    var output = new Piece.Output(node, new Piece.Place(2, 0, 0));
    this.loop = compiler.apply(new Piece(1, width, inputs, body, List.of(output), count));
  }

  /** The chain of a derivative; null if it is not one of units. */
  static @Nullable VectorChain of(Node node, Plan plan, Function<Piece, Loop> compiler) {
    var shared = new LinkedHashMap<Node, Integer>();
    var body = new ArrayList<Node>();
    for (Node each : Graph.closure(List.of(node), n -> n.op() instanceof RowSum)) {
      boolean ofUnits = each.op() instanceof Apply || each.op() instanceof Sum;
      boolean given = each.op() instanceof RowSum || each.is(Leaf.Role.INITIAL_ADJOINT);
      Integer column = each.is(Leaf.Role.VECTOR) ? plan.shared().column(each) : null;
      if (each.isConstant()) {
        continue;
      }
      if (each.width() != node.width() || !(ofUnits || given || column != null)) {
        return null;
      }
      if (column != null) {
        shared.put(each, column);
      } else if (ofUnits) {
        body.add(each);
      }
    }
    return new VectorChain(node, shared, body, compiler);
  }

  /** Room for what a tape puts into it. */
  Terms terms() {
    return new Terms();
  }

  /** What the chain begins with, on one tape. */
  final class Terms {
    private final float[][] arrays;
    private final int[] offsets;

    private Terms() {
      int count = 3 + initialStates.size();
      this.arrays = new float[count + 1][];
      this.offsets = new int[count + 1];
      arrays[1] = new float[rowSums.size() * width];
      arrays[2] = new float[width];
      arrays[count] = new float[loop.scratch()];
    }

    /** The sums over rows that it begins with. */
    List<Node> rowSums() {
      return rowSums;
    }

    /** Where those sums are to be put, one behind the other. */
    float[] sums() {
      return arrays[1];
    }

    /**
     * Adds what comes of a run of steps with the same weights.
     *
     * @param shared what depends on parameters, as it was then
     * @param run its number
     */
    void addTo(float[] into, int offset, float[] shared, InitialAdjoints initial, int run) {
      arrays[0] = shared;
      for (int i = 0; i < initialStates.size(); i++) {
        arrays[3 + i] = initial.sum(run, initialStates.get(i));
      }
      loop.run(arrays, offsets, 0, 1);
      for (int j = 0; j < width; j++) {
        into[offset + j] += arrays[2][j];
      }
    }
  }
}
