// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.ParameterLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value that depends on parameters alone, such as the sum of two biases, computed once for each
 * version of the parameters.
 */
final class SharedValue {
  private final Node node;
  private final ParameterLayout layout;
  private final int column;

  /** Where in θ the vectors stand whose sum it is; empty if it is something else. */
  private final int[] vectors;

  private final @Nullable Loop loop;
  private final float[][] table = new float[3][];
  private final int[] offsets = new int[3];

  SharedValue(Node node, int column, ParameterLayout layout, Function<Piece, Loop> compiler) {
    this.node = node;
    this.layout = layout;
    this.column = column;
    var terms = node.op() instanceof Sum ? node.args() : List.of(node);
    boolean plain = terms.stream().allMatch(term -> term.is(Leaf.Role.VECTOR));
    this.vectors = plain ? terms.stream().mapToInt(this::offset).toArray() : new int[0];
    this.loop = plain ? null : compiled(compiler);
  }

  private int offset(Node vector) {
    return layout.slice(((Leaf) vector.op()).name()).offset();
  }

  private @Nullable Loop compiled(Function<Piece, Loop> compiler) {
    var inputs = new HashMap<Node, Piece.Place>();
    var body = new ArrayList<Node>();
    for (Node each : Graph.closure(List.of(node), _ -> false)) {
      if (each.is(Leaf.Role.VECTOR)) {
        inputs.put(each, new Piece.Place(0, 0, offset(each)));
      } else if (!each.isConstant()) {
        boolean fits =
            each.width() == node.width()
                && (each.op() instanceof Apply || each.op() instanceof Sum);
        if (!fits) {
          return null;
        }
        body.add(each);
      }
    }
    var output = new Piece.Output(node, new Piece.Place(1, 0, column));
    Loop made = compiler.apply(new Piece(1, node.width(), inputs, body, List.of(output), 2));
    table[2] = new float[made.scratch()];
    return made;
  }

  /** Computes it. */
  void compute(float[] theta, float[] into, Op.Values values) {
    if (vectors.length > 0) {
      System.arraycopy(theta, vectors[0], into, column, node.width());
      for (int i = 1; i < vectors.length; i++) {
        for (int j = 0; j < node.width(); j++) {
          into[column + j] += theta[vectors[i] + j];
        }
      }
    } else if (loop != null) {
      table[0] = theta;
      table[1] = into;
      loop.run(table, offsets, 0, 1);
    } else {
      var interpreter = new Interpreter(values, false);
      interpreter.run(List.of(node));
      double[] value = interpreter.value(node);
      for (int j = 0; j < value.length; j++) {
        into[column + j] = (float) value[j];
      }
    }
  }
}
