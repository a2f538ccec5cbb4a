// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.Kernels;
import org.junit.jupiter.api.Test;

/** Learning rates and clipping, with values worked out by hand. */
final class SchedulesTest {
  @Test
  void constant() {
    assertEquals(0.3, LearningRate.constant(0.3).at(1000, 7));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.constant(-1));
  }

  @Test
  void stepDecayHalvesAfterTheLastFullEpoch() {
    var rate = LearningRate.stepDecay(1, 4, 2);
    assertEquals(1, rate.at(0, 1));
    assertEquals(1, rate.at(0, 4));
    assertEquals(0.5, rate.at(0, 5));
    assertEquals(0.25, rate.at(0, 6));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.stepDecay(1, -1, 2));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.stepDecay(1, 1, 0));
  }

  @Test
  void settlingRisesFallsWithTheRootAndStays() {
    var rate = LearningRate.settling(0.4, 10, 300, 0.1);
    assertEquals(0.04, rate.at(0, 1), 1e-12);
    assertEquals(0.4 / Math.sqrt(1 + 9 / 300.0), rate.at(9, 1), 1e-12);
    assertEquals(0.2, rate.at(900, 1), 1e-12);
    assertEquals(0.1, rate.at(4500, 1), 1e-12);
    assertEquals(0.1, rate.at(1_000_000_000_000L, 1), 1e-12);
    assertThrows(IllegalArgumentException.class, () -> LearningRate.settling(0.1, 0, 300, 0.2));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.settling(0.1, 0, 0, 0.1));
  }

  /** The law of the root holds from the first update on, so that less than the rate is reached. */
  @Test
  void settlingPeaksWithTheLastUpdateOfTheWarmUp() {
    var rate = LearningRate.settling(5e-3, 100, 300, 1e-3);
    double peak = rate.at(99, 1);
    assertEquals(4.336e-3, peak, 1e-6);
    for (int update = 0; update < 8000; update++) {
      assertTrue(rate.at(update, 1) <= peak, "update " + update);
    }
  }

  @Test
  void cosineRisesFallsAndStays() {
    var rate = LearningRate.cosine(1, 4, 104, 0.1);
    assertEquals(0.25, rate.at(0, 1));
    assertEquals(1, rate.at(3, 1));
    assertEquals(1, rate.at(4, 1));
    assertEquals(0.55, rate.at(54, 1), 1e-12);
    assertEquals(0.1, rate.at(104, 1), 1e-12);
    assertEquals(0.1, rate.at(1_000_000, 9), 1e-12);
    assertThrows(IllegalArgumentException.class, () -> LearningRate.cosine(1, 5, 5, 0));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.cosine(1, 0, 5, 2));
  }

  @Test
  void clippingByNormKeepsTheDirection() {
    var gradient = Vectors.gradient(3, -4);
    assertEquals(5, Clipping.byNorm(1).apply(gradient), 1e-9);
    assertArrayEquals(new float[] {0.6f, -0.8f}, gradient.values(), 1e-6f);
    assertEquals(1, Clipping.byNorm(2).apply(gradient), 1e-6);
    assertArrayEquals(new float[] {0.6f, -0.8f}, gradient.values(), 1e-6f);
  }

  @Test
  void clippingByValueCutsEachOff() {
    var gradient = Vectors.gradient(3, -4, 0.5f);
    assertEquals(Math.sqrt(25.25), Clipping.byValue(1).apply(gradient), 1e-9);
    assertArrayEquals(new float[] {1, -1, 0.5f}, gradient.values());
  }

  @Test
  void aGradientThatIsNotFiniteIsLeftAndReported() {
    var gradient = Vectors.gradient(Float.NaN, 4);
    assertTrue(Double.isNaN(Clipping.byNorm(1).apply(gradient)));
    assertEquals(4, gradient.values()[1]);
    gradient.values()[0] = Float.NEGATIVE_INFINITY;
    assertEquals(Double.POSITIVE_INFINITY, Clipping.byValue(1).apply(gradient));
    assertEquals(4, gradient.values()[1]);
    assertEquals(Double.POSITIVE_INFINITY, Clipping.none().apply(gradient));
  }

  @Test
  void threadsChangeNoBitOfNormAndClippedGradient() {
    int size = 3 * Chunks.LENGTH + 5;
    for (Clipping clipping : new Clipping[] {Clipping.byNorm(1), Clipping.byValue(0.3)}) {
      var expected = Vectors.gradient(Vectors.random(size, 1));
      double norm = clipping.apply(expected);
      try (var kernels = Kernels.open(3)) {
        var found = Vectors.gradient(Vectors.random(size, 1));
        var clipper = clipping.bind(found, kernels);
        assertEquals(norm, clipper.norm(found));
        clipper.clip(found, norm);
        assertArrayEquals(expected.values(), found.values());
      }
    }
  }

  @Test
  void refusesLimitsThatAreNone() {
    assertThrows(IllegalArgumentException.class, () -> Clipping.byNorm(0));
    assertThrows(IllegalArgumentException.class, () -> Clipping.byValue(Double.NaN));
  }
}
