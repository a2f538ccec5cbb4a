// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.Block;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a training counts, reads and does, update by update. */
class TrainerTest {
  private final SmallTraining training = new SmallTraining();

  @Test
  void doesWhatALoopByHandDoes() {
    int k1 = 3;
    int length = 10;
    var parameters = training.theta.copy();
    var expected = new ArrayList<Double>();
    try (var engine = SmallTraining.engine(training.network, parameters, k1, 5).build();
        var source = new RandomSource(length, SmallTraining.LANES, 3)) {
      var adam = new Adam().bind(parameters);
      var block = Block.allocate(k1, SmallTraining.LANES, 2, 1);
      for (int epoch = 1; epoch <= 2; epoch++) {
        for (int left = length; left > 0; ) {
          int steps = source.read(block, engine.stepsToSweep());
          engine.forward(block.first(steps));
          left -= steps;
          if (engine.sweepIsDue() || left == 0) {
            expected.add(engine.sweep().value());
            adam.step(engine.gradient(), SmallTraining.RATE);
            engine.parametersChanged();
          }
        }
        source.rewind();
        engine.restart();
      }
    }
    try (var trainer =
        training
            .trainer(training.engine(k1, 5), new RandomSource(length, SmallTraining.LANES, 3))
            .epochs(2)
            .build()) {
      assertEquals(expected, SmallTraining.rest(trainer).stream().map(Progress::loss).toList());
    }
    assertArrayEquals(parameters.values(), training.theta.values());
  }

