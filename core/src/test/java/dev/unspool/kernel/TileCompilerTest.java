// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiles of every shape against their definition, bit for bit and with what they must not touch. */
class TileCompilerTest {
  private static final int DEPTH = 5;
  private static final int TILES = 2;
  private static final int PACKED = 11;

  /** Of these, the place in B says where the factors are. */
  private static final int ALONG = 2 * W;

  private final SplittableRandom random = new SplittableRandom(3);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void eachElementIsOneSumInOrder(int rows) {
    for (int vectors = 1; vectors <= Tiles.WIDEST; vectors++) {
      for (boolean fresh : new boolean[] {false, true}) {
        check(new TileShape(rows, vectors, 0, fresh));
        check(new TileShape(rows, vectors, PACKED, fresh));
        check(new TileShape(rows, vectors, ALONG, fresh));
      }
    }
  }

  private void check(TileShape shape) {
    int rows = shape.rows();
    int width = shape.vectors() * L;
    boolean packed = shape.packed() > 0;
    int lda = packed ? 1 : DEPTH + 1;
    int step = packed ? shape.packed() : 1;
    int aNext = packed ? 1 : rows * lda;
    int panel = DEPTH * W + 3;
    int ldi = width + 2;
    int ldc = width + 1;
    float[] a = floats(2 + DEPTH * step + TILES * rows * lda);
    float[] b = floats(4 + (shape.vectors() + 1) / 2 * panel);
    float[] init = floats(5 + TILES * rows * ldi);
    float[] c = floats(6 + TILES * rows * ldc + 7);
    float[] expected = c.clone();
    for (int tile = 0; tile < TILES; tile++) {
      for (int r = 0; r < rows; r++) {
        for (int j = 0; j < width; j++) {
          float sum = shape.fresh() ? 0 : init[5 + (tile * rows + r) * ldi + j];
          for (int k = 0; k < DEPTH; k++) {
            float weight = b[4 + j / W * panel + k * W + j % W];
            sum = Math.fma(a[2 + tile * aNext + r * lda + k * step], weight, sum);
          }
          expected[6 + (tile * rows + r) * ldc + j] = sum;
        }
      }
    }
    TileCompiler.compile(shape)
        .run(
            TILES,
            a,
            2,
            lda,
            aNext,
            b,
            4,
            panel,
            DEPTH,
            init,
            5,
            ldi,
            rows * ldi,
            c,
            6,
            ldc,
            rows * ldc);
    assertArrayEquals(expected, c, shape.toString());
  }

  private float[] floats(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
