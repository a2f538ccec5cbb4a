// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.loss.LossValue;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Tape;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.tbptt.Tbptt;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static final int LANES = 2;
  private static final double RATE = 0.05;

  private final Network network = new Network(NetworkSpec.of(Cell.LSTM, 2, 3, 1));
  private final Parameters theta = network.initialise(new SplitMix64(5));

  private Tbptt engine(int k1, int k2) {
    return Tbptt.builder(network, theta)
        .truncation(k1, k2)
        .loss(new MeanSquaredError())
        .lanes(LANES)
        .build();
  }

  private Trainer.Builder trainer(Tbptt engine, BlockSource source) {
    return Trainer.builder(engine, source)
        .optimizer(new Adam())
        .learningRate(LearningRate.constant(RATE));
  }

  private static List<Progress> rest(Trainer trainer) {
    var all = new ArrayList<Progress>();
    for (Progress p = trainer.update(); p != null; p = trainer.update()) {
      all.add(p);
    }
    return all;
  }

  @Test
  void doesWhatALoopByHandDoes() {
    int k1 = 3;
    int length = 10;
    var parameters = theta.copy();
    var expected = new ArrayList<Double>();
    try (var engine =
            Tbptt.builder(network, parameters)
                .truncation(k1, 5)
                .loss(new MeanSquaredError())
                .lanes(LANES)
                .build();
        var source = new RandomSource(length, LANES, 3)) {
      var adam = new Adam().bind(parameters);
      var block = Block.allocate(k1, LANES, 2, 1);
      for (int epoch = 1; epoch <= 2; epoch++) {
        for (int left = length; left > 0; ) {
          int steps = source.read(block, engine.stepsToSweep());
          engine.forward(block.first(steps));
          left -= steps;
          if (engine.sweepIsDue() || left == 0) {
            expected.add(engine.sweep().value());
            adam.step(engine.gradient(), RATE);
            engine.parametersChanged();
          }
        }
        source.rewind();
        engine.restart();
      }
    }
    try (var trainer =
        trainer(engine(k1, 5), new RandomSource(length, LANES, 3)).epochs(2).build()) {
      assertEquals(expected, rest(trainer).stream().map(Progress::loss).toList());
    }
    assertArrayEquals(parameters.values(), theta.values());
  }

  @Test
  void countsExactly() {
    var rates = new ArrayList<String>();
    LearningRate rate =
        (update, epoch) -> {
          rates.add(update + "/" + epoch);
          return RATE / epoch;
        };
    try (var trainer =
        trainer(engine(3, 2), new RandomSource(7, LANES, 3)).learningRate(rate).epochs(2).build()) {
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
      assertEquals(RATE / 2, all.getLast().rate());
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
    var block = Block.allocate(3, LANES, 2, 1);
    assertEquals(3, new RandomSource(3, LANES, 8).read(block, 3));
    double weight = 0;
    for (float value : block.mask().values()) {
      weight += value;
    }
    try (var trainer = trainer(engine(3, 3), new RandomSource(3, LANES, 8)).build()) {
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
      var engine =
          Tbptt.builder(wide, parameters)
              .truncation(3, 5)
              .loss(new MeanSquaredError())
              .lanes(LANES)
              .threads(1 + 2 * i)
              .build();
      try (var trainer =
          trainer(engine, new RandomSource(30, LANES, 3)).clipping(Clipping.byNorm(0.1)).build()) {
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
    try (var trainer = trainer(engine(2, 2), new RandomSource(4, LANES, 3)).build()) {
      for (int update = 0; update < 40; update++) {
        assertNotNull(trainer.update());
      }
      assertEquals(21, trainer.epoch());
      assertEquals(80, trainer.steps());
    }
  }

  @Test
  void aSourceNeedNotKnowItsLength() {
    try (var known = trainer(engine(3, 5), new RandomSource(6, LANES, 3)).epochs(2).build()) {
      var start = theta.values().clone();
      var expected = rest(known);
      System.arraycopy(start, 0, theta.values(), 0, start.length);
      var source = new RandomSource(6, LANES, 3).withUnknownLength();
      try (var unknown = trainer(engine(3, 5), source).epochs(2).build()) {
        assertEquals(expected.size(), 4);
        assertEquals(expected.getFirst(), unknown.update());
        assertEquals(Double.NaN, unknown.epochFraction());
        assertEquals(expected.get(1), unknown.update());
        assertEquals(1, unknown.epoch(), "nobody has looked behind the last step yet");
        assertEquals(expected.subList(2, 4), rest(unknown));
        assertEquals(3, unknown.epoch());
      }
    }
  }

  /** The engine begins anew with an epoch even if the source forgets to say so. */
  @Test
  void noStateAndNoGradientCrossTheEndOfAnEpoch() {
    var source = new RandomSource(5, LANES, 3).withoutResets();
    try (var trainer =
        trainer(engine(5, 9), source)
            .learningRate(LearningRate.constant(0)) // both epochs at the same weights
            .epochs(2)
            .build()) {
      var both = rest(trainer);
      assertEquals(both.get(0).loss(), both.get(1).loss());
      assertEquals(both.get(0).gradientNorm(), both.get(1).gradientNorm());
    }
  }

  @Test
  void sweepsThatCountNothingAreNoUpdates() {
    var source = new RandomSource(9, LANES, 3).masking(step -> step / 3 == 1 || step / 3 == 5);
    try (var trainer = trainer(engine(3, 6), source).epochs(2).build()) {
      var all = rest(trainer);
      assertEquals(List.of(1L, 2L, 3L, 4L), all.stream().map(Progress::update).toList());
      assertEquals(List.of(3L, 9L, 12L, 15L), all.stream().map(Progress::steps).toList());
      assertEquals(18, trainer.steps());
      assertEquals(3, trainer.epoch());
    }
  }

  @Test
  void dataThatCountsNothingIsNotReadForEver() {
    var source = new RandomSource(9, LANES, 3).masking(_ -> true);
    try (var trainer = trainer(engine(3, 6), source).build()) {
      assertSays(assertThrows(IllegalStateException.class, trainer::update), "mask is 0");
    }
    var once = new RandomSource(9, LANES, 3).masking(_ -> true);
    try (var trainer = trainer(engine(3, 6), once).epochs(1).build()) {
      assertNull(trainer.update());
    }
    try (var trainer = trainer(engine(3, 6), new RandomSource(0, LANES, 3)).build()) {
      assertSays(assertThrows(IllegalStateException.class, trainer::update), "no steps");
    }
  }

  @Test
  void aGradientThatIsNotFiniteIsSkipped() {
    var source = new RandomSource(40, LANES, 3).breaking(step -> step == 2);
    try (var trainer = trainer(engine(2, 2), source).build()) {
      assertNotNull(trainer.update());
      var before = theta.values().clone();
      Progress skipped = trainer.update();
      assertNotNull(skipped);
      assertFalse(Double.isFinite(skipped.gradientNorm()));
      assertTrue(skipped.skipped());
      assertEquals(2, skipped.update());
      assertArrayEquals(before, theta.values());
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
    var source = new RandomSource(40, LANES, 3).breaking(step -> step % 10 != 0 || step > 30);
    try (var trainer = trainer(engine(1, 1), source).build()) {
      for (int update = 0; update < 40; update++) {
        assertNotNull(trainer.update());
      }
      var diverged = assertThrows(DivergedException.class, trainer::update);
      assertSays(diverged, "last 10 updates up to update 41");
      assertSays(diverged, "lower the learning rate or clip");
      assertEquals(41, diverged.update());
      assertEquals(37, trainer.skippedUpdates());
    }
  }

  /** What has been skipped in a row is not forgotten by a checkpoint. */
  @Test
  void tenInARowAcrossACheckpoint() {
    var snapshot = new Snapshot();
    try (var trainer =
        trainer(engine(1, 1), new RandomSource(40, LANES, 3).breaking(_ -> true)).build()) {
      for (int update = 0; update < 9; update++) {
        assertNotNull(trainer.update());
      }
      trainer.save(snapshot);
    }
    try (var trainer =
        trainer(engine(1, 1), new RandomSource(40, LANES, 3).breaking(_ -> true)).build()) {
      trainer.load(snapshot);
      assertEquals(9, trainer.skippedUpdates());
      assertThrows(DivergedException.class, trainer::update);
    }
  }

  @Test
  void whatStandsBetweenSweepAndUpdateDoesSoInItsOrder() {
    var seen = new ArrayList<String>();
    var norms = new ArrayList<Double>();
    var source = new RandomSource(8, LANES, 3);
    try (var trainer =
        trainer(engine(2, 2), source)
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

  @Test
  void aStageMaySkipAnUpdateWhichIsCountedAndIsNoDivergence() {
    var source = new RandomSource(80, LANES, 3);
    try (var trainer = trainer(engine(2, 2), source).beforeUpdate(PendingUpdate::skip).build()) {
      var before = theta.values().clone();
      for (int update = 1; update <= 20; update++) {
        Progress progress = trainer.update();
        assertNotNull(progress);
        assertTrue(progress.skipped());
        assertTrue(Double.isFinite(progress.gradientNorm()));
      }
      assertEquals(20, trainer.skippedUpdates());
      assertArrayEquals(before, theta.values());
    }
  }

  /**
   * Two halves of the lanes in two processes, each of which takes the weighted mean of both: the
   * same updates as one process makes with all lanes, also where a half counts nothing.
   */
  @Test
  void aReductionMakesOneTrainingOfSeveral() {
    float[] start = theta.values().clone();
    double[] weights = {2, 0};
    var source = new RandomSource(4, LANES, 3);
    float[] expected;
    double loss;
    try (var trainer = trainer(engine(2, 2), source).build()) {
      Progress progress = trainer.update();
      assertNotNull(progress);
      loss = progress.loss();
      expected = theta.values().clone();
    }
    System.arraycopy(start, 0, theta.values(), 0, start.length);
    var masked = new RandomSource(4, LANES, 3).masking(_ -> true);
    var gradient = new float[start.length];
    try (var engine = engine(2, 2)) {
      var block = Block.allocate(2, LANES, 2, 1);
      new RandomSource(4, LANES, 3).read(block, 2);
      engine.forward(block);
      weights[0] = engine.sweep().weight();
      System.arraycopy(engine.gradient().values(), 0, gradient, 0, gradient.length);
    }
    try (var trainer =
        trainer(engine(2, 2), masked)
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
    assertArrayEquals(expected, theta.values());
  }

  @Test
  void refusesTheSnapshotOfAnotherTraining() {
    var snapshot = new Snapshot();
    try (var trainer = trainer(engine(2, 2), new RandomSource(8, LANES, 3)).build()) {
      trainer.update();
      trainer.save(snapshot);
    }
    var larger = new Network(NetworkSpec.of(Cell.LSTM, 2, 4, 1));
    var parameters = larger.initialise(new SplitMix64(5));
    var engine =
        Tbptt.builder(larger, parameters)
            .truncation(2, 2)
            .loss(new MeanSquaredError())
            .lanes(LANES)
            .build();
    try (var trainer =
        Trainer.builder(engine, new RandomSource(8, LANES, 3))
            .optimizer(new Adam())
            .learningRate(LearningRate.constant(RATE))
            .build()) {
      assertThrows(IllegalArgumentException.class, () -> trainer.load(snapshot));
      assertThrows(IllegalArgumentException.class, () -> trainer.load(new Snapshot()));
    }
  }

  @Test
  void closesEngineAndSource() {
    int[] closed = {0};
    var model = telling(network, () -> closed[0]++);
    var source = new RandomSource(4, LANES, 3);
    var engine =
        Tbptt.builder(model, theta)
            .truncation(2, 2)
            .loss(new MeanSquaredError())
            .lanes(LANES)
            .build();
    var trainer = trainer(engine, source).build();
    trainer.update();
    assertFalse(source.closed());
    trainer.close();
    assertTrue(source.closed());
    assertEquals(1, closed[0]);
  }

  @Test
  void whatIsClosedIsRefused() {
    var trainer = trainer(engine(2, 2), new RandomSource(8, LANES, 3)).build();
    trainer.update();
    var snapshot = new Snapshot();
    trainer.save(snapshot);
    trainer.close();
    assertEquals(1, trainer.updates());
    String line = "this trainer is closed; build another one";
    assertSays(assertThrows(IllegalStateException.class, trainer::update), line);
    assertSays(assertThrows(IllegalStateException.class, () -> trainer.load(snapshot)), line);
    assertSays(assertThrows(IllegalStateException.class, () -> trainer.save(new Snapshot())), line);
  }

  @Test
  void refusesWhatDoesNotFit() {
    var source = new RandomSource(4, LANES + 1, 3);
    try (var engine = engine(2, 2)) {
      assertSays(
          assertThrows(IllegalArgumentException.class, () -> trainer(engine, source).build()),
          "the data has 3 lanes, the engine 2");
      var fitting = new RandomSource(4, LANES, 3);
      assertThrows(IllegalArgumentException.class, () -> trainer(engine, fitting).epochs(-1));
      assertThrows(IllegalStateException.class, () -> Trainer.builder(engine, fitting).build());
    }
  }

  private static void assertSays(Exception e, String part) {
    assertTrue(e.toString().contains(part), e.toString());
  }

  /** A model whose tapes tell when they are closed. */
  private static Model telling(Model model, Runnable closed) {
    return spy(
        Model.class,
        model,
        (name, result) ->
            result instanceof Tape tape
                ? spy(
                    Tape.class,
                    tape,
                    (call, value) -> {
                      if (call.equals("close")) {
                        closed.run();
                      }
                      return value;
                    })
                : result);
  }

  /**
   * Calls pass through; {@code after} sees each one's name and result, and may replace the latter.
   */
  private static <T> T spy(Class<T> type, T object, BinaryOperator<Object> after) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              try {
                return after.apply(method.getName(), method.invoke(object, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
