// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Model;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Tape;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/** What a training begins with and goes on from, and how it ends. */
class TrainerLifeTest {
  private final SmallTraining training = new SmallTraining();

  @Test
  void refusesTheSnapshotOfAnotherTraining() {
    var snapshot = new Snapshot();
    try (var trainer =
        training
            .trainer(training.engine(2, 2), new RandomSource(8, SmallTraining.LANES, 3))
            .build()) {
      trainer.update();
      trainer.save(snapshot);
    }
    var larger = new Network(NetworkSpec.of(Cell.LSTM, 2, 4, 1));
    var parameters = larger.initialise(new SplitMix64(5));
    var engine = SmallTraining.engine(larger, parameters, 2, 2).build();
    try (var trainer =
        training.trainer(engine, new RandomSource(8, SmallTraining.LANES, 3)).build()) {
      assertThrows(IllegalArgumentException.class, () -> trainer.load(snapshot));
      assertThrows(IllegalArgumentException.class, () -> trainer.load(new Snapshot()));
    }
  }

  @Test
  void closesEngineAndSource() {
    int[] closed = {0};
    var model = telling(training.network, () -> closed[0]++);
    var source = new RandomSource(4, SmallTraining.LANES, 3);
    var engine = SmallTraining.engine(model, training.theta, 2, 2).build();
    var trainer = training.trainer(engine, source).build();
    trainer.update();
    assertFalse(source.closed());
    trainer.close();
    assertTrue(source.closed());
    assertEquals(1, closed[0]);
  }

  @Test
  void whatIsClosedIsRefused() {
    var trainer =
        training
            .trainer(training.engine(2, 2), new RandomSource(8, SmallTraining.LANES, 3))
            .build();
    trainer.update();
    var snapshot = new Snapshot();
    trainer.save(snapshot);
    trainer.close();
    assertEquals(1, trainer.updates());
    String line = "this trainer is closed; build another one";
    SmallTraining.assertSays(assertThrows(IllegalStateException.class, trainer::update), line);
    SmallTraining.assertSays(
        assertThrows(IllegalStateException.class, () -> trainer.load(snapshot)), line);
    SmallTraining.assertSays(
        assertThrows(IllegalStateException.class, () -> trainer.save(new Snapshot())), line);
  }

  @Test
  void refusesWhatDoesNotFit() {
    var source = new RandomSource(4, SmallTraining.LANES + 1, 3);
    try (var engine = training.engine(2, 2)) {
      SmallTraining.assertSays(
          assertThrows(
              IllegalArgumentException.class, () -> training.trainer(engine, source).build()),
          "the data has 3 lanes, the engine 2");
      var fitting = new RandomSource(4, SmallTraining.LANES, 3);
      assertThrows(
          IllegalArgumentException.class, () -> training.trainer(engine, fitting).epochs(-1));
      assertThrows(IllegalStateException.class, () -> Trainer.builder(engine, fitting).build());
    }
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
