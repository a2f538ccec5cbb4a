// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.Block;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Gradient;
import dev.unspool.model.Parameters;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.reference.SquaredError;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The corners of TBPTT(k1, k2), one by one, as the table in docs/architecture.md lists them. */
class TbpttTest {
  private static final int LANES = 2;

  private final Network network = new Network(NetworkSpec.of(Cell.LSTM, 2, 4, 1).withLayers(2));
  private final Parameters theta = network.initialise(new SplitMix64(1));

  private Tbptt engine(int k1, int k2, LossAt lossAt, WeightPolicy policy) {
    return Tbptt.builder(network, theta)
        .truncation(new Truncation(k1, k2, lossAt))
        .loss(new SquaredError())
        .lanes(LANES)
        .weightPolicy(policy)
        .sensitivities()
        .build();
  }

  private Tbptt engine(int k1, int k2, LossAt lossAt) {
    return engine(k1, k2, lossAt, WeightPolicy.AS_APPLIED);
  }

  private static Block block(int steps, long seed) {
    var block = Block.allocate(steps, LANES, 2, 1);
    var random = new SplitMix64(seed * 31);
    for (var part : new Steps[] {block.inputs(), block.targets()}) {
      for (int i = 0; i < part.size(); i++) {
        part.values()[i] = (float) random.nextDouble(-1, 1);
      }
    }
    return block;
  }

  private void update(Tbptt engine) {
    for (int i = 0; i < theta.values().length; i++) {
      theta.values()[i] -= 0.5f * engine.gradient().values()[i];
    }
    engine.parametersChanged();
  }

  private static float[] gradient(Tbptt engine) {
    return engine.gradient().values().clone();
  }

  @Test
  void aSweepIsAsDeepAsThereAreSteps() {
    var engine = engine(2, 5, LossAt.EVERY);
    int[] depths = new int[5];
    for (int i = 0; i < depths.length; i++) {
      engine.forward(block(2, i));
      depths[i] = engine.depth();
      engine.sweep();
    }
    assertArrayEquals(new int[] {2, 4, 5, 5, 5}, depths);
    engine.restart();
    assertEquals(0, engine.depth());
  }

  @Test
  void theLastIncompleteK1IsSweptLikeAShorterOne() {
    var long5 = engine(5, 4, LossAt.EVERY);
    var long2 = engine(2, 4, LossAt.EVERY);
    Block block = block(2, 1);
    long5.forward(block);
    long2.forward(block);
    assertFalse(long5.sweepIsDue());
    assertEquals(long2.sweep(), long5.sweep());
    assertArrayEquals(gradient(long2), gradient(long5));
    assertEquals(5, long5.stepsToSweep());
  }

  @Test
  void lossesOlderThanK2CountAndGiveNoGradient() {
    Block block = block(4, 1);
    Block other = block(4, 1);
    other.targets().set(0, 0, 0, 50);
    other.targets().set(1, 1, 0, 50);
    var first = engine(4, 2, LossAt.EVERY);
    var second = engine(4, 2, LossAt.EVERY);
    first.forward(block);
    second.forward(other);
    assertTrue(second.sweep().value() > first.sweep().value() + 100);
    assertArrayEquals(gradient(first), gradient(second));
    other.targets().set(2, 0, 0, 50);
    second.restart();
    second.forward(other);
    second.sweep();
    assertFalse(Arrays.equals(gradient(first), gradient(second)));
  }

  @Test
  void lossAtTheLastStepReadsNoOther() {
    Block block = block(3, 1);
    Block other = block(3, 1);
    other.targets().set(1, 0, 0, 50);
    other.mask().set(0, 0, 0, 0);
    var first = engine(3, 3, LossAt.LAST);
    var second = engine(3, 3, LossAt.LAST);
    first.forward(block);
    second.forward(other);
    LossValue read = first.sweep();
    assertEquals(read, second.sweep());
    assertArrayEquals(gradient(first), gradient(second));
    assertEquals(LANES, read.weight());
  }

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void aStepCountsInSeveralLossesWithWhatItsOutputWasOrUnderReplayIsNow(WeightPolicy policy) {
    var engine = engine(1, 4, LossAt.last(3), policy);
    var outputs = Steps.allocate(3, LANES, 1);
    var targets = Steps.allocate(3, LANES, 1);
    var mask = Steps.allocate(3, LANES, 1);
    mask.fill(1);
    for (int t = 0; t < 3; t++) {
      Block block = block(1, t);
      engine.forward(block);
      targets.view(t, t + 1).set(block.targets());
      outputs.view(t, t + 1).set(engine.outputs(1));
      if (t < 2) {
        engine.sweep();
        update(engine);
      }
    }
    if (policy == WeightPolicy.REPLAY) {
      var fresh = network.open(theta, TapeOptions.training(LANES, 4).withOutputWindow(3));
      for (int t = 0; t < 3; t++) {
        fresh.forward(block(1, t).inputs());
      }
      outputs.set(fresh.outputs(3));
    }
    LossValue expected =
        new SquaredError().evaluate(outputs, targets, mask, Steps.allocate(3, LANES, 1));
    LossValue found = engine.sweep();
    assertEquals(expected.value(), found.value(), 1e-9);
    assertEquals(3 * LANES, found.weight());
  }

