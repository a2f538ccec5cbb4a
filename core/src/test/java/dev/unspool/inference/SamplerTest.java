// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.SplitMix64;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
  private static final int DRAWS = 100_000;

  private static double[] frequencies(Sampler sampler, float... logits) {
    var random = new SplitMix64(42);
    double[] frequencies = new double[logits.length];
    for (int i = 0; i < DRAWS; i++) {
      frequencies[sampler.draw(logits, 0, logits.length, random)] += 1.0 / DRAWS;
    }
    return frequencies;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2})
  void drawsByTheModelsProbabilities(double temperature) {
    float[] logits = {1, 0, -1, 3, 3};
    double total = 0;
    for (float logit : logits) {
      total += Math.exp(logit / temperature);
    }
    double[] frequencies = frequencies(new Sampler(temperature), logits);
    for (int i = 0; i < logits.length; i++) {
      double p = Math.exp(logits[i] / temperature) / total;
      double deviation = Math.sqrt(p * (1 - p) / DRAWS);
      assertEquals(p, frequencies[i], 5 * deviation, "class " + i);
    }
  }

  @Test
  void atZeroTakesTheMostProbable() {
    var sampler = new Sampler(0);
    assertEquals(1, frequencies(sampler, 1, 7, -3, 2)[1], 1e-9);
    float[] inTheMiddle = {100, 1, 5, 2, 100};
    assertEquals(1, sampler.draw(inTheMiddle, 1, 3, new SplitMix64(1)));
  }

  @Test
  void extremeLogitsDoNoHarm() {
    float huge = Float.MAX_VALUE;
    assertEquals(1, frequencies(new Sampler(1), -huge, huge, 0)[1], 1e-9);
    assertEquals(0.5, frequencies(new Sampler(1), huge, -huge, huge)[0], 0.01);
    assertEquals(1, frequencies(new Sampler(1e-300), 1, 1.0001f, 0)[1], 1e-9);
    assertEquals(1, frequencies(new Sampler(1), 3, Float.NEGATIVE_INFINITY)[0], 1e-9);
    assertEquals(0.25, frequencies(new Sampler(1e300), -50, 50, 0, 10)[0], 0.01);
  }

  @Test
  void infiniteLogits() {
    float inf = Float.POSITIVE_INFINITY;
    // What is infinitely more probable than the rest is the only choice.
    assertEquals(1, frequencies(new Sampler(1), 3, inf, 5)[1], 1e-9);
    assertEquals(0.5, frequencies(new Sampler(1), inf, inf, 5)[0], 0.01);
    assertEquals(0.5, frequencies(new Sampler(1), -inf, -inf)[0], 0.01);
  }

  @Test
  void theDrawStaysInRangeAtItsEnds() {
    var sampler = new Sampler(1);
    float[] logits = {0, 0, -200};
    assertEquals(0, sampler.draw(logits, 0, 3, constant(0)));
    assertTrue(sampler.draw(logits, 0, 3, constant(Math.nextDown(1.0))) >= 1);
    assertEquals(0, sampler.draw(new float[] {4}, 0, 1, constant(Math.nextDown(1.0))));
  }

  private static RandomGenerator constant(double value) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException();
      }

      @Override
      public double nextDouble() {
        return value;
      }
    };
  }

  @Test
  void refusesWhatIsNoDistribution() {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> frequencies(new Sampler(1), 1, Float.NaN, 2));
    assertTrue(e.toString().contains("logit 1 is NaN"), e.toString());
    assertThrows(IllegalArgumentException.class, () -> frequencies(new Sampler(1)));
    for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new Sampler(wrong));
    }
  }
}
