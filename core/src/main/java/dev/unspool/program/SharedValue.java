// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value that depends on parameters alone, such as the sum of two biases, computed once for each
 * version of the parameters: by a loop as values of rows are, over a single row, where it is made
 * of operations on units that run as one, else node by node. Immutable.
 */
final class SharedValue {
  private final Node node;
  private final int column;
  private final List<Node> vectors = new ArrayList<>();
  private final @Nullable Loop loop;

  /** Where each vector that is read begins in θ, then the column, then 0 for the loop's own. */
  private final int[] offsets;

  /**
   * A value.
   *
   * @param column where it stands among all of its kind
   */
  SharedValue(Node shared, int column, ParameterLayout layout, Function<Piece, Loop> compiler) {
    this.node = withoutDetach(shared);
    this.column = column;
    Piece piece = piece();
    this.loop = piece == null ? null : compiler.apply(piece);
    this.offsets = new int[vectors.size() + 2];
    for (int i = 0; i < vectors.size(); i++) {
      offsets[i] = layout.slice(((Leaf) vectors.get(i).op()).name()).offset();
    }
    offsets[vectors.size()] = column;
  }

  /** The same value: only who differentiates has to know of what is cut off. */
  private static Node withoutDetach(Node shared) {
    var g = new Graph();
    Map<Node, Node> of = new HashMap<>();
    for (Node each : Graph.closure(List.of(shared), _ -> false)) {
      Node[] args = each.args().stream().map(of::get).toArray(Node[]::new);
      of.put(each, each.op() instanceof Detach ? args[0] : g.node(each.op(), args));
    }
    return Objects.requireNonNull(of.get(shared));
  }

  /** What computes it, if that can be one piece. Notes the vectors in the order of their arrays. */
  private @Nullable Piece piece() {
    var nodes = Graph.closure(List.of(node), _ -> false);
    int width = nodes.stream().mapToInt(Node::width).max().orElse(1);
    var draft = new Draft(0, 1, width, false);
    for (Node each : nodes) {
      boolean onUnits =
          switch (each.op()) {
            case Apply _, Sum _, Reduce _, Repeat _ -> true;
            default -> false;
          };
      if (each.is(Leaf.Role.VECTOR)) {
        vectors.add(each);
      } else if (onUnits && draft.accepts(each)) {
        draft.add(each);
      } else if (!each.isConstant() || each == node) {
        return null;
      }
    }
    if (!vectors.stream().allMatch(draft::accepts)) {
      return null;
    }
    Map<Node, Piece.Place> inputs = new LinkedHashMap<>();
    vectors.forEach(vector -> inputs.put(vector, new Piece.Place(inputs.size(), 0, 0)));
    var output = new Piece.Output(node, new Piece.Place(vectors.size(), 0, 0));
    return new Piece(
        draft.groups(),
        draft.units(),
        inputs,
        List.copyOf(draft.body()),
        List.of(output),
        vectors.size() + 1);
  }

  /**
   * The arrays that the loop runs on: one for each vector that is read, one for what is written,
   * one of its own.
   */
  float[][] room() {
    var room = new float[offsets.length][];
    room[vectors.size() + 1] = new float[loop == null ? 0 : loop.scratch()];
    return room;
  }

  /**
   * Computes it.
   *
   * @param room what {@link #room} made, of one tape
   */
  void compute(float[] theta, float[] into, Op.Values values, float[][] room) {
    if (loop != null) {
      Arrays.fill(room, 0, vectors.size(), theta);
      room[vectors.size()] = into;
      loop.run(room, offsets, 0, 1);
      return;
    }
    var interpreter = new Interpreter(values, false);
    interpreter.run(List.of(node));
    double[] value = interpreter.value(node);
    for (int j = 0; j < value.length; j++) {
      into[column + j] = (float) value[j];
    }
  }
}
