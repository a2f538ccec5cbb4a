// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.optimizer.Sgd;
import dev.unspool.predict.Outputs;
import dev.unspool.score.Prequential;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Numbers at the ends of what there is. */
class OnlineExtremesTest {
  private static final double[] NUMBERS = {
    1e300,
    -1e300,
    1e200,
    1e149,
    -1e149,
    1e60,
    -1e40,
    1e30,
    Double.MAX_VALUE,
    Double.MIN_VALUE,
    -1e-310,
    0,
    -0.0,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  private final Network network = new Network(NetworkSpec.of(Cell.LSTM, 2, 8, 1));
  private final Parameters theta = network.initialise(new SplitMix64(1));

  private LearnerBuilder builder(WeightPolicy policy) {
    return OnlineLearner.builder(network, theta).policy(policy).truncation(1, 6).stopAfter(1000);
  }

  private static double value(long row) {
    return 5 + 2 * Math.sin(0.7 * row);
  }

  private static void next(OnlineLearner learner, double scale) {
    long row = learner.rows("a");
    learner.learn("a", row, new double[] {scale * value(row)});
    learner.predict("a", new double[] {scale * value(row), scale * Math.cos(0.7 * row)});
  }

  private void learnsAgain(OnlineLearner learner, double scale, double most) {
    for (int i = 0; i < 6000; i++) {
      next(learner, scale);
    }
    for (float each : theta.values()) {
      assertTrue(Float.isFinite(each));
    }
    var score = learner.judge().score(0, 0);
    double mae = score.mae(0, Prequential.Over.LATELY);
    double persistence = score.mae(1, Prequential.Over.LATELY);
    assertTrue(mae < most * persistence, () -> mae + " against " + persistence);
    assertTrue(Double.isFinite(score.rmse(0, Prequential.Over.EVERYTHING)));
  }

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void whateverComesIsOutlived(WeightPolicy policy) {
    try (var learner = builder(policy).build()) {
      var random = new SplitMix64(17);
      for (int i = 0; i < 600; i++) {
        long row = learner.rows("a");
        double bad = NUMBERS[random.nextInt(NUMBERS.length)];
        boolean inTruth = random.nextInt(5) == 0;
        boolean inInput = random.nextInt(5) == 0;
        learner.learn("a", row, new double[] {inTruth ? bad : value(row)});
        learner.predict("a", new double[] {inInput ? bad : value(row), Math.cos(0.7 * row)});
      }
      learnsAgain(learner, 1, 5);
    }
  }

  @Test
  void aStreamThatStandsStillAndThenMovesIsLearned() {
    try (var learner = builder(WeightPolicy.AS_APPLIED).onSpike(50, true).stopAfter(100).build()) {
      for (int i = 0; i < 3000; i++) {
        learner.learn("a", learner.rows("a"), new double[] {3});
        assertEquals(3, learner.predict("a", new double[] {3, 0}).value(0, 0), 1);
      }
      learnsAgain(learner, 1, 0.7);
    }
  }

  /** Another unit, for good; also where spikes are passed over. */
  @ParameterizedTest
  @CsvSource({"1e9, false", "1e9, true", "1e-9, false"})
  void aScaleThatJumpsIsFound(double jump, boolean spikes) {
    var builder = builder(WeightPolicy.AS_APPLIED).stopAfter(100);
    try (var learner = (spikes ? builder.onSpike(50, false) : builder).build()) {
      for (int i = 0; i < 2000; i++) {
        next(learner, 1);
      }
      for (int i = 0; i < 6000; i++) {
        next(learner, jump);
      }
      learnsAgain(learner, jump, 0.8);
    }
  }

  /** What is no number of 32 bits never gets to the model, so its window is not lost. */
  @Test
  void anInputThatIsTooLargeForTheModelIsRefused() {
    try (var learner =
        builder(WeightPolicy.AS_APPLIED)
            .inputs(Scaling.fixed(new double[2], new double[] {1, 1e-3}))
            .build()) {
      for (int i = 0; i < 60; i++) {
        next(learner, 1);
      }
      assertEquals(Incident.INPUT, learner.predict("a", new double[] {0, 1e37}).reason());
      assertEquals(0, learner.counters().incidents(Incident.OUTPUT));
    }
  }

  /** A change that is no number of 32 bits in units of its scale is not learned, and told. */
  @Test
  void aTruthThatIsTooFarForTheModelIsNotKnown() {
    try (var learner = builder(WeightPolicy.AS_APPLIED).build()) {
      for (int i = 0; i < 60; i++) {
        next(learner, 1);
      }
      float[] before = theta.values().clone();
      Lesson lesson = learner.learn("a", learner.rows("a"), new double[] {1e140});
      assertFalse(lesson.updated());
      assertNull(lesson.skipped());
      assertEquals(1, learner.counters().incidents(Incident.TRUTH));
      assertEquals(0, learner.counters().incidents(Incident.LOSS));
      assertArrayEquals(before, theta.values());
    }
  }

  @Test
  void truthsThatNeverComeAreNotMissed() {
    try (var learner = builder(WeightPolicy.REPLAY).build()) {
      for (int i = 0; i < 300; i++) {
        learner.learn("a", learner.rows("a"), new double[] {Double.NaN});
        assertTrue(learner.predict("a", new double[] {1, i}).usable());
      }
      assertEquals(0, learner.counters().updates() + learner.counters().incidents());
      learnsAgain(learner, 1, 0.8);
    }
  }

  /** Times that go back, stand still, or lie at the ends of what there is. */
  @Test
  void sequencesBeginWhereTimeLeavesAGap() {
    try (var learner = builder(WeightPolicy.REPLAY).beginAfter(10).horizons(1).build()) {
      long[] times = {5, 15, 4, 4, -100, Long.MAX_VALUE, Long.MIN_VALUE + 1, 0, Long.MAX_VALUE};
      boolean[] begins = {true, false, false, false, false, true, false, true, true};
      double[] y = {1};
      for (int i = 0; i < times.length; i++) {
        learner.predict("a", times[i], new double[2]);
        // The truth of a row is judged unless its sequence begins with it.
        boolean met = !Double.isNaN(learner.learn("a", i, y).error(0, 0));
        assertTrue(!(met && begins[i]), "row " + i);
        assertEquals(i > 0 && !begins[i] && !begins[Math.max(0, i - 1)], met, "row " + i);
      }
    }
  }

  /** Units that are known are used, whatever else is the default. */
  @Test
  void outputsMeanWhatTheyWereTrainedToMean() {
    var target = new Outputs.Target("y", false, 1000, List.of(7.0));
    try (var learner =
        builder(WeightPolicy.REPLAY)
            .targets(List.of(target))
            .inputs(Scaling.none())
            .optimizer(new Sgd())
            .learningRate(LearningRate.constant(0))
            .warmUp(0)
            .build()) {
      double said = learner.predict("a", new double[] {0.5, 0.5}).value(0, 0);
      assertTrue(Math.abs(said - 1000) < 7 && said != 1000, "" + said);
      assertEquals(
          Math.pow((said - 1014) / 7, 2), learner.learn("a", new double[] {1014}).loss(), 1e-5);
    }
  }

  @Test
  void lossesThatHaveGrownForGoodAreUsualBeforeLong() {
    for (double before : new double[] {0, 1e-300, 1}) {
      var spikes = new Spikes(50, false, theta, new Sgd().bind(theta));
      for (int i = 0; i < 1000; i++) {
        assertFalse(spikes.is(before));
      }
      int told = 0;
      for (int i = 0; i < 200; i++) {
        told += spikes.is(1e19) ? 1 : 0;
      }
      assertTrue(told > 1 && told < 90, told + " after losses of " + before);
      assertFalse(spikes.is(1e19));
    }
  }
}
