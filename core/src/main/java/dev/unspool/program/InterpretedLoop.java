// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.HashMap;
import java.util.Map;

/**
 * Runs a {@link Piece} node by node, the obvious way: what compiled loops are held against. Each
 * value is computed in float64 and rounded where it is kept.
 */
public final class InterpretedLoop implements Loop, DoubleLoop {
  private static final Op.Values NOTHING =
      new Op.Values() {
        @Override
        public double[] leaf(Leaf leaf) {
          throw new IllegalStateException("not an input of the piece: " + leaf);
        }

        @Override
        public double[] matrix(Matrix matrix) {
          throw new IllegalStateException("a product within a piece: " + matrix);
        }
      };

  private final Piece piece;

  /** Takes a piece as it is. */
  public InterpretedLoop(Piece piece) {
    this.piece = piece;
  }

  @Override
  public int scratch() {
    return 0;
  }

  @Override
  public void run(float[][] arrays, int[] offsets, int from, int to) {
    for (int row = from; row < to; row++) {
      int r = row;
      Map<Node, double[]> values = new HashMap<>();
      piece
          .inputs()
          .forEach(
              (node, place) -> {
                double[] value = new double[node.width()];
                int at = offsets[place.array()] + r * place.stride() + place.column();
                for (int j = 0; j < value.length; j++) {
                  value[j] = arrays[place.array()][at + j];
                }
                values.put(node, value);
              });
      compute(values, true);
      for (var output : piece.outputs()) {
        Piece.Place place = output.place();
        double[] value = value(values, output.value());
        int at = offsets[place.array()] + row * place.stride() + place.column();
        for (int j = 0; j < output.value().width(); j++) {
          arrays[place.array()][at + j] = (float) value[j];
        }
      }
    }
  }

  @Override
  public void run(double[][] arrays, int[] offsets, int from, int to) {
    for (int row = from; row < to; row++) {
      Map<Node, double[]> values = new HashMap<>();
      for (var input : piece.inputs().entrySet()) {
        Piece.Place place = input.getValue();
        double[] value = new double[input.getKey().width()];
        int at = offsets[place.array()] + row * place.stride() + place.column();
        System.arraycopy(arrays[place.array()], at, value, 0, value.length);
        values.put(input.getKey(), value);
      }
      compute(values, false);
      for (var output : piece.outputs()) {
        Piece.Place place = output.place();
        int at = offsets[place.array()] + row * place.stride() + place.column();
        double[] value = value(values, output.value());
        System.arraycopy(value, 0, arrays[place.array()], at, output.value().width());
      }
    }
  }

  private void compute(Map<Node, double[]> values, boolean single) {
    for (Node node : piece.body()) {
      double[][] arguments = new double[node.args().size()][];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] = value(values, node.arg(i));
      }
      double[] result = new double[node.width()];
      node.op().evaluate(node, arguments, NOTHING, result);
      for (int j = 0; single && j < result.length; j++) {
        result[j] = (float) result[j];
      }
      values.put(node, result);
    }
  }

  private static double[] value(Map<Node, double[]> values, Node node) {
    double[] value = values.get(node);
    if (value != null) {
      return value;
    }
    if (node.op() instanceof Leaf leaf && node.isConstant()) {
      return new double[] {leaf.number()};
    }
    throw new IllegalStateException("not computed before it is needed: " + node);
  }
}
