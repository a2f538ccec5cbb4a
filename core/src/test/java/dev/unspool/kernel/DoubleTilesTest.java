// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.DoubleTiles.BLOCK;
import static dev.unspool.kernel.DoubleTiles.L;
import static dev.unspool.kernel.DoubleTiles.PANEL;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tiles in float64 of every shape that {@link DoubleTiles} asks for against their definition, bit
 * for bit and with what they must not touch; panels of the result stand in no order, each with a
 * distance of its own between rows.
 */
class DoubleTilesTest {
  private static final int DEPTH = 5;
  private static final int TILES = 2;

  private final SplittableRandom random = new SplittableRandom(5);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void eachElementIsOneSumInOrder(int rows) {
    for (int vectors = 1; vectors <= Tiles.WIDEST; vectors++) {
      for (var kind : DoubleTiles.Kind.values()) {
        if (kind != DoubleTiles.Kind.ALONG || vectors <= BLOCK / L) {
          check(kind.shape(rows, vectors), kind.turn);
        }
      }
    }
  }

  private void check(TileShape shape, int turn) {
    int rows = shape.rows();
    int width = shape.vectors() * L;
    int panels = (shape.vectors() + 1) / 2;
    boolean packed = shape.packed() > 0;
    int lda = packed ? 1 : DEPTH + 1;
    int step = packed ? shape.packed() : 1;
    int aNext = rows * lda;
    int panel = turn == PANEL ? DEPTH * PANEL + 3 : PANEL;
    int first = 1;
    int[] places = new int[1 + panels];
    int[] strides = new int[1 + panels];
    int end = 0;
    for (int p = panels; p >= 1; p--) {
      strides[p] = PANEL + p;
      places[p] = end + 2;
      end = places[p] + (first + TILES * rows) * strides[p];
    }
    double[] a = doubles(2 + DEPTH * BLOCK + TILES * rows * lda);
    double[] b = doubles(4 + panels * panel + DEPTH * turn);
    double[] c = doubles(6 + end);
    double[] expected = c.clone();
    for (int r = 0; r < TILES * rows; r++) {
      for (int j = 0; j < width; j++) {
        int p = 1 + j / PANEL;
        int to = 6 + places[p] + (first + r) * strides[p] + j % PANEL;
        double sum = shape.fresh() ? 0 : c[to];
        for (int k = 0; k < DEPTH; k++) {
          double weight = b[4 + j / PANEL * panel + k * turn + j % PANEL];
          sum = Math.fma(a[2 + r * lda + k * step], weight, sum);
        }
        expected[to] = sum;
      }
    }
    TileCompiler.compileDouble(shape, turn)
        .run(TILES, a, 2, lda, aNext, b, 4, panel, DEPTH, c, 6, first, places, strides, 1);
    assertArrayEquals(expected, c, shape + ", " + turn + " from k to k");
  }

  private double[] doubles(int size) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextDouble(-1, 1);
    }
    return values;
  }
}
