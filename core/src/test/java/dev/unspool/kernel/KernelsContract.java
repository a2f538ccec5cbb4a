// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.PackedMatrix.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kernel that is not a cell against its formula in float64, at sizes that are a multiple of
 * nothing, at offsets, and with a look at what must not be touched. A fast implementation extends
 * this suite by a factory method.
 */
abstract class KernelsContract {
  /** Stands around every array that a kernel may write into. */
  private static final float GUARD = 12345.678f;

  private static final int OFFSET = 3;

  protected abstract Kernels kernels();

  // ---- matrices -----------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "1, 1, 5",
    "3, 2, 1",
    "5, 7, 3",
    "8, 8, 8",
    "17, 5, 1",
    "5, 17, 2",
    "31, 33, 6",
    "33, 31, 7",
    "64, 64, 1",
    "65, 63, 13",
    "100, 3, 11",
    "3, 100, 19",
    "129, 67, 4",
    "12, 200, 60"
  })
  void products(int outputs, int inputs, int rows) {
    var random = new Random(outputs * 1000L + inputs);
    float[] theta = random(random, OFFSET + outputs * inputs + 5);
    for (Direction direction : Direction.values()) {
      boolean forward = direction == Direction.FORWARD;
      int k = forward ? inputs : outputs;
      int n = forward ? outputs : inputs;
      PackedMatrix matrix = kernels().matrix(outputs, inputs, direction);
      float[] original = theta.clone();
      matrix.pack(theta, OFFSET);
      assertArrayEquals(original, theta);
      Arrays.fill(theta, Float.NaN); // the weights have been copied
      float[] a = random(random, OFFSET + rows * k + 2);
      float[] aBefore = a.clone();
      float[] bias = random(random, n);
      float[] addend = random(random, rows * n);
      for (int kind = 0; kind < 3; kind++) {
        float[] c = guarded(addend);
        switch (kind) {
          case 0 -> matrix.multiply(a, OFFSET, rows, null, c, OFFSET);
          case 1 -> matrix.multiply(a, OFFSET, rows, bias, c, OFFSET);
          default -> matrix.multiplyAdd(a, OFFSET, rows, c, OFFSET);
        }
        assertGuards(c, rows * n);
        for (int row = 0; row < rows; row++) {
          for (int j = 0; j < n; j++) {
            double sum = kind == 0 ? 0 : kind == 1 ? bias[j] : addend[row * n + j];
            double size = Math.abs(sum);
            for (int i = 0; i < k; i++) {
              int weight = forward ? j * inputs + i : i * inputs + j;
              double product = (double) a[OFFSET + row * k + i] * original[OFFSET + weight];
              sum += product;
              size += Math.abs(product);
            }
            assertEquals(sum, c[OFFSET + row * n + j], 1e-6 * size, direction + " " + kind);
          }
        }
      }
      assertArrayEquals(aBefore, a);
      matrix.unpack(theta, OFFSET);
      for (int i = 0; i < outputs * inputs; i++) {
        assertEquals(original[OFFSET + i], theta[OFFSET + i]);
      }
      assertTrue(Float.isNaN(theta[OFFSET - 1]) && Float.isNaN(theta[OFFSET + outputs * inputs]));
      theta = original;
    }
  }

  /** A row of a product must not depend on how many rows are multiplied with it. */
  @ParameterizedTest
  @CsvSource({"33, 17", "64, 64", "5, 130"})
  void rowsDoNotDependOnEachOther(int outputs, int inputs) {
    var random = new Random(5);
    PackedMatrix matrix = kernels().matrix(outputs, inputs, Direction.FORWARD);
    matrix.pack(random(random, outputs * inputs), 0);
    int rows = 13;
    float[] a = random(random, rows * inputs);
    float[] together = new float[rows * outputs];
    matrix.multiply(a, 0, rows, null, together, 0);
    float[] alone = new float[rows * outputs];
    for (int row = 0; row < rows; row++) {
      matrix.multiply(a, row * inputs, 1, null, alone, row * outputs);
    }
    for (int i = 0; i < alone.length; i++) {
      assertEquals(alone[i], together[i], 2e-6f);
    }
  }

  @Test
  void aMatrixCanBePackedAgain() {
    PackedMatrix matrix = kernels().matrix(3, 2, Direction.BACKWARD);
    matrix.pack(new float[] {9, 9, 9, 9, 9, 9}, 0);
    matrix.pack(new float[] {1, 2, 3, 4, 5, 6}, 0);
    float[] c = new float[2];
    matrix.multiply(new float[] {1, 10, 100}, 0, 1, null, c, 0);
    assertArrayEquals(new float[] {531, 642}, c);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "3, 5, 7",
    "17, 33, 2",
    "64, 64, 20",
    "65, 9, 31",
    "4, 100, 1",
    "150, 3, 21",
    "97, 1, 5",
    "7, 7, 0",
    "50, 40, 333",
    "40, 24, 40",
    "85, 16, 129"
  })
  void transposedProductAndColumnSums(int m, int n, int rows) {
    var random = new Random(m * 100L + n);
    float[] a = random(random, OFFSET + rows * m);
    float[] b = random(random, OFFSET + rows * n);
    float[] overwritten = random(random, m * n);
    float[] d = guarded(overwritten);
    kernels().transposedProduct(a, OFFSET, m, b, OFFSET, n, rows, d, OFFSET);
    assertGuards(d, m * n);
    float[] sums = guarded(Arrays.copyOf(overwritten, m));
    kernels().columnSums(a, OFFSET, m, rows, sums, OFFSET);
    assertGuards(sums, m);
    for (int i = 0; i < m; i++) {
      double column = 0;
      for (int row = 0; row < rows; row++) {
        column += a[OFFSET + row * m + i];
      }
      assertEquals(column, sums[OFFSET + i], 1e-6 * (rows + 1));
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
          sum += (double) a[OFFSET + row * m + i] * b[OFFSET + row * n + j];
        }
        assertEquals(sum, d[OFFSET + i * n + j], 1e-6 * (rows + 1));
      }
    }
  }

  /** Several products of one matrix are what each of them is alone, and the sums what they are. */
  @ParameterizedTest
  @CsvSource({"3, 5", "65, 31", "100, 300", "70, 2100", "33, 0"})
  void transposedProducts(int m, int rows) {
    var random = new Random(m + rows);
    int[] columns = {17, 1, 64, 100};
    float[] a = random(random, OFFSET + rows * m);
    var rights = new ArrayList<RightSide>();
    var expected = new ArrayList<float[]>();
    var found = new ArrayList<float[]>();
    for (int n : columns) {
      float[] b = random(random, OFFSET + rows * n);
      float[] d = guarded(random(random, m * n));
      float[] alone = d.clone();
      kernels().transposedProduct(a, OFFSET, m, b, OFFSET, n, rows, alone, OFFSET);
      var right = new RightSide(n);
      right.set(b, OFFSET, d, OFFSET);
      rights.add(right);
      expected.add(alone);
      found.add(d);
    }
    float[] sums = guarded(random(random, m));
    float[] sumsAlone = sums.clone();
    kernels().columnSums(a, OFFSET, m, rows, sumsAlone, OFFSET);
    kernels().transposedProducts(a, OFFSET, m, rows, rights, sums, OFFSET);
    for (int i = 0; i < columns.length; i++) {
      assertArrayEquals(expected.get(i), found.get(i), columns[i] + " columns");
    }
    assertArrayEquals(sumsAlone, sums);
    kernels().transposedProducts(a, OFFSET, m, rows, rights, sums, -1);
    assertArrayEquals(sumsAlone, sums);
  }

  // ---- squared error --------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 17, 100, 1003})
  void squaredError(int n) {
    var random = new Random(n);
    float[] outputs = random(random, OFFSET + n);
    float[] targets = random(random, 2 + n);
    float[] gradient = guarded(new float[n]);
    double sum = kernels().squaredError(outputs, OFFSET, targets, 2, n, -0.75f, gradient, OFFSET);
    assertGuards(gradient, n);
    double expected = 0;
    for (int i = 0; i < n; i++) {
      double error = (double) outputs[OFFSET + i] - targets[2 + i];
      expected += error * error;
      assertEquals(-0.75 * error, gradient[OFFSET + i], 1e-6);
    }
    assertEquals(expected, sum, 1e-6 * expected);
  }

  @Test
  void squaresOfLargeErrorsDoNotOverflow() {
    float[] gradient = new float[1];
    double sum = kernels().squaredError(new float[] {1e30f}, 0, new float[1], 0, 1, 1, gradient, 0);
    assertEquals(1e60, sum, 1e54);
  }

  // ---- softmax ------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 17, 100, 1003})
  void softmaxCrossEntropy(int n) {
    var random = new Random(n);
    float[] logits = random(random, OFFSET + n);
    for (int i = 0; i < n; i++) {
      logits[OFFSET + i] *= 20;
    }
    int target = random.nextInt(n);
    float[] gradient = guarded(new float[n]);
    double loss = kernels().softmaxCrossEntropy(logits, OFFSET, n, target, 0.5f, gradient, OFFSET);
    assertGuards(gradient, n);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(logits[OFFSET + i]);
    }
    double expected = Math.log(sum) - logits[OFFSET + target];
    assertEquals(expected, loss, 1e-5 * Math.max(1, expected));
    for (int i = 0; i < n; i++) {
      double p = Math.exp(logits[OFFSET + i]) / sum;
      assertEquals(0.5 * (p - (i == target ? 1 : 0)), gradient[OFFSET + i], 1e-6);
    }
  }

  @Test
  void softmaxOfHugeLogitsDoesNotOverflow() {
    float[] logits = {1e4f, -1e4f, 0};
    float[] gradient = new float[3];
    assertEquals(2e4, kernels().softmaxCrossEntropy(logits, 0, 3, 1, 1, gradient, 0), 1e-2);
    assertArrayEquals(new float[] {1, -1, 0}, gradient, 1e-6f);
  }

  @Test
  void softmaxOfNanIsNan() {
    float[] logits = {1, Float.NaN, 0};
    float[] gradient = new float[3];
    assertTrue(Double.isNaN(kernels().softmaxCrossEntropy(logits, 0, 3, 0, 1, gradient, 0)));
    assertTrue(Float.isNaN(gradient[2]));
  }

  // ---- vectors ------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 8, 31, 64, 1001})
  void updates(int n) {
    var random = new Random(n);
    float[] theta = random(random, n);
    float[] gradient = random(random, n);
    float[] first = random(random, n);
    float[] second = random(random, n);
    for (int i = 0; i < n; i++) {
      second[i] *= second[i];
    }
    float[] original = gradient.clone();
    float[] t = theta.clone();
    kernels().sgd(t, gradient, new float[0], 0, t.length, 0.1f, 0, false);
    for (int i = 0; i < n; i++) {
      assertEquals(theta[i] - 0.1 * gradient[i], t[i], 1e-6);
    }
    for (boolean nesterov : new boolean[] {false, true}) {
      t = theta.clone();
      float[] m = first.clone();
      kernels().sgd(t, gradient, m, 0, t.length, 0.1f, 0.9f, nesterov);
      for (int i = 0; i < n; i++) {
        double v = 0.9 * first[i] + gradient[i];
        assertEquals(v, m[i], 1e-6);
        assertEquals(theta[i] - 0.1 * (nesterov ? gradient[i] + 0.9 * v : v), t[i], 1e-6);
      }
    }
    t = theta.clone();
    float[] s = second.clone();
    kernels().rmsprop(t, gradient, s, 0, t.length, 0.01f, 0.9f, 1e-3f);
    for (int i = 0; i < n; i++) {
      double v = 0.9 * second[i] + 0.1 * gradient[i] * gradient[i];
      assertEquals(v, s[i], 1e-6);
      assertEquals(theta[i] - 0.01 * gradient[i] / (Math.sqrt(v) + 1e-3), t[i], 1e-6);
    }
    t = theta.clone();
    float[] m = first.clone();
    s = second.clone();
    kernels().adam(t, gradient, m, s, 0, t.length, 0.9f, 0.99f, 0.01f, 1.5f, 1e-3f, 0.98f);
    for (int i = 0; i < n; i++) {
      double mean = 0.9 * first[i] + 0.1 * gradient[i];
      double square = 0.99 * second[i] + 0.01 * gradient[i] * gradient[i];
      assertEquals(mean, m[i], 1e-6);
      assertEquals(square, s[i], 1e-6);
      double expected = 0.98 * theta[i] - 0.01 * mean / (Math.sqrt(square) * 1.5 + 1e-3);
      assertEquals(expected, t[i], 2e-6);
    }
    assertArrayEquals(original, gradient);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 16, 33, 100_003})
  void sumOfSquaresAndScale(int n) {
    float[] values = random(new Random(n), n);
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    assertEquals(sum, kernels().sumOfSquares(values, 0, n), 1e-10 * sum);
    float[] scaled = values.clone();
    kernels().scale(scaled, 0, n, 0.3f);
    for (int i = 0; i < n; i++) {
      assertEquals(values[i] * 0.3f, scaled[i]);
    }
  }

  @Test
  void theSquaresOfHugeNumbersDoNotOverflow() {
    assertEquals(2e76, kernels().sumOfSquares(new float[] {1e38f, 1e38f}, 0, 2), 1e70);
    assertTrue(Double.isNaN(kernels().sumOfSquares(new float[] {1, Float.NaN, 1}, 0, 3)));
  }

  // ---- what the tests share -----------------------------------------------------------------

  static float[] random(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  /** The values from OFFSET on, with guards on both sides. */
  private static float[] guarded(float[] values) {
    float[] array = new float[values.length + 2 * OFFSET];
    Arrays.fill(array, GUARD);
    System.arraycopy(values, 0, array, OFFSET, values.length);
    return array;
  }

  private static void assertGuards(float[] array, int n) {
    for (int i = 0; i < OFFSET; i++) {
      assertEquals(GUARD, array[i]);
      assertEquals(GUARD, array[OFFSET + n + i]);
    }
  }
}
