// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.reference.Parts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tapes with traces keep to what tapes promise, also in blocks that no engine feeds them. */
class TracedTapeTest {
  private static final int LANES = 2;

  private static Tape open(Model model, Parameters theta, int deepest, int capacity) {
    var options =
        TapeOptions.training(LANES, capacity)
            .withOutputWindow(deepest)
            .withWeightPolicy(WeightPolicy.AS_APPLIED);
    return Rtrl.tapes(model, theta, deepest).apply(options);
  }

  private static Network network() {
    return new Network(NetworkSpec.of(Cell.named("mingru"), 1, 2, 1));
  }

  private static Steps noise(SplitMix64 random, int steps, int features) {
    var noise = Steps.allocate(steps, LANES, features);
    for (int i = 0; i < noise.size(); i++) {
      noise.values()[i] = (float) random.nextDouble(-1, 1);
    }
    return noise;
  }

  private static float[] sweep(Tape tape, Model model, int depth, Steps seed) {
    var into = new Gradient(model.parameters());
    tape.backward(depth, new Adjoint(seed, into));
    return into.values();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 12, 24})
  void blocksOfAnyLengthGiveTheSameNumbers(int length) {
    for (int deepest = 1; deepest < 6; deepest++) {
      long seed = 100L * length + deepest;
      var random = new SplitMix64(seed);
      var model = network();
      var theta = model.initialise(random);
      String what = "seed %s, deepest %s, blocks of %s".formatted(seed, deepest, length);
      try (Tape one = open(model, theta, deepest, 6);
          Tape many = open(model, theta, deepest, 6)) {
        for (int from = 0; from < 48; from += length) {
          Steps x = noise(random, length, 1);
          var events = new LaneEvents(length, LANES);
          for (int t = 0; t < length; t++) {
            events.set(t, 1, random.nextInt(9) == 0); // the first lane goes on all the time
          }
          many.forward(x, events);
          for (int t = 0; t < length; t++) {
            one.forward(x.view(t, t + 1), Parts.of(events, t, t + 1));
          }
          assertEquals(one.held(), many.held(), what);
          int count = 1 + random.nextInt(one.held());
          Steps outputs = one.outputs(count).copy();
          assertArrayEquals(outputs.values(), many.outputs(count).copy().values(), 1e-6f, what);
          if (random.nextInt(3) > 0) { // else the traces take in what no sweep has been through
            Steps derivatives = noise(random, count, 1);
            assertArrayEquals(
                sweep(one, model, count, derivatives),
                sweep(many, model, count, derivatives),
                1e-5f,
                what);
          }
          if (random.nextBoolean()) {
            theta.values()[random.nextInt(theta.values().length)] += 0.1f;
            one.parametersChanged();
            many.parametersChanged();
          }
        }
      }
    }
  }

  @Test
  void aBlockOfWhichOnlyTheEndIsWrongChangesNothing() {
    var model = new Network(NetworkSpec.of(Cell.named("mingru"), new Input.Embedding(3, 2), 2, 1));
    var theta = model.initialise(new SplitMix64(1));
    try (Tape tape = open(model, theta, 2, 6)) {
      tape.forward(Steps.allocate(4, LANES, 1));
      float[] outputs = tape.outputs(2).copy().values();
      Steps wrong = Steps.allocate(15, LANES, 1);
      wrong.set(14, 0, 0, 3);
      refused(() -> tape.forward(wrong), "step 14", "class index from 0 to 2");
      assertEquals(2, tape.held());
      assertArrayEquals(outputs, tape.outputs(2).copy().values());
    }
  }

  @Test
  void sweepsAreNoDeeperThanWhatIsHeld() {
    var model = network();
    var theta = model.initialise(new SplitMix64(1));
    Tape tape = open(model, theta, 4, 8);
    tape.forward(noise(new SplitMix64(2), 6, 1));
    Steps seed = noise(new SplitMix64(3), 1, 1);
    refused(() -> sweep(tape, model, 5, seed), "depth 5", "the tape holds 4 steps");
    float[] expected = sweep(tape, model, 2, seed);
    refused(() -> sweep(tape, model, 4, seed), "depth 4", "the tape holds 2 steps");
    refused(() -> sweep(tape, model, 0, seed), "depth 0", "the tape holds 2 steps");
    assertArrayEquals(expected, sweep(tape, model, 2, seed), "a refused sweep changes nothing");
    tape.close();
    refused(IllegalStateException.class, () -> sweep(tape, model, 4, seed), "this tape is closed");
  }
}
