// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.Block;
import dev.unspool.engine.Engine;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.LossValue;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Sgd;
import dev.unspool.reference.Parts;
import dev.unspool.step.Signal;
import dev.unspool.step.StepProgram;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RtrlTest {
  private static final double TOLERANCE = 1e-5;

  static Rtrl rtrl(StepProgram program, Parameters theta, int interval, int lanes) {
    return Rtrl.builder(program, theta)
        .interval(interval)
        .loss(new MeanSquaredError())
        .lanes(lanes)
        .build();
  }

  private static Tbptt full(
      StepProgram program, Parameters theta, int interval, int lanes, int length) {
    return Tbptt.builder(program, theta)
        .truncation(new Truncation(interval, length))
        .loss(new MeanSquaredError())
        .lanes(lanes)
        .build();
  }

  static Block stream(RandomGenerator random, StepProgram program, int lanes, int steps) {
    var block = Block.allocate(steps, lanes, program.inputs(), program.outputs());
    fill(block.inputs(), random);
    fill(block.targets(), random);
    for (int lane = 1; lane < lanes; lane++) { // the first one goes on from beginning to end
      for (int t = 0; t < steps; t++) {
        block.events().set(t, lane, random.nextInt(Math.max(4, steps / 3)) == 0);
      }
    }
    return block;
  }

  static void fill(Steps steps, RandomGenerator random) {
    for (int i = 0; i < steps.size(); i++) {
      steps.values()[i] = (float) random.nextGaussian();
    }
  }

  private static Block part(Block of, int from, int to) {
    return Parts.of(of, from, to);
  }

  /** Runs a stream, in blocks of at most that many steps, and yields the last loss. */
  private static LossValue run(Engine engine, Block stream, int most) {
    LossValue value = LossValue.NOTHING;
    for (int at = 0; at < stream.steps(); ) {
      int count = Math.min(Math.min(most, engine.stepsToSweep()), stream.steps() - at);
      engine.forward(part(stream, at, at + count));
      at += count;
      if (engine.sweepIsDue() || at == stream.steps()) {
        value = engine.sweep();
      }
    }
    return value;
  }

  private static void assertClose(
      ParameterLayout layout, List<String> names, Engine expected, Engine found, Object context) {
    for (String name : names) {
      var slice = layout.slice(name);
      double difference = 0;
      double norm = 0;
      for (int i = slice.offset(); i < slice.end(); i++) {
        double a = expected.gradient().values()[i];
        difference += Math.pow(found.gradient().values()[i] - a, 2);
        norm += a * a;
      }
      double error = Math.sqrt(difference);
      double allowed = TOLERANCE * Math.sqrt(norm) + 1e-30; // what has died away is less than that
      assertTrue(
          error <= allowed,
          () -> "∂L/∂%s is off by %s, allowed %s (%s)".formatted(name, error, allowed, context));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "LEAKY, 1, 1", "LEAKY, 2, 1", "LEAKY, 50, 3", "LEAKY, 5000, 1",
    "MINIMAL_GRU, 1, 3", "MINIMAL_GRU, 2, 7", "MINIMAL_GRU, 50, 7", "MINIMAL_GRU, 5000, 7",
    "ROTATION, 2, 1", "ROTATION, 50, 1", "ROTATION, 5000, 3"
  })
  void isBackpropagationThroughEverything(DiagonalCells cell, int length, int interval) {
    var random = new SplitMix64(length + interval);
    var program = cell.program(3, 17, 2);
    var theta = program.initialise(random);
    var stream = stream(random, program, 3, length);
    if (length > 1000) { // sweeps of thousands of steps take time
      Arrays.fill(stream.mask().values(), 0, 3 * (length - interval), 0);
    }
    try (var expected = full(program, theta, interval, 3, length);
        var found = rtrl(program, theta, interval, 3)) {
      assertEquals(List.of(), found.truncated());
      assertEquals(program.parameters().slices().size(), found.exact().size());
      assertEquals(
          run(expected, stream, interval).value(), run(found, stream, interval).value(), 1e-12);
      assertClose(program.parameters(), found.exact(), expected, found, cell);
    }
  }

  /** The cells that come with the library, in a network. */
  @ParameterizedTest
  @ValueSource(strings = {"mingru", "minlstm", "lru:least=0.9", "rtu", "rtu:form=nonlinear"})
  void isExactForTheCellsThatAreMadeForIt(String cell) {
    var random = new SplitMix64(8);
    var spec = NetworkSpec.of(Cell.named(cell), 3, 9, 2).withLearnedInitialState().withHead(4);
    var network = new Network(spec);
    var theta = network.initialise(random);
    var stream = stream(random, network.program(), 2, 400);
    try (var expected = full(network.program(), theta, 2, 2, 400);
        var found = rtrl(network.program(), theta, 2, 2)) {
      assertEquals(List.of(), found.truncated());
      run(expected, stream, 2);
      run(found, stream, 2);
      assertClose(network.parameters(), found.exact(), expected, found, cell);
    }
  }

  @Test
  void weightsThatChangeCountAsEachStepUsedThem() {
    var random = new SplitMix64(5);
    var program = DiagonalCells.MINIMAL_GRU.program(2, 6, 1);
    var theta = program.initialise(random);
    var copy = new Parameters(theta.layout(), theta.values().clone());
    var stream = stream(random, program, 2, 120);
    var optimizer = new Sgd().bind(theta);
    try (var expected = full(program, copy, 4, 2, 120);
        var found = rtrl(program, theta, 4, 2)) {
      for (int at = 0; at < stream.steps(); at += 4) {
        expected.forward(part(stream, at, at + 4));
        found.forward(part(stream, at, at + 4));
        assertEquals(expected.sweep().value(), found.sweep().value(), 1e-6);
        assertClose(program.parameters(), found.exact(), expected, found, "step " + at);
        optimizer.step(found.gradient(), 0.05);
        System.arraycopy(theta.values(), 0, copy.values(), 0, copy.values().length);
        found.parametersChanged();
        expected.parametersChanged();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(DiagonalCells.class)
  void ofTwoLayersTheUpperOneIsExact(DiagonalCells cell) {
    var random = new SplitMix64(11);
    var program = cell.twoLayers(2, 5, 2);
    var theta = program.initialise(random);
    var stream = stream(random, program, 2, 60);
    try (var expected = full(program, theta, 2, 2, 60);
        var found = rtrl(program, theta, 2, 2)) {
      assertTrue(found.exact().containsAll(List.of("out", "out_bias", "weight_l1")));
      assertTrue(found.truncated().stream().allMatch(name -> name.endsWith("_l0")));
      assertTrue(found.truncated().contains("weight_l0"));
      run(expected, stream, 2);
      run(found, stream, 2);
      assertClose(program.parameters(), found.exact(), expected, found, cell);
    }
  }

  /**
   * What is said of the layer below, written down: the state of the upper one is a constant where
   * the window of a sweep begins.
   */
  @ParameterizedTest
  @CsvSource({"1", "3", "7"})
  void ofTwoLayersTheLowerOneSeesTheUpperStateAsAConstantBeforeTheWindow(int interval) {
    var random = new SplitMix64(interval);
    int length = 42;
    var program = twoLeaky(false);
    var cut = twoLeaky(true);
    var theta = program.initialise(random);
    var stream = stream(random, program, 2, length);
    for (int i = 0; i < stream.inputs().size(); i += 3) {
      boolean beginsWindow = i / 6 == length - interval;
      stream.inputs().values()[i] = beginsWindow ? 1 : -1;
    }
    try (var expected =
            full(cut, new Parameters(cut.parameters(), theta.values()), interval, 2, length);
        var found = rtrl(program, theta, interval, 2)) {
      run(expected, stream, interval);
      run(found, stream, interval);
      assertEquals(List.of("weight_l0", "bias_l0"), found.truncated());
      assertClose(program.parameters(), found.truncated(), expected, found, interval);
    }
  }

  private static StepProgram twoLeaky(boolean withCut) {
    return StepProgram.of(
        3,
        (s, x) -> {
          Signal lower =
              s.layer(
                  0,
                  () -> {
                    Signal h = s.state("h", 4);
                    Signal in = s.linear("weight", "bias", x.slice(1, 2), 4);
                    return s.next(h, h.times(0.9).plus(in.tanh()));
                  });
          Signal upper =
              s.layer(
                  1,
                  () -> {
                    Signal h = s.state("h", 5);
                    Signal before = withCut ? x.slice(0, 1).ifPositive(h.detach(), h) : h;
                    Signal in = s.linear("weight", "bias", lower, 5);
                    return s.next(h, before.times(0.8).plus(in.sigmoid()));
                  });
          return s.linear("out", upper, 2).tanh();
        });
  }

  @Test
  void blocksAndThreadsMakeNoDifference() {
    var random = new SplitMix64(3);
    var program = DiagonalCells.ROTATION.program(130, 33, 2);
    var theta = program.initialise(random);
    var stream = stream(random, program, 3, 40);
    try (var one = rtrl(program, theta, 8, 3);
        var other =
            Rtrl.builder(program, theta)
                .interval(8)
                .loss(new MeanSquaredError())
                .lanes(3)
                .threads(3)
                .build()) {
      run(one, stream, 1);
      run(other, stream, 8);
      assertArrayEquals(one.gradient().values(), other.gradient().values());
    }
  }

  @Test
  void goesOnFromACheckpointAsIfNothingHadHappened() {
    var random = new SplitMix64(4);
    var program = DiagonalCells.LEAKY.program(3, 7, 2);
    var theta = program.initialise(random);
    var stream = stream(random, program, 2, 50);
    try (var engine = rtrl(program, theta, 5, 2);
        var resumed = rtrl(program, theta, 5, 2)) {
      run(engine, part(stream, 0, 20), 5);
      engine.forward(part(stream, 20, 23));
      var snapshot = new Snapshot();
      engine.save(snapshot);
      resumed.load(snapshot);
      assertEquals(3, resumed.stepsSinceSweep());
      assertEquals(
          run(engine, part(stream, 23, 50), 5).value(),
          run(resumed, part(stream, 23, 50), 2).value());
      assertArrayEquals(engine.gradient().values(), resumed.gradient().values());
      var again = new Snapshot();
      var both = new Snapshot();
      engine.save(again);
      resumed.save(both);
      assertArrayEquals(again.floats("tape.traces.0.of0"), both.floats("tape.traces.0.of0"));
    }
  }

  /** Of an input that has gone silent; whatever the blocks, and from whatever checkpoint. */
  @Test
  void tracesThatHaveDecayedAreZero() {
    var random = new SplitMix64(12);
    var program = DiagonalCells.MINIMAL_GRU.program(2, 19, 1);
    var theta = program.initialise(random);
    var stream = stream(random, program, 1, 4200);
    for (int t = 5; t < stream.steps(); t++) {
      stream.inputs().values()[2 * t + 1] = 0;
    }
    try (var one = rtrl(program, theta, 7, 1);
        var other = rtrl(program, theta, 7, 1);
        var resumed = rtrl(program, theta, 7, 1)) {
      int zeros = 0;
      for (int at = 0; at < stream.steps(); at += 70) {
        run(one, part(stream, at, at + 66), 1);
        run(other, part(stream, at, at + 66), 7);
        var snapshot = new Snapshot();
        one.save(snapshot);
        resumed.load(snapshot);
        for (var engine : List.of(one, other, resumed)) {
          run(engine, part(stream, at + 66, at + 70), 3);
        }
        assertArrayEquals(one.gradient().values(), other.gradient().values());
        assertArrayEquals(one.gradient().values(), resumed.gradient().values());
        zeros = 0;
        for (var entry : snapshot.entries().entrySet()) {
          if (entry.getKey().startsWith("tape.traces.")
              && entry.getValue() instanceof Snapshot.Floats(float[] values)) {
            for (float value : values) {
              assertTrue(value == 0 || Math.abs(value) >= Float.MIN_NORMAL, entry::getKey);
              zeros += value == 0 ? 1 : 0;
            }
          }
        }
      }
      assertEquals(38, zeros, "two gates of 19 units of the input that is silent");
    }
  }

  /** A loss at a few steps only, and one over more outputs than are new. */
  @ParameterizedTest
  @CsvSource({"5, 1", "2, 9", "3, 3"})
  void readsTheOutputsThatLossAtNames(int interval, int outputs) {
    var random = new SplitMix64(outputs);
    var program = DiagonalCells.MINIMAL_GRU.program(2, 5, 1);
    var theta = program.initialise(random);
    var stream = stream(random, program, 2, 45);
    var lossAt = LossAt.last(outputs);
    try (var expected =
            Tbptt.builder(program, theta)
                .truncation(new Truncation(interval, 45, lossAt))
                .loss(new MeanSquaredError())
                .lanes(2)
                .build();
        var found =
            Rtrl.builder(program, theta)
                .interval(interval)
                .lossAt(lossAt)
                .loss(new MeanSquaredError())
                .lanes(2)
                .build()) {
      assertEquals(run(expected, stream, 9).value(), run(found, stream, 9).value());
      assertClose(program.parameters(), found.exact(), expected, found, lossAt);
    }
  }

  /** Numbers that meet on the way are one number, for all units. */
  @Test
  void severalConstantsOnTheWayOfAState() {
    var random = new SplitMix64(9);
    var program =
        StepProgram.of(
            3,
            (s, x) -> {
              Signal h = s.state("h", 17);
              Signal next = h.times(0.9).times(0.8).plus(s.linear("w", "b", x, 17));
              return s.next(h, next.plus(next.times(0.5)).times(0.7));
            });
    var theta = program.initialise(random);
    var stream = stream(random, program, 2, 40);
    try (var expected = full(program, theta, 2, 2, 40);
        var found = rtrl(program, theta, 2, 2)) {
      assertEquals(List.of(), found.truncated());
      run(expected, stream, 2);
      run(found, stream, 2);
      assertClose(program.parameters(), found.exact(), expected, found, "constants");
    }
  }

  @Test
  void aStepWithoutRecurrenceNeedsNoTraces() {
    var random = new SplitMix64(6);
    var program =
        StepProgram.of(
            2, (s, x) -> s.linear("out", "bias", s.join(x, x.delay(1), x.delay(3)).tanh(), 2));
    var theta = program.initialise(random);
    var stream = stream(random, program, 2, 20);
    try (var expected = full(program, theta, 1, 2, 20);
        var found = rtrl(program, theta, 1, 2)) {
      assertEquals(0, found.traceValues());
      assertEquals(List.of("out", "bias"), found.exact());
      run(expected, stream, 1);
      run(found, stream, 1);
      assertClose(program.parameters(), found.exact(), expected, found, "taps");
    }
  }

  @Test
  void carriesANumberForEachParameterAndArrayOfTheState() {
    try (var engine =
        rtrl(
            DiagonalCells.ROTATION.program(4, 8, 1),
            new Parameters(DiagonalCells.ROTATION.program(4, 8, 1).parameters()),
            1,
            5)) {
      assertEquals(5 * 2 * (2 * 8 * 4 + 8 + 8), engine.traceValues());
    }
  }
}
