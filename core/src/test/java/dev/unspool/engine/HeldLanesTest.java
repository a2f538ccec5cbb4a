// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.loss.LossValue;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.loss.SoftmaxCrossEntropy;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.reference.Parts;
import dev.unspool.rtrl.Rtrl;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Engines some of whose lanes do not step: to the bit, where nothing may change a bit. */
class HeldLanesTest {
  private static final int LANES = 3;
  private static final int STEPS = 40;

  /** An engine, how it is made, and how many steps from one sweep to the next. */
  private enum Kind {
    APPLIED(1),
    REPLAY(2),
    CURRENT(3),
    TRACES(2);

    private final int k1;

    Kind(int k1) {
      this.k1 = k1;
    }

    Model model() {
      return new Network(NetworkSpec.of(Cell.named(this == TRACES ? "mingru" : "lstm"), 2, 5, 1));
    }

    TapeEngine open(Parameters theta, int lanes, int threads) {
      return this == TRACES
          ? Rtrl.builder(model(), theta)
              .interval(k1)
              .loss(new MeanSquaredError())
              .lanes(lanes)
              .threads(threads)
              .holds()
              .build()
          : Tbptt.builder(model(), theta)
              .truncation(k1, 4)
              .weightPolicy(
                  switch (this) {
                    case REPLAY -> WeightPolicy.REPLAY;
                    case CURRENT -> WeightPolicy.CURRENT;
                    default -> WeightPolicy.AS_APPLIED;
                  })
              .loss(new MeanSquaredError())
              .lanes(lanes)
              .threads(threads)
              .holds()
              .build();
    }
  }

  /** An engine and its weights, which every sweep changes in the same way. */
  private static final class Run {
    final Kind kind;
    final Parameters theta;
    TapeEngine engine;
    final List<float[]> gradients = new ArrayList<>();
    LossValue loss = LossValue.NOTHING;

    Run(Kind kind, int lanes, int threads) {
      this.kind = kind;
      this.theta = kind.model().initialise(new SplitMix64(1));
      this.engine = kind.open(theta, lanes, threads);
    }

    void forward(Block stream, int from, int to) {
      engine.forward(Parts.of(stream, from, to));
      if (engine.sweepIsDue()) {
        sweep();
        update();
      }
    }

    void sweep() {
      loss = engine.sweep();
      gradients.add(engine.gradient().values().clone());
    }

    void update() {
      for (int i = 0; i < theta.values().length; i++) {
        theta.values()[i] -= 0.1f * engine.gradient().values()[i];
      }
      engine.parametersChanged();
    }

    void goOnFromACheckpoint(int lanes) {
      var snapshot = new Snapshot();
      engine.save(snapshot);
      engine.close();
      engine = kind.open(theta, lanes, 1);
      engine.load(snapshot);
    }

    void assertSame(Run that) {
      assertEquals(that.gradients.size(), gradients.size());
      for (int i = 0; i < gradients.size(); i++) {
        assertArrayEquals(that.gradients.get(i), gradients.get(i), "sweep " + i);
      }
      assertArrayEquals(that.theta.values(), theta.values());
    }
  }

