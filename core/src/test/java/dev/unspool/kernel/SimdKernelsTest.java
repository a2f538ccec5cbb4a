// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.PackedMatrix.Direction;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vector kernels against the scalar ones, at sizes that are multiples of nothing. */
class SimdKernelsTest {
  private final Kernels scalar = new ScalarKernels();
  private final Kernels simd = new SimdKernels();
  private final SplittableRandom random = new SplittableRandom(20_26);

  private float[] random(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  private static void assertClose(float[] expected, float[] found, double tolerance, String what) {
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], tolerance, what + ", index " + i);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1", "3, 2", "7, 5", "8, 8", "16, 16", "17, 3", "5, 33", "31, 64", "64, 31", "65, 70",
    "130, 9", "40, 300", "300, 40"
  })
  void productsAgree(int outputs, int inputs) {
    float[] theta = random(11 + outputs * inputs);
    for (Direction direction : Direction.values()) {
      var expected = scalar.matrix(outputs, inputs, direction);
      var found = simd.matrix(outputs, inputs, direction);
      expected.pack(theta, 11);
      found.pack(theta, 11);
      int k = direction == Direction.FORWARD ? inputs : outputs;
      int n = direction == Direction.FORWARD ? outputs : inputs;
      double tolerance = 2e-7 * (k + 1);
      for (int rows : new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 20}) {
        String what = "%s %s × %s, %s rows".formatted(direction, outputs, inputs, rows);
        float[] a = random(5 + rows * k);
        float[] bias = random(n);
        BiConsumer<PackedMatrix, float[]> withBias =
            (matrix, c) -> matrix.multiply(a, 5, rows, bias, c, 2);
        BiConsumer<PackedMatrix, float[]> plain =
            (matrix, c) -> matrix.multiply(a, 5, rows, null, c, 2);
        BiConsumer<PackedMatrix, float[]> added =
            (matrix, c) -> matrix.multiplyAdd(a, 5, rows, c, 2);
        float[] before = random(2 + rows * n + 3);
        for (var product : List.of(withBias, plain, added)) {
          float[] c = before.clone();
          float[] d = before.clone();
          product.accept(expected, c);
          product.accept(found, d);
          assertClose(c, d, tolerance, what);
        }
      }
    }
  }

  /** A block of many rows and the same rows one by one, as steps and threads may cut them. */
  @ParameterizedTest
  @CsvSource({"70, 23", "64, 64", "33, 600"})
  void aRowDoesNotDependOnTheRowsBesideIt(int outputs, int inputs) {
    for (Direction direction : Direction.values()) {
      var matrix = simd.matrix(outputs, inputs, direction);
      matrix.pack(random(outputs * inputs), 0);
      int k = direction == Direction.FORWARD ? inputs : outputs;
      int n = direction == Direction.FORWARD ? outputs : inputs;
      int rows = 29;
      float[] a = random(rows * k);
      float[] bias = random(n);
      float[] whole = new float[rows * n];
      matrix.multiply(a, 0, rows, bias, whole, 0);
      for (int part : new int[] {1, 2, 3, 4, 5, 6, 7}) {
        float[] parts = new float[rows * n];
        for (int row = 0; row < rows; row += part) {
          int count = Math.min(part, rows - row);
          matrix.multiply(a, row * k, count, bias, parts, row * n);
        }
        assertArrayEquals(whole, parts);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void unpackingGivesBackWhatWasPacked(Direction direction) {
    for (int outputs : new int[] {3, 37, 96}) {
      for (int inputs : new int[] {1, 21, 64}) {
        float[] theta = random(outputs * inputs);
        var matrix = simd.matrix(outputs, inputs, direction);
        matrix.pack(theta, 0);
        float[] back = new float[outputs * inputs + 4];
        matrix.unpack(back, 4);
        assertArrayEquals(theta, Arrays.copyOfRange(back, 4, back.length));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 5", "96, 1", "37, 21", "64, 64", "70, 130"})
  void aTranspositionInRegistersIsOneOfValues(int rows, int columns) {
    float[] a = random(7 + rows * columns);
    float[] panels = random((rows + Simd.W - 1) / Simd.W * Simd.W * columns);
    float[] expected = panels.clone();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int panel = row / Simd.W * Simd.W * columns;
        expected[panel + column * Simd.W + row % Simd.W] = a[7 + row * columns + column];
      }
    }
    SimdPacking.transpose(true, a, 7, rows, columns, panels, 0);
    assertArrayEquals(expected, panels);
  }

  /** Whoever packs, alone or with others, in registers or one by one, packs the same. */
  @ParameterizedTest
  @CsvSource({"3, 5", "96, 1", "37, 900", "256, 128", "250, 131", "16, 2100", "2100, 16"})
  void aCrewPacksWhatOnePacks(int outputs, int inputs) {
    try (var crew = new Crew(3)) {
      for (Direction direction : Direction.values()) {
        for (int plain : new int[] {0, Integer.MAX_VALUE}) {
          float[] theta = random(3 + outputs * inputs);
          var alone = new SimdMatrix(outputs, inputs, direction, new SimdPacking(plain), null);
          var shared = new SimdMatrix(outputs, inputs, direction, new SimdPacking(plain), crew);
          shared.pack(random(3 + outputs * inputs), 3);
          alone.pack(theta, 3);
          shared.pack(theta, 3);
          float[] unpacked = new float[outputs * inputs];
          shared.unpack(unpacked, 0);
          assertArrayEquals(Arrays.copyOfRange(theta, 3, theta.length), unpacked);
          boolean forward = direction == Direction.FORWARD;
          int k = forward ? inputs : outputs;
          sameProduct(alone, shared, 3, k, outputs + inputs - k, direction + ", " + plain);
        }
      }
    }
  }

  /** The first product of a row reads θ and copies it for the way back; later ones read copies. */
  @ParameterizedTest
  @CsvSource({"3, 5", "96, 1", "37, 21", "64, 64", "96, 16", "70, 130", "1024, 272"})
  void weightsThatAreFollowedGiveTheBitsOfPackedOnes(int outputs, int inputs) {
    try (var crew = new Crew(3)) {
      for (Crew threads : new Crew[] {null, crew}) {
        var packing = new SimdPacking(0);
        var found = new SimdMatrix(outputs, inputs, Direction.FORWARD, packing, threads);
        // After a turn with several rows, weights are packed at once.
        for (int turn : new int[] {0, 2, 1, 2, 2, 3}) {
          float[] theta = random(3 + outputs * inputs);
          var expected = simd.matrix(outputs, inputs, Direction.FORWARD);
          var back = simd.matrix(outputs, inputs, Direction.BACKWARD);
          var foundBack = new SimdMatrix(outputs, inputs, Direction.BACKWARD, packing, threads);
          expected.pack(theta, 3);
          back.pack(theta, 3);
          found.follow(theta, 3, foundBack);
          String what = "turn " + turn;
          switch (turn) {
            case 0 -> sameProduct(expected, found, 1, inputs, outputs, what);
            case 1 -> sameProduct(expected, found, 2, inputs, outputs, what);
            case 2 -> {}
            default -> foundBack.settle();
          }
          if (turn < 2) {
            sameProduct(expected, found, 1, inputs, outputs, what + ", again");
          }
          if (turn != 2) {
            Arrays.fill(theta, Float.NaN); // the weights have been copied by now
          }
          sameProduct(back, foundBack, 1, outputs, inputs, what + ", back");
          sameProduct(back, foundBack, 3, outputs, inputs, what + ", back");
          if (turn < 2) {
            sameProduct(expected, found, 1 + turn, inputs, outputs, what + ", θ is another");
          }
        }
      }
    }
  }

  private void sameProduct(
      PackedMatrix expected, PackedMatrix found, int rows, int k, int n, String what) {
    float[] a = random(5 + rows * k);
    float[] bias = random(n);
    float[] c = random(2 + rows * n + 3);
    float[] d = c.clone();
    switch (random.nextInt(3)) {
      case 0 -> {
        expected.multiply(a, 5, rows, bias, c, 2);
        found.multiply(a, 5, rows, bias, d, 2);
      }
      case 1 -> {
        expected.multiply(a, 5, rows, null, c, 2);
        found.multiply(a, 5, rows, null, d, 2);
      }
      default -> {
        expected.multiplyAdd(a, 5, rows, c, 2);
        found.multiplyAdd(a, 5, rows, d, 2);
      }
    }
    assertArrayEquals(c, d, what);
  }

  /** Few columns, which have loops of their own, and the same ones among many. */
  @ParameterizedTest
  @CsvSource({"150, 21", "97, 1", "64, 333"})
  void aGradientDoesNotDependOnTheColumnsBesideIt(int m, int rows) {
    int columns = 40;
    float[] a = random(rows * m);
    float[] b = random(rows * columns);
    float[] whole = new float[m * columns];
    simd.transposedProduct(a, 0, m, b, 0, columns, rows, whole, 0);
    for (int few : new int[] {1, 2, 3, 5, 8}) {
      float[] narrow = new float[rows * few];
      for (int row = 0; row < rows; row++) {
        System.arraycopy(b, row * columns, narrow, row * few, few);
      }
      float[] found = random(m * few);
      simd.transposedProduct(a, 0, m, narrow, 0, few, rows, found, 0);
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < few; j++) {
          assertEquals(whole[i * columns + j], found[i * few + j], "row %s, %s".formatted(i, j));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "3, 5, 2",
    "24, 16, 20",
    "25, 17, 31",
    "64, 70, 7",
    "7, 64, 300",
    "100, 33, 513"
  })
  void transposedProductsAgree(int m, int n, int rows) {
    float[] a = random(3 + rows * m);
    float[] b = random(4 + rows * n);
    float[] expected = random(5 + m * n + 6);
    float[] found = expected.clone();
    for (int repetition = 0; repetition < 2; repetition++) {
      scalar.transposedProduct(a, 3, m, b, 4, n, rows, expected, 5);
      simd.transposedProduct(a, 3, m, b, 4, n, rows, found, 5);
    }
    assertClose(expected, found, 4e-7 * (rows + 1), "%s × %s, %s rows".formatted(m, n, rows));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 31, 32, 64, 77})
  void columnSumsAgree(int m) {
    float[] a = random(2 + 13 * m);
    float[] expected = random(3 + m + 1);
    float[] found = expected.clone();
    scalar.columnSums(a, 2, m, 13, expected, 3);
    simd.columnSums(a, 2, m, 13, found, 3);
    assertClose(expected, found, 1e-5, "columns");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 65, 1000})
  void softmaxCrossEntropiesAgree(int n) {
    float[] logits = random(3 + n);
    for (int i = 0; i < logits.length; i++) {
      logits[i] *= 20;
    }
    int target = n / 2;
    float[] expected = new float[n + 2];
    float[] found = new float[n + 2];
    double loss = scalar.softmaxCrossEntropy(logits, 3, n, target, 0.3f, expected, 2);
    assertEquals(
        loss, simd.softmaxCrossEntropy(logits, 3, n, target, 0.3f, found, 2), 1e-5 * (1 + loss));
    assertClose(expected, found, 1e-6, "gradient");
  }

  @Test
  void softmaxOfLogitsThatAreNotFiniteIsNotFinite() {
    float[] logits = random(50);
    logits[17] = Float.NaN;
    float[] gradient = new float[50];
    assertTrue(Double.isNaN(simd.softmaxCrossEntropy(logits, 0, 50, 3, 1, gradient, 0)));
    assertTrue(Float.isNaN(gradient[0]));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 9, 1001})
  void flatVectorLoopsAgree(int size) {
    float[] values = random(size);
    assertEquals(
        scalar.sumOfSquares(values, 0, size), simd.sumOfSquares(values, 0, size), 1e-9 * size);
    agree(size, (k, v) -> k.scale(v[0], 0, size, 0.7f));
    agree(size, (k, v) -> k.sgd(v[0], v[1], new float[0], 0, size, 0.1f, 0, false));
    agree(size, (k, v) -> k.sgd(v[0], v[1], v[2], 0, size, 0.1f, 0.9f, false));
    agree(size, (k, v) -> k.sgd(v[0], v[1], v[2], 0, size, 0.1f, 0.9f, true));
    agree(size, (k, v) -> k.rmsprop(v[0], v[1], v[3], 0, size, 0.01f, 0.9f, 1e-8f));
    agree(
        size,
        (k, v) -> k.adam(v[0], v[1], v[2], v[3], 0, size, 0.9f, 0.999f, 0.01f, 3f, 1e-8f, 0.999f));
  }

  @Test
  void whatIsFlushedAndWhatIsNotHasTheSameBits() {
    float least = 0x1p-100f;
    float[] corners = {
      0,
      -0f,
      least,
      -least,
      Math.nextDown(least),
      -Math.nextDown(least),
      Float.MIN_VALUE,
      1,
      -2,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MIN_NORMAL
    };
    float[] expected = new float[101];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = corners[i % corners.length];
    }
    float[] found = expected.clone();
    scalar.flush(expected, 3, 99, least);
    simd.flush(found, 3, 99, least);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(Float.floatToRawIntBits(expected[i]), Float.floatToRawIntBits(found[i]));
    }
    assertEquals(least, found[2 + corners.length]);
    assertEquals(0, found[4 + corners.length]);
    assertEquals(Float.NaN, found[9]);
  }

  /** Each of these moments beside each, with gradients that are zero, small, and not. */
  @Test
  void whatHasDecayedHasTheSameBits() {
    float first = Decayed.LEAST_FIRST;
    float second = Decayed.LEAST_SECOND;
    float[] means = {0, -0f, 1, first, -first, 1.2f * first, Float.MIN_VALUE, -second, Float.NaN};
    float[] squares = {0, 1, second, 1.5f * second, Float.MIN_VALUE, 0x1p-130f, Float.NaN};
    float[] gradients = {0, -0f, 1, -first, 0x1p-65f, Float.MIN_VALUE, Float.NaN};
    int size = means.length * squares.length * gradients.length;
    float[][] expected = new float[4][size];
    Arrays.fill(expected[0], 0.5f);
    for (int i = 0; i < size; i++) {
      expected[1][i] = gradients[i % gradients.length];
      expected[2][i] = means[i / gradients.length % means.length];
      expected[3][i] = squares[i / gradients.length / means.length];
    }
    List<BiConsumer<Kernels, float[][]>> rules =
        List.of(
            (k, v) -> k.sgd(v[0], v[1], v[2], 0, size, 0.1f, 0.9f, false),
            (k, v) -> k.sgd(v[0], v[1], v[2], 0, size, 0.1f, 0.9f, true),
            (k, v) -> k.rmsprop(v[0], v[1], v[3], 0, size, 0.01f, 0.9f, 1e-30f),
            (k, v) ->
                k.adam(v[0], v[1], v[2], v[3], 0, size, 0.9f, 0.999f, 0.01f, 3, 1e-30f, 0.9f));
    for (var rule : rules) {
      float[][] byScalars = deepClone(expected);
      float[][] byVectors = deepClone(expected);
      for (int repetition = 0; repetition < 3; repetition++) {
        rule.accept(scalar, byScalars);
        rule.accept(simd, byVectors);
        for (int v = 0; v < byScalars.length; v++) {
          for (int i = 0; i < size; i++) {
            assertEquals(
                Float.floatToIntBits(byScalars[v][i]), Float.floatToIntBits(byVectors[v][i]));
          }
        }
      }
    }
  }

  private void agree(int size, BiConsumer<Kernels, float[][]> update) {
    float[][] expected = {random(size), random(size), random(size), random(size)};
    for (int i = 0; i < size; i++) {
      expected[3][i] *= expected[3][i];
    }
    float[][] found = deepClone(expected);
    for (int repetition = 0; repetition < 3; repetition++) {
      update.accept(scalar, expected);
      update.accept(simd, found);
    }
    for (int v = 0; v < expected.length; v++) {
      assertClose(expected[v], found[v], 1e-5, "vector " + v + " of " + size);
    }
  }

  private static float[][] deepClone(float[][] arrays) {
    float[][] copies = new float[arrays.length][];
    Arrays.setAll(copies, s -> arrays[s].clone());
    return copies;
  }

  /** Also work whose values are more than an int holds. */
  @ParameterizedTest
  @CsvSource({"2, 1024", "65536, 65536", "50000, 50000", "2, 2147483647"})
  void workThatIsWorthItIsSharedOut(int count, int width) {
    var rows = new AtomicIntegerArray(2);
    try (var kernels = new SimdKernels(new Crew(2))) {
      kernels.run((part, from, to) -> rows.addAndGet(part, to - from), count, width);
    }
    assertEquals("[%s, %s]".formatted(count / 2, count / 2), rows.toString());
  }
}