  @Test
  void aLossWindowLongerThanTheStreamReadsWhatThereIs() {
    var engine = engine(2, 3, LossAt.last(7));
    double[] weights = new double[5];
    for (int i = 0; i < weights.length; i++) {
      engine.forward(block(2, i));
      weights[i] = engine.sweep().weight() / LANES;
    }
    assertArrayEquals(new double[] {2, 4, 6, 7, 7}, weights);
    engine.restart();
    engine.forward(block(1, 9));
    assertEquals(LANES, engine.sweep().weight());
  }

  @Test
  void outputsOlderThanK2AreConstants() {
    var first = engine(1, 2, LossAt.last(4));
    var second = engine(1, 2, LossAt.last(4));
    double difference = 0;
    for (int t = 0; t < 4; t++) {
      Block block = block(1, t);
      first.forward(block);
      if (t < 2) {
        block.targets().set(0, 0, 0, 50);
      }
      second.forward(block);
      difference = second.sweep().value() - first.sweep().value();
    }
    assertTrue(difference > 100);
    assertArrayEquals(gradient(first), gradient(second));
  }

  @Test
  void whereALaneBeginsItsGradientEnds() {
    var engine = engine(4, 4, LossAt.LAST);
    Block block = block(4, 1);
    block.events().set(2, 1, true);
    engine.forward(block);
    var sensitivities = new Sensitivities(network, 4, LANES);
    engine.sweep(sensitivities);
    assertEquals(0, sensitivities.inputs().get(1, 1, 0));
    assertNotEquals(0, sensitivities.inputs().get(1, 0, 0));
    assertNotEquals(0, sensitivities.inputs().get(2, 1, 0));
  }

  @Test
  void currentIsAsAppliedIfK1IsAtLeastK2() {
    float[] start = theta.values().clone();
    float[][] found = new float[2][];
    WeightPolicy[] policies = {WeightPolicy.AS_APPLIED, WeightPolicy.CURRENT};
    for (int i = 0; i < 2; i++) {
      System.arraycopy(start, 0, theta.values(), 0, start.length);
      var engine = engine(4, 3, LossAt.EVERY, policies[i]);
      for (int round = 0; round < 3; round++) {
        engine.forward(block(1, round));
        engine.forward(block(3, round + 50));
        engine.sweep();
        found[i] = gradient(engine);
        update(engine);
      }
    }
    assertArrayEquals(found[0], found[1]);
  }

  /** Also where the next window holds no step of before: its state comes from there. */
  @Test
  void replayTakesTheStateOnIfK1IsAtLeastK2() {
    var engine = engine(4, 3, LossAt.EVERY, WeightPolicy.REPLAY);
    assertEquals(WeightPolicy.REPLAY, engine.weightPolicy());
    engine.forward(block(4, 1));
    engine.sweep();
    update(engine);
    var fresh = engine(4, 3, LossAt.EVERY, WeightPolicy.AS_APPLIED);
    fresh.forward(block(4, 1));
    assertState(fresh, engine);
    fresh.sweep();
    engine.forward(block(4, 2));
    fresh.forward(block(4, 2));
    assertState(fresh, engine);
    assertEquals(fresh.sweep(), engine.sweep());
    assertArrayEquals(gradient(fresh), gradient(engine));
  }

  private static void assertState(Tbptt expected, Tbptt found) {
    for (var array : expected.state().layout().arrays()) {
      assertArrayEquals(
          expected.state().array(array.name()), found.state().array(array.name()), array.name());
    }
  }

  @Test
  void aMaskOfZerosGivesNoGradientButAdvances() {
    var engine = engine(2, 4, LossAt.EVERY);
    Block block = block(2, 1);
    block.mask().fill(0);
    engine.forward(block);
    assertEquals(new LossValue(0, 0), engine.sweep());
    assertArrayEquals(new Gradient(network.parameters()).values(), gradient(engine));
    assertEquals(2, engine.stepsToSweep());
  }

  @Test
  void restartBeginsEveryLaneAnew() {
    var engine = engine(2, 6, LossAt.EVERY);
    engine.forward(block(2, 1));
    LossValue expected = engine.sweep();
    float[] gradient = gradient(engine);
    engine.forward(block(1, 2));
    engine.restart();
    assertEquals(0, engine.stepsSinceSweep());
    engine.forward(block(2, 1));
    assertEquals(expected, engine.sweep());
    assertArrayEquals(gradient, gradient(engine));
  }