  private static Block stream(RandomGenerator random, int lanes) {
    var block = Block.allocate(STEPS, lanes, 2, 1);
    for (int i = 0; i < block.inputs().size(); i++) {
      block.inputs().values()[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < block.targets().size(); i++) {
      block.targets().values()[i] = (float) random.nextGaussian();
    }
    for (int t = 0; t < STEPS; t++) {
      for (int lane = 0; lane < lanes; lane++) {
        switch (random.nextInt(8)) {
          case 0 -> block.events().set(t, lane, true);
          case 1, 2, 3 -> block.events().hold(t, lane);
          default -> block.events().set(t, lane, false);
        }
      }
    }
    return block;
  }

  @ParameterizedTest
  @EnumSource
  void blocksThreadsAndStopsChangeNothing(Kind kind) {
    var stream = stream(new SplitMix64(kind.ordinal()), LANES);
    var whole = new Run(kind, LANES, 1);
    var single = new Run(kind, LANES, 3);
    var stopped = new Run(kind, LANES, 1);
    for (int t = 0; t + kind.k1 <= STEPS; t += kind.k1) {
      whole.forward(stream, t, t + kind.k1);
      for (int step = t; step < t + kind.k1; step++) {
        single.forward(stream, step, step + 1);
        stopped.forward(stream, step, step + 1);
        stopped.goOnFromACheckpoint(LANES);
      }
    }
    single.assertSame(whole);
    stopped.assertSame(whole);
  }

  /** What a lane gives does not depend on those beside it, nor on how long it was held. */
  @ParameterizedTest
  @EnumSource
  void aLaneThatIsHeldIsNotTouched(Kind kind) {
    var random = new SplitMix64(9);
    var alone = stream(random, 1);
    var beside = stream(random, 2);
    alone.events().clear();
    // Whatever is in the block of a lane that is held: it is not looked at.
    for (int t = 0; t < STEPS; t++) {
      if (t % (2 * kind.k1) >= kind.k1) {
        beside.events().hold(t, 0);
        Arrays.fill(beside.inputs().values(), t * 4, t * 4 + 2, Float.NaN);
        Arrays.fill(beside.targets().values(), t * 2, t * 2 + 1, Float.NaN);
        beside.mask().set(t, 0, 0, 0.7f);
      } else {
        beside.events().set(t, 0, false);
        for (int f = 0; f < 2; f++) {
          beside.inputs().set(t, 0, f, alone.inputs().get(t, 0, f));
        }
        beside.targets().set(t, 0, 0, alone.targets().get(t, 0, 0));
      }
      beside.events().hold(t, 1);
    }
    var expected = new Run(kind, 1, 1);
    var found = new Run(kind, 2, 1);
    for (int t = 0; t + 2 * kind.k1 <= STEPS; t += 2 * kind.k1) {
      expected.forward(alone, t, t + kind.k1);
      found.forward(beside, t, t + kind.k1);
      var before = found.engine.state();
      found.forward(beside, t + kind.k1, t + 2 * kind.k1);
      assertEquals(0, found.loss.weight());
      var after = found.engine.state();
      for (var array : before.layout().arrays()) {
        float[] state = before.array(array.name());
        assertArrayEquals(state, after.array(array.name()), array.name());
        assertArrayEquals(
            expected.engine.state().array(array.name()), Arrays.copyOf(state, array.size()));
      }
    }
    found.gradients.removeIf(HeldLanesTest::isFlat); // of the sweeps at which both were held
    found.assertSame(expected);
  }

  private static boolean isFlat(float[] gradient) {
    for (float value : gradient) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /** A sequence that leaves its lane to another one and comes back has been held. */
  @ParameterizedTest
  @EnumSource
  void aLaneThatLeavesAndComesBackWasHeld(Kind kind) {
    var random = new SplitMix64(4);
    var stream = stream(random, 2);
    var both = new Run(kind, 2, 1);
    var turns = new Run(kind, 1, 1);
    var away = new Snapshot[2];
    for (int lane = 0; lane < 2; lane++) {
      away[lane] = new Snapshot();
      turns.engine.saveLane(0, away[lane]);
    }
    for (int t = 0; t + kind.k1 <= STEPS; t += kind.k1) {
      int lane = random.nextInt(2);
      var mine = Block.allocate(STEPS, 1, 2, 1);
      for (int step = t; step < t + kind.k1; step++) {
        stream.events().set(step, lane, step % 7 == 0);
        stream.events().hold(step, 1 - lane);
        mine.events().set(step, 0, step % 7 == 0);
        mine.targets().set(step, 0, 0, stream.targets().get(step, lane, 0));
        for (int f = 0; f < 2; f++) {
          mine.inputs().set(step, 0, f, stream.inputs().get(step, lane, f));
        }
      }
      both.forward(stream, t, t + kind.k1);
      turns.engine.loadLane(0, away[lane]);
      turns.forward(mine, t, t + kind.k1);
      away[lane] = new Snapshot();
      turns.engine.saveLane(0, away[lane]);
    }
    turns.assertSame(both);
  }

  /** Stored when θ still is what the newest steps ran with, and back when it is not any more. */
  @ParameterizedTest
  @EnumSource
  void aLaneThatLeavesBeforeAnUpdateWasHeldToo(Kind kind) {
    var stream = stream(new SplitMix64(12), 2);
    stream.events().clear();
    for (int t = 2 * kind.k1; t < 4 * kind.k1; t++) {
      stream.events().hold(t, t < 3 * kind.k1 ? 0 : 1);
    }
    var held = new Run(kind, 2, 1);
    var away = new Run(kind, 2, 1);
    for (Run run : List.of(held, away)) {
      var snapshot = new Snapshot();
      run.forward(stream, 0, kind.k1);
      run.engine.forward(Parts.of(stream, kind.k1, 2 * kind.k1));
      run.sweep();
      if (run == away) {
        run.engine.saveLane(0, snapshot);
      }
      run.update();
      run.forward(stream, 2 * kind.k1, 3 * kind.k1);
      if (run == away) {
        run.engine.loadLane(0, snapshot);
      }
      run.forward(stream, 3 * kind.k1, 4 * kind.k1);
    }
    away.assertSame(held);
  }

  @Test
  void whatALossNeverReadsMayBeAnything() {
    var spec = NetworkSpec.of(Cell.GRU, new Input.OneHot(4), 3, 4);
    var network = new Network(spec);
    try (var engine =
        Tbptt.builder(network, network.initialise(new SplitMix64(2)))
            .truncation(new Truncation(2, 3, LossAt.last(3)))
            .loss(new SoftmaxCrossEntropy())
            .lanes(2)
            .holds()
            .build()) {
      assertTrue(engine.holds());
      var block = Block.allocate(2, 2, 1, 1);
      block.events().hold(0, 1);
      block.events().hold(1, 1);
      block.inputs().set(0, 1, 0, -7);
      block.targets().set(1, 1, 0, Float.NaN);
      engine.forward(block);
      assertEquals(2, engine.sweep().weight());
      assertEquals(2, engine.depth());
      assertEquals(0, engine.outputs(2).get(1, 1, 3));
      // The first lane may not step if the block is refused for the second.
      var state = engine.state();
      block.events().set(1, 1, false);
      block.inputs().set(1, 1, 0, 4);
      refused(() -> engine.forward(block), "4", "from 0 to 3");
      assertArrayEquals(state.array("layer0.h"), engine.state().array("layer0.h"));
      assertEquals(0, engine.stepsSinceSweep());
      // Nobody steps: nothing counts, and nothing is learned.
      block.events().hold(1, 1);
      block.events().hold(0, 0);
      block.events().hold(1, 0);
      engine.forward(block);
      assertEquals(1, engine.sweep().weight()); // the oldest of the last three steps
    }
  }

  @Test
  void lanesAreHeldWhereTheyMayBe() {
    var network = new Network(NetworkSpec.of(Cell.GRU, 2, 3, 1));
    var theta = network.initialise(new SplitMix64(2));
    try (var engine =
        Tbptt.builder(network, theta)
            .truncation(2, 3)
            .loss(new MeanSquaredError())
            .lanes(2)
            .build()) {
      assertFalse(engine.holds());
      var block = Block.allocate(2, 2, 2, 1);
      block.events().hold(1, 1);
      refused(() -> engine.forward(block), "holds a lane", "build the engine with holds()");
      engine.forward(Parts.of(block, 0, 1)); // where none is held
      assertEquals(1, engine.stepsSinceSweep());
      for (Runnable alone :
          List.<Runnable>of(
              () -> engine.restart(1, engine.state().lane(1)),
              () -> engine.saveLane(1, new Snapshot()),
              () -> engine.loadLane(1, new Snapshot()))) {
        refused(IllegalStateException.class, alone, "holds()");
      }
    }
  }

  @Test
  void whatOneLaneRefusesNoneHasRun() {
    var network = new Network(NetworkSpec.of(Cell.GRU, new Input.OneHot(3), 4, 1));
    var theta = network.initialise(new SplitMix64(2));
    try (var tape =
        LaneTapes.open(network, TapeOptions.training(2, 4), one -> network.open(theta, one))) {
      var inputs = Steps.allocate(2, 2, 1);
      inputs.set(1, 1, 0, 3);
      var events = new LaneEvents(2, 2);
      refused(() -> tape.forward(inputs, events), "lane 1", "class index from 0 to 2");
      assertEquals(0, tape.held());
      events.hold(1, 1); // then nobody looks at it
      tape.forward(inputs, events);
      assertEquals(2, tape.held());
    }
  }
}
