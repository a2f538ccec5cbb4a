// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.unspool.engine.Block;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Snapshot;
import dev.unspool.optimizer.Clipping;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands between a sweep and its update, and what keeps the update from being made. */
class PendingUpdateTest {
  private final SmallTraining training = new SmallTraining();

  @Test
  void aGradientThatIsNotFiniteIsSkipped() {
    var source = new RandomSource(40, SmallTraining.LANES, 3).breaking(step -> step == 2);
    try (var trainer = training.trainer(training.engine(2, 2), source).build()) {
      assertNotNull(trainer.update());
      var before = training.theta.values().clone();
      Progress skipped = trainer.update();
      assertNotNull(skipped);
      assertFalse(Double.isFinite(skipped.gradientNorm()));
      assertTrue(skipped.skipped());
      assertEquals(2, skipped.update());
      assertArrayEquals(before, training.theta.values());
      assertEquals(1, trainer.skippedUpdates());
      Progress next = trainer.update();
      assertNotNull(next);
      assertTrue(Double.isFinite(next.gradientNorm()));
      assertEquals(3, next.update());
    }
  }

  @Test
  void tenInARowHaveDiverged() {
    // Nine of ten, again and again, are not enough.
    var source =
        new RandomSource(40, SmallTraining.LANES, 3).breaking(step -> step % 10 != 0 || step > 30);
    try (var trainer = training.trainer(training.engine(1, 1), source).build()) {
      for (int update = 0; update < 40; update++) {
        assertNotNull(trainer.update());
      }
      var diverged = assertThrows(DivergedException.class, trainer::update);
      SmallTraining.assertSays(diverged, "last 10 updates up to update 41");
      SmallTraining.assertSays(diverged, "lower the learning rate or clip");
      assertEquals(41, diverged.update());
      assertEquals(37, trainer.skippedUpdates());
    }
  }

  /** What has been skipped in a row is not forgotten by a checkpoint. */
  @Test
  void tenInARowAcrossACheckpoint() {
    var snapshot = new Snapshot();
    try (var trainer =
        training
            .trainer(
                training.engine(1, 1),
                new RandomSource(40, SmallTraining.LANES, 3).breaking(_ -> true))
            .build()) {
      for (int update = 0; update < 9; update++) {
        assertNotNull(trainer.update());
      }
      trainer.save(snapshot);
    }
    try (var trainer =
        training
            .trainer(
                training.engine(1, 1),
                new RandomSource(40, SmallTraining.LANES, 3).breaking(_ -> true))
            .build()) {
      trainer.load(snapshot);
      assertEquals(9, trainer.skippedUpdates());
      assertThrows(DivergedException.class, trainer::update);
    }
  }

  @Test
  void whatStandsBetweenSweepAndUpdateDoesSoInItsOrder() {
    var seen = new ArrayList<String>();
    var norms = new ArrayList<Double>();
    var source = new RandomSource(8, SmallTraining.LANES, 3);
    try (var trainer =
        training
            .trainer(training.engine(2, 2), source)
            .beforeUpdate(
                update -> {
                  seen.add("first " + update.number());
                  for (int i = 0; i < update.gradient().values().length; i++) {
                    update.gradient().values()[i] *= 1000;
                  }
                  update.gradientChanged();
                })
            .clipping(Clipping.byNorm(0.5))
            .beforeUpdate(
                update -> {
                  seen.add("then " + update.number());
                  norms.add(Clipping.none().apply(update.gradient()));
                })
            .build()) {
      Progress progress = trainer.update();
      assertNotNull(progress);
      assertTrue(progress.gradientNorm() > 1, "before clipping");
      assertNotNull(trainer.update());
    }
    assertEquals(List.of("first 1", "then 1", "first 2", "then 2"), seen);
    assertEquals(0.5, norms.getFirst(), 1e-6);
  }

  /** Each clipping goes by what the one before has left; what is reported is from before all. */
  @ParameterizedTest
  @MethodSource
  void clipsWhatIsLeft(Clipping first, double left) {
    var norms = new ArrayList<Double>();
    var source = new RandomSource(8, SmallTraining.LANES, 3);
    try (var trainer =
        training
            .trainer(training.engine(2, 2), source)
            .clipping(first)
            .clipping(Clipping.byNorm(1e-3))
            .clipping(Clipping.byNorm(1e-4))
            .beforeUpdate(update -> norms.add(Clipping.none().apply(update.gradient())))
            .build()) {
      Progress progress = trainer.update();
      assertNotNull(progress);
      assertTrue(progress.gradientNorm() > 1e-2, "before clipping");
    }
    assertEquals(left, norms.getFirst(), 1e-3 * left);
  }

  static Stream<Arguments> clipsWhatIsLeft() {
    return Stream.of(
        arguments(Clipping.none(), 1e-4),
        arguments(Clipping.byNorm(1e-2), 1e-4),
        arguments(Clipping.byValue(1e-2), 1e-4),
        arguments(Clipping.byNorm(1e-5), 1e-5));
  }

  @Test
  void aStageMaySkipAnUpdateWhichIsCountedAndIsNoDivergence() {
    var source = new RandomSource(80, SmallTraining.LANES, 3);
    try (var trainer =
        training.trainer(training.engine(2, 2), source).beforeUpdate(PendingUpdate::skip).build()) {
      var before = training.theta.values().clone();
      for (int update = 1; update <= 20; update++) {
        Progress progress = trainer.update();
        assertNotNull(progress);
        assertTrue(progress.skipped());
        assertTrue(Double.isFinite(progress.gradientNorm()));
      }
      assertEquals(20, trainer.skippedUpdates());
      assertArrayEquals(before, training.theta.values());
    }
  }

  /**
   * Two halves of the lanes in two processes, each of which takes the weighted mean of both: the
   * same updates as one process makes with all lanes, also where a half counts nothing.
   */
  @Test
  void aReductionMakesOneTrainingOfSeveral() {
    float[] start = training.theta.values().clone();
    double[] weights = {2, 0};
    var source = new RandomSource(4, SmallTraining.LANES, 3);
    float[] expected;
    double loss;
    try (var trainer = training.trainer(training.engine(2, 2), source).build()) {
      Progress progress = trainer.update();
      assertNotNull(progress);
      loss = progress.loss();
      expected = training.theta.values().clone();
    }
    System.arraycopy(start, 0, training.theta.values(), 0, start.length);
    var masked = new RandomSource(4, SmallTraining.LANES, 3).masking(_ -> true);
    var gradient = new float[start.length];
    try (var engine = training.engine(2, 2)) {
      var block = Block.allocate(2, SmallTraining.LANES, 2, 1);
      new RandomSource(4, SmallTraining.LANES, 3).read(block, 2);
      engine.forward(block);
      weights[0] = engine.sweep().weight();
      System.arraycopy(engine.gradient().values(), 0, gradient, 0, gradient.length);
    }
    try (var trainer =
        training
            .trainer(training.engine(2, 2), masked)
            .beforeUpdate(
                update -> {
                  assertEquals(weights[1], update.loss().weight());
                  System.arraycopy(gradient, 0, update.gradient().values(), 0, gradient.length);
                  update.reduced(new LossValue(loss, weights[0]));
                })
            .build()) {
      Progress progress = trainer.update();
      assertNotNull(progress);
      assertEquals(loss, progress.loss());
      assertEquals(weights[0], progress.weight());
    }
    assertArrayEquals(expected, training.theta.values());
  }
}