  @Test
  void restartFromAStateGoesOnAsAConstant() {
    var whole = engine(2, 2, LossAt.EVERY);
    whole.forward(block(2, 1));
    whole.sweep();
    var other = engine(2, 2, LossAt.EVERY);
    other.restart(whole.state());
    whole.forward(block(2, 2));
    other.forward(block(2, 2));
    assertEquals(whole.sweep(), other.sweep());
    assertArrayEquals(gradient(whole), gradient(other));
  }

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void resumingIsBitIdenticalAtEveryMoment(WeightPolicy policy) {
    float[] start = theta.values().clone();
    double expected = train(policy, -1);
    float[] trained = theta.values().clone();
    for (int stop = 0; stop < 3 * 9; stop++) {
      System.arraycopy(start, 0, theta.values(), 0, start.length);
      assertEquals(expected, train(policy, stop), "stopped at moment " + stop);
      assertArrayEquals(trained, theta.values());
    }
  }

  /** Nine updates with overlapping windows; a new engine takes over at one of 27 moments. */
  private double train(WeightPolicy policy, int stop) {
    var engine = engine(2, 5, LossAt.last(4), policy);
    double sum = 0;
    for (int moment = 0; moment < 3 * 9; moment++) {
      if (moment == stop) {
        var snapshot = new Snapshot();
        engine.save(snapshot);
        engine.close();
        engine = engine(2, 5, LossAt.last(4), policy);
        engine.load(snapshot);
      }
      if (moment % 3 < 2) {
        engine.forward(block(1, moment));
      } else {
        sum += engine.sweep().value();
        update(engine);
      }
    }
    return sum;
  }

  // ---- what is refused ----------------------------------------------------------------------

  @Test
  void wrongBlocksChangeNothing() {
    var engine = engine(3, 4, LossAt.EVERY);
    engine.forward(block(1, 1));
    refused(() -> engine.forward(block(3, 1)), "3 steps", "due in 2", "k1 = 3");
    refused(() -> engine.forward(Block.allocate(1, LANES, 2, 2)), "2 features", "1 target");
    refused(() -> engine.forward(Block.allocate(1, LANES, 3, 1)), "3 features", "2 features");
    refused(() -> engine.forward(Block.allocate(1, 3, 2, 1)), "3 lanes", "2 lanes");
    assertEquals(1, engine.stepsSinceSweep());
    assertEquals(1, engine.depth());
  }

  @Test
  void aSweepNeedsAStepSinceTheLastOne() {
    var engine = engine(3, 4, LossAt.EVERY);
    refused(IllegalStateException.class, engine::sweep, "no step");
    engine.forward(block(1, 1));
    engine.sweep();
    refused(IllegalStateException.class, engine::sweep, "no step");
  }

  @Test
  void checkpointsOfOtherTruncationsAreRefused() {
    var engine = engine(6, 9, LossAt.EVERY);
    engine.forward(block(6, 1));
    engine.sweep();
    engine.forward(block(4, 1));
    var snapshot = new Snapshot();
    engine.save(snapshot);
    refused(() -> engine(3, 9, LossAt.EVERY).load(snapshot), "4 steps", "k1 = 3");
    refused(() -> engine(6, 9, LossAt.last(3)).load(snapshot), "6 steps", "at most 3");
    refused(() -> engine(6, 4, LossAt.EVERY).load(snapshot), "9 steps", "room for 6");
    refused(() -> engine(6, 9, LossAt.EVERY).load(new Snapshot()), "stepsSinceSweep");
  }

  @Test
  void truncationsAreChecked() {
    refused(() -> new Truncation(0, 3), "k1 = 0", "k2 = 3");
    refused(() -> new Truncation(2, 0), "k1 = 2", "k2 = 0");
    refused(() -> new Truncation(2, -1), "k2 = -1");
    refused(() -> LossAt.last(0), "at least 1", "0");
    assertEquals(new Truncation(2, 3, LossAt.EVERY), new Truncation(2, 3));
  }

  @Test
  void anEngineNeedsATruncationAndALoss() {
    var builder = Tbptt.builder(network, theta);
    refused(
        IllegalStateException.class, () -> builder.loss(new SquaredError()).build(), "truncation");
    refused(
        IllegalArgumentException.class,
        () -> builder.truncation(1, 2).lanes(0).build(),
        "lanes",
        "0");
    refused(
        IllegalArgumentException.class,
        () -> builder.truncation(1, Integer.MAX_VALUE).lanes(1).build(),
        "2147483647 steps",
        "shorter window");
  }
}