  @Test
  void countsExactly() {
    var rates = new ArrayList<String>();
    LearningRate rate =
        (update, epoch) -> {
          rates.add(update + "/" + epoch);
          return SmallTraining.RATE / epoch;
        };
    try (var trainer =
        training
            .trainer(training.engine(3, 2), new RandomSource(7, SmallTraining.LANES, 3))
            .learningRate(rate)
            .epochs(2)
            .build()) {
      var fractions = new ArrayList<Double>();
      var epochs = new ArrayList<Integer>();
      var all = new ArrayList<Progress>();
      for (Progress p = trainer.update(); p != null; p = trainer.update()) {
        all.add(p);
        epochs.add(trainer.epoch());
        fractions.add(trainer.epochFraction());
        assertEquals(p.update(), trainer.updates());
        assertEquals(p.steps(), trainer.steps());
      }
      assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L), all.stream().map(Progress::update).toList());
      assertEquals(List.of(3L, 6L, 7L, 10L, 13L, 14L), all.stream().map(Progress::steps).toList());
      assertEquals(List.of(1, 1, 1, 2, 2, 2), all.stream().map(Progress::epoch).toList());
      assertEquals(List.of("0/1", "1/1", "2/1", "3/2", "4/2", "5/2"), rates);
      assertEquals(SmallTraining.RATE / 2, all.getLast().rate());
      // The epoch is over with its last update, so that whoever validates knows.
      assertEquals(List.of(1, 1, 2, 2, 2, 3), epochs);
      assertEquals(List.of(3 / 7.0, 6 / 7.0, 0.0, 3 / 7.0, 6 / 7.0, 0.0), fractions);
      assertNull(trainer.update());
      assertEquals(6, trainer.updates());
      assertEquals(0, trainer.skippedUpdates());
    }
  }

  @Test
  void countsWhatTheMaskCounts() {
    var block = Block.allocate(3, SmallTraining.LANES, 2, 1);
    assertEquals(3, new RandomSource(3, SmallTraining.LANES, 8).read(block, 3));
    double weight = 0;
    for (float value : block.mask().values()) {
      weight += value;
    }
    try (var trainer =
        training
            .trainer(training.engine(3, 3), new RandomSource(3, SmallTraining.LANES, 8))
            .build()) {
      Progress progress = trainer.update();
      assertNotNull(progress);
      assertEquals(weight, progress.weight());
      assertTrue(progress.gradientNorm() > 0);
    }
  }

  /**
   * Loss, clipping and optimizer share the engine's threads; 17 000 parameters are several chunks.
   */
  @Test
  void threadsChangeNoBit() {
    var wide = new Network(NetworkSpec.of(Cell.LSTM, 2, 64, 1));
    float[][] found = new float[2][];
    for (int i = 0; i < found.length; i++) {
      var parameters = wide.initialise(new SplitMix64(5));
      var engine = SmallTraining.engine(wide, parameters, 3, 5).threads(1 + 2 * i).build();
      try (var trainer =
          training
              .trainer(engine, new RandomSource(30, SmallTraining.LANES, 3))
              .clipping(Clipping.byNorm(0.1))
              .build()) {
        for (int update = 0; update < 8; update++) {
          trainer.update();
        }
      }
      found[i] = parameters.values();
    }
    assertArrayEquals(found[0], found[1]);
  }

  @Test
  void withoutLimitItGoesOnAndOn() {
    try (var trainer =
        training
            .trainer(training.engine(2, 2), new RandomSource(4, SmallTraining.LANES, 3))
            .build()) {
      for (int update = 0; update < 40; update++) {
        assertNotNull(trainer.update());
      }
      assertEquals(21, trainer.epoch());
      assertEquals(80, trainer.steps());
    }
  }

  @Test
  void aSourceNeedNotKnowItsLength() {
    try (var known =
        training
            .trainer(training.engine(3, 5), new RandomSource(6, SmallTraining.LANES, 3))
            .epochs(2)
            .build()) {
      var start = training.theta.values().clone();
      var expected = SmallTraining.rest(known);
      System.arraycopy(start, 0, training.theta.values(), 0, start.length);
      var source = new RandomSource(6, SmallTraining.LANES, 3).withUnknownLength();
      try (var unknown = training.trainer(training.engine(3, 5), source).epochs(2).build()) {
        assertEquals(expected.size(), 4);
        assertEquals(expected.getFirst(), unknown.update());
        assertEquals(Double.NaN, unknown.epochFraction());
        assertEquals(expected.get(1), unknown.update());
        assertEquals(1, unknown.epoch(), "nobody has looked behind the last step yet");
        assertEquals(expected.subList(2, 4), SmallTraining.rest(unknown));
        assertEquals(3, unknown.epoch());
      }
    }
  }

  /** The engine begins anew with an epoch even if the source forgets to say so. */
  @Test
  void noStateAndNoGradientCrossTheEndOfAnEpoch() {
    var source = new RandomSource(5, SmallTraining.LANES, 3).withoutResets();
    try (var trainer =
        training
            .trainer(training.engine(5, 9), source)
            .learningRate(LearningRate.constant(0)) // both epochs at the same weights
            .epochs(2)
            .build()) {
      var both = SmallTraining.rest(trainer);
      assertEquals(both.get(0).loss(), both.get(1).loss());
      assertEquals(both.get(0).gradientNorm(), both.get(1).gradientNorm());
    }
  }

  @Test
  void sweepsThatCountNothingAreNoUpdates() {
    var source =
        new RandomSource(9, SmallTraining.LANES, 3).masking(step -> step / 3 == 1 || step / 3 == 5);
    try (var trainer = training.trainer(training.engine(3, 6), source).epochs(2).build()) {
      var all = SmallTraining.rest(trainer);
      assertEquals(List.of(1L, 2L, 3L, 4L), all.stream().map(Progress::update).toList());
      assertEquals(List.of(3L, 9L, 12L, 15L), all.stream().map(Progress::steps).toList());
      assertEquals(18, trainer.steps());
      assertEquals(3, trainer.epoch());
    }
  }

  /** Also where nobody who goes on in the midst of it has seen those that did. */
  @Test
  void anEpochOfWhichTheFirstStepsCountIsNoneThatCountsNothing() {
    for (boolean lengthKnown : new boolean[] {true, false}) {
      var snapshot = new Snapshot();
      try (var trainer = firstStepsCount(lengthKnown)) {
        assertNotNull(trainer.update());
        trainer.save(snapshot);
        assertNull(trainer.update());
      }
      try (var resumed = firstStepsCount(lengthKnown)) {
        resumed.load(snapshot);
        assertNull(resumed.update());
      }
    }
  }

  private Trainer firstStepsCount(boolean lengthKnown) {
    var source = new RandomSource(9, SmallTraining.LANES, 3).masking(step -> step >= 3);
    return training
        .trainer(training.engine(3, 6), lengthKnown ? source : source.withUnknownLength())
        .epochs(1)
        .build();
  }

  @Test
  void aLaterEpochThatCountsNothingIsRefusedToo() {
    var source = new RandomSource(6, SmallTraining.LANES, 3).masking(step -> step >= 6);
    try (var trainer = training.trainer(training.engine(3, 6), source).epochs(2).build()) {
      assertNotNull(trainer.update());
      assertNotNull(trainer.update());
      SmallTraining.assertSays(
          assertThrows(IllegalStateException.class, trainer::update),
          "no step of the whole epoch 2 counts");
    }
  }

  @Test
  void lanesOfTheDataMayBeHeldIfThoseOfTheEngineMay() {
    var source = new RandomSource(20, SmallTraining.LANES, 3).holding();
    try (var together = training.engine(3, 6)) {
      SmallTraining.assertSays(
          assertThrows(
              IllegalArgumentException.class, () -> training.trainer(together, source).build()),
          "build it with holds()");
    }
    var builder = SmallTraining.engine(training.network, training.theta, 3, 6).holds();
    try (var trainer = training.trainer(builder.build(), source).epochs(30).build()) {
      var losses = SmallTraining.rest(trainer).stream().mapToDouble(Progress::loss).toArray();
      double first = Arrays.stream(losses).limit(7).average().orElseThrow();
      double last = Arrays.stream(losses).skip(losses.length - 7).average().orElseThrow();
      assertTrue(last < first / 2, first + ", then " + last);
    }
  }

  @Test
  void dataThatCountsNothingIsNotReadForEver() {
    var source = new RandomSource(9, SmallTraining.LANES, 3).masking(_ -> true);
    try (var trainer = training.trainer(training.engine(3, 6), source).build()) {
      SmallTraining.assertSays(
          assertThrows(IllegalStateException.class, trainer::update), "mask is 0");
    }
    var once = new RandomSource(9, SmallTraining.LANES, 3).masking(_ -> true);
    try (var trainer = training.trainer(training.engine(3, 6), once).epochs(1).build()) {
      SmallTraining.assertSays(
          assertThrows(IllegalStateException.class, trainer::update),
          "no step of the whole epoch 1 counts");
    }
    try (var trainer =
        training
            .trainer(training.engine(3, 6), new RandomSource(0, SmallTraining.LANES, 3))
            .build()) {
      SmallTraining.assertSays(
          assertThrows(IllegalStateException.class, trainer::update), "no steps");
    }
  }
}
