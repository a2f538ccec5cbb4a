// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Steps;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each loss through the contract, and its own edges with values worked out by hand. */
final class LossesTest {
  private static double one(Loss loss, float[] outputs, float[] targets, float[] gradient) {
    var mask = Steps.of(new float[] {1}, 1, 1, 1);
    return loss.evaluate(
            Steps.of(outputs, 1, 1, outputs.length),
            Steps.of(targets, 1, 1, targets.length),
            mask,
            Steps.of(gradient, 1, 1, gradient.length))
        .value();
  }

  @Nested
  final class MeanSquaredErrorTest extends LossContract {
    @Override
    Loss loss() {
      return new MeanSquaredError();
    }

    @Override
    int outputs() {
      return 3;
    }

    @Override
    float target(RandomGenerator random) {
      return (float) random.nextGaussian();
    }

    @Override
    double definition(double[] y, float[] t) {
      double sum = 0;
      for (int j = 0; j < y.length; j++) {
        sum += Math.pow(y[j] - t[j], 2);
      }
      return sum / y.length;
    }

    @Test
    void byHand() {
      float[] gradient = new float[2];
      assertEquals(
          (1.0 + 9.0) / 2, one(loss(), new float[] {2, 0}, new float[] {1, 3}, gradient), 1e-12);
      assertArrayEquals(new float[] {1, -3}, gradient);
    }
  }

  @Nested
  final class HuberTest extends LossContract {
    @Override
    Loss loss() {
      return new Huber(0.7);
    }

    @Override
    int outputs() {
      return 2;
    }

    @Override
    float target(RandomGenerator random) {
      return (float) random.nextGaussian();
    }

    @Override
    double definition(double[] y, float[] t) {
      double sum = 0;
      for (int j = 0; j < y.length; j++) {
        double e = Math.abs(y[j] - t[j]);
        sum += e <= 0.7 ? e * e / 2 : 0.7 * (e - 0.35);
      }
      return sum / y.length;
    }

    @Test
    void byHand() {
      float[] gradient = new float[4];
      double value = one(new Huber(2), new float[] {1, 5, -5, 2}, new float[4], gradient);
      assertEquals((0.5 + 2 * 4 + 2 * 4 + 2) / 4, value);
      assertArrayEquals(new float[] {0.25f, 0.5f, -0.5f, 0.5f}, gradient);
    }

    @Test
    void pullsNoHarderThanDelta() {
      float[] gradient = new float[1];
      assertEquals(9.5, one(new Huber(1), new float[] {10}, new float[] {0}, gradient), 1e-12);
      assertArrayEquals(new float[] {1}, gradient);
      assertThrows(IllegalArgumentException.class, () -> new Huber(0));
    }
  }

  @Nested
  final class SoftmaxCrossEntropyTest extends LossContract {
    @Override
    Loss loss() {
      return new SoftmaxCrossEntropy();
    }

    @Override
    int outputs() {
      return 5;
    }

    @Override
    float target(RandomGenerator random) {
      return random.nextInt(5);
    }

    @Override
    boolean targetsMayBeMissing() {
      return false;
    }

    @Override
    double definition(double[] y, float[] t) {
      double sum = 0;
      for (double logit : y) {
        sum += Math.exp(logit);
      }
      return Math.log(sum) - y[(int) t[0]];
    }

    @Test
    void byHand() {
      float[] gradient = new float[3];
      // Probabilities 1/4, 1/2, 1/4.
      double value =
          one(loss(), new float[] {0, (float) Math.log(2), 0}, new float[] {1}, gradient);
      assertEquals(Math.log(2), value, 1e-6);
      assertArrayEquals(new float[] {0.25f, -0.5f, 0.25f}, gradient, 1e-6f);
    }

    @Test
    void largeLogitsDoNotOverflow() {
      float[] gradient = new float[2];
      assertEquals(2000, one(loss(), new float[] {1000, -1000}, new float[] {1}, gradient), 1e-3);
      assertArrayEquals(new float[] {1, -1}, gradient);
      assertEquals(0, one(loss(), new float[] {1000, -1000}, new float[] {0}, gradient), 1e-12);
    }

