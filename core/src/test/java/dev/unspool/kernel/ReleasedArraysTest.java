// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels of a process outlive its engines, and must not keep their tapes and gradients. */
class ReleasedArraysTest {
  private static final int M = 70;
  private static final int ROWS = 90;

  /** One with few columns, one with several panels. */
  private static final int[] COLUMNS = {1, 90};

  /** Those of this process, too, whichever they are. */
  @Test
  void kernelsKeepNoArrayOfAGradient() {
    var kernels = Kernels.get();
    for (int n : COLUMNS) {
      assertReleased(single(kernels, n));
    }
    assertReleased(several(kernels, 0));
    assertReleased(several(kernels, -1));
    Reference.reachabilityFence(kernels);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void vectorKernelsKeepNoArrayOfAGradient(int threads) {
    try (var kernels = new SimdKernels(new Crew(threads))) {
      for (int n : COLUMNS) {
        assertReleased(single(kernels, n));
      }
      assertReleased(several(kernels, 0));
      assertReleased(several(kernels, -1));
    }
  }

  /** Here the room is not parked; but whoever holds it holds nothing else. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void neitherDoesAProductThatFails(int threads) {
    try (var crew = new Crew(threads)) {
      var products = new SimdGradientProducts(crew);
      for (int n : COLUMNS) {
        assertReleased(failing(products, n));
      }
      Reference.reachabilityFence(products);
    }
  }

  @Test
  void copiesThatFailKeepNoArray() {
    var crew = new Crew(2);
    crew.close();
    var copies = new CrewCopies(crew);
    assertReleased(refused(copies));
    Reference.reachabilityFence(copies);
  }

  private static List<WeakReference<Object>> single(Kernels kernels, int n) {
    float[] a = new float[ROWS * M];
    float[] b = new float[ROWS * n];
    float[] d = new float[M * n];
    kernels.transposedProduct(a, 0, M, b, 0, n, ROWS, d, 0);
    return weakly(a, b, d);
  }

  private static List<WeakReference<Object>> several(Kernels kernels, int sumsOffset) {
    float[] a = new float[ROWS * M];
    float[] sums = new float[M];
    List<RightSide> rights = new ArrayList<>();
    for (int n : COLUMNS) {
      var side = new RightSide(n);
      side.set(new float[ROWS * n], 0, new float[M * n], 0);
      rights.add(side);
    }
    kernels.transposedProducts(a, 0, M, ROWS, rights, sums, sumsOffset);
    return weakly(a, sums, rights, rights.getFirst().b, rights.getLast().d);
  }

  private static List<WeakReference<Object>> failing(SimdGradientProducts products, int n) {
    float[] a = new float[ROWS * M];
    float[] b = new float[ROWS * n];
    float[] d = {};
    assertThrows(
        RuntimeException.class, () -> products.multiply(a, 0, M, b, 0, n, ROWS, d, 0), "n " + n);
    return weakly(a, b, d);
  }

  private static List<WeakReference<Object>> refused(CrewCopies copies) {
    float[] from = new float[1 << 15];
    float[] into = new float[1 << 15];
    float[] cleared = new float[1 << 15];
    assertThrows(IllegalStateException.class, () -> copies.copy(from, 0, into, 0, from.length));
    assertThrows(IllegalStateException.class, () -> copies.clear(cleared, 0, cleared.length));
    return weakly(from, into, cleared);
  }

  private static List<WeakReference<Object>> weakly(Object... objects) {
    List<WeakReference<Object>> references = new ArrayList<>();
    for (Object object : objects) {
      references.add(new WeakReference<>(object));
    }
    return references;
  }

  /** The collector is asked often enough that it has to find them. */
  private static void assertReleased(List<WeakReference<Object>> references) {
    for (int turn = 0; turn < 100 && held(references) > 0; turn++) {
      System.gc();
    }
    assertEquals(0, held(references), "arrays that are still reachable");
  }

  private static long held(List<WeakReference<Object>> references) {
    return references.stream().filter(reference -> !reference.refersTo(null)).count();
  }
}