    @Test
    void refusesWhatIsNoClass() {
      for (float target : new float[] {-1, 2, 0.5f, Float.NaN}) {
        var e =
            assertThrows(
                IllegalArgumentException.class,
                () -> one(loss(), new float[2], new float[] {target}, new float[2]));
        assertTrue(e.toString().contains("step 0, lane 0"), e.toString());
        assertTrue(e.toString().contains("from 0 to 1"), e.toString());
      }
    }
  }

  @Test
  void theFirstWrongRowIsNamedWhicheverThreadFoundIt() {
    int steps = 3000;
    var targets = Steps.allocate(steps, 1, 1);
    targets.set(1700, 0, 0, 5);
    targets.set(2900, 0, 0, 7);
    var mask = Steps.allocate(steps, 1, 1);
    mask.fill(1);
    try (var kernels = Kernels.open(3)) {
      Loss loss = new SoftmaxCrossEntropy().bind(kernels);
      var outputs = Steps.allocate(steps, 1, 2);
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> loss.evaluate(outputs, targets, mask, outputs.copy()));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.startsWith("step 1700, lane 0: the target is 5"), message);
    }
  }

  @Nested
  final class BernoulliTest extends LossContract {
    @Override
    Loss loss() {
      return new Bernoulli();
    }

    @Override
    int outputs() {
      return 3;
    }

    @Override
    float target(RandomGenerator random) {
      return random.nextFloat();
    }

    @Override
    double definition(double[] y, float[] t) {
      double sum = 0;
      for (int j = 0; j < y.length; j++) {
        double p = 1 / (1 + Math.exp(-y[j]));
        sum -= t[j] * Math.log(p) + (1 - t[j]) * Math.log(1 - p);
      }
      return sum / y.length;
    }

    @Test
    void byHand() {
      float[] gradient = new float[2];
      // Probabilities 1/2 and 3/4.
      double value =
          one(loss(), new float[] {0, (float) Math.log(3)}, new float[] {1, 0}, gradient);
      assertEquals((Math.log(2) + Math.log(4)) / 2, value, 1e-6);
      assertArrayEquals(new float[] {-0.25f, 0.375f}, gradient, 1e-6f);
    }

    @Test
    void largeLogitsDoNotOverflow() {
      float[] gradient = new float[2];
      assertEquals(500, one(loss(), new float[] {1000, 1000}, new float[] {0, 1}, gradient), 1e-3);
      assertArrayEquals(new float[] {0.5f, 0}, gradient);
    }

    @Test
    void refusesWhatIsNoProbability() {
      assertThrows(
          IllegalArgumentException.class,
          () -> one(loss(), new float[1], new float[] {1.5f}, new float[1]));
    }
  }

  @Nested
  final class QuantileTest extends LossContract {
    private static final List<Double> PROBABILITIES = List.of(0.05, 0.5, 0.9);

    @Override
    Loss loss() {
      return new Quantile(PROBABILITIES);
    }

    @Override
    int outputs() {
      return 6;
    }

    @Override
    float target(RandomGenerator random) {
      return (float) random.nextGaussian();
    }

    @Override
    int[] outputsOf(int target, int targets) {
      return new int[] {3 * target, 3 * target + 1, 3 * target + 2};
    }

    @Override
    double definition(double[] y, float[] t) {
      double sum = 0;
      for (int j = 0; j < t.length; j++) {
        for (int k = 0; k < 3; k++) {
          double p = PROBABILITIES.get(k);
          double error = t[j] - y[3 * j + k];
          sum += Math.max(p * error, (p - 1) * error);
        }
      }
      return sum / y.length;
    }

    @Test
    void byHand() {
      float[] gradient = new float[4];
      double value =
          one(
              new Quantile(List.of(0.25, 0.75)),
              new float[] {1, 5, 2, 2},
              new float[] {3, 2},
              gradient);
      assertEquals((0.25 * 2 + 0.25 * 2) / 4, value);
      assertArrayEquals(new float[] {-0.0625f, 0.0625f, 0, 0}, gradient);
    }

    /** Of one output for many targets, the least loss is where so many of them lie below. */
    @Test
    void isLeastAtTheQuantile() {
      double p = 0.3;
      int least = 0;
      double best = Double.POSITIVE_INFINITY;
      for (int y = 0; y <= 100; y++) {
        double sum = 0;
        for (int t = 0; t < 100; t++) {
          sum +=
              one(new Quantile(List.of(p)), new float[] {y}, new float[] {t + 0.5f}, new float[1]);
        }
        if (sum < best - 1e-9) {
          best = sum;
          least = y;
        }
      }
      assertTrue(least == 29 || least == 30, "least at " + least);
    }

    @Test
    void refusesWhatIsNoProbability() {
      for (var none : List.of(List.<Double>of(), List.of(0.0), List.of(0.5, 1.0))) {
        assertThrows(IllegalArgumentException.class, () -> new Quantile(none));
      }
      assertThrows(IllegalArgumentException.class, () -> new Quantile(List.of(Double.NaN)));
      assertThrows(IllegalArgumentException.class, () -> loss().targets(4));
    }
  }

  @Nested
  final class GaussianTest extends LossContract {
    @Override
    Loss loss() {
      return new GaussianNegativeLogLikelihood();
    }

    @Override
    int outputs() {
      return 4;
    }

    @Override
    float target(RandomGenerator random) {
      return (float) random.nextGaussian();
    }

    @Override
    int[] outputsOf(int target, int targets) {
      return new int[] {target, targets + target};
    }

    @Override
    double definition(double[] y, float[] t) {
      int n = y.length / 2;
      double sum = 0;
      for (int j = 0; j < n; j++) {
        double variance = Math.exp(y[n + j]);
        double density =
            Math.exp(-Math.pow(t[j] - y[j], 2) / (2 * variance))
                / Math.sqrt(2 * Math.PI * variance);
        sum -= Math.log(density);
      }
      return sum / n;
    }

    @Test
    void aStepPredictedExactlyDoesNotDriveTheVarianceToZero() {
      float[] gradient = new float[2];
      double value = one(loss(), new float[] {3, -1e9f}, new float[] {3}, gradient);
      assertEquals((-20 + Math.log(2 * Math.PI)) / 2, value, 1e-9);
      assertArrayEquals(new float[] {0, 0}, gradient);
    }

    @Test
    void byHand() {
      float[] gradient = new float[4];
      float log4 = (float) Math.log(4);
      // Deviations 1 and 2, errors −2 and 4, so two deviations both times.
      double value = one(loss(), new float[] {1, 5, 0, log4}, new float[] {3, 1}, gradient);
      assertEquals(Math.log(2 * Math.PI) / 2 + 2 + Math.log(2) / 2, value, 1e-6);
      assertArrayEquals(new float[] {-1, 0.5f, -0.75f, -0.75f}, gradient, 1e-6f);
    }

    @Test
    void tooSmallAVarianceIsPulledUpByAnyError() {
      for (float s : new float[] {-20.5f, -30, -1000, -1e9f}) {
        float[] gradient = new float[2];
        double value = one(loss(), new float[] {0.01f, s}, new float[] {0}, gradient);
        assertTrue(Double.isFinite(value), "log-variance " + s);
        assertTrue(gradient[1] < 0 && Float.isFinite(gradient[0]), "log-variance " + s);
        double h = Math.abs(s) / 64;
        double slope =
            (one(loss(), new float[] {0.01f, (float) (s - h)}, new float[] {0}, new float[2])
                    - value)
                / -(s - (float) (s - h));
        assertEquals(slope, gradient[1], 1e-4 * Math.abs(slope), "log-variance " + s);
      }
    }

    @Test
    void tooLargeAVarianceIsPulledDown() {
      float[] gradient = new float[2];
      assertEquals(
          (5000 + Math.log(2 * Math.PI)) / 2,
          one(loss(), new float[] {1, 5000}, new float[] {0}, gradient),
          1e-9);
      assertArrayEquals(new float[] {0, 0.5f}, gradient);
    }

    @Test
    void needsTwoOutputsForEachTarget() {
      assertThrows(IllegalArgumentException.class, () -> loss().targets(3));
    }
  }
}
