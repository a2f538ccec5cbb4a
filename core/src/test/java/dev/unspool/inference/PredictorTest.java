// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PredictorTest {
  private static final int STEPS = 12;
  private static final int LANES = 3;
  private static final int INPUTS = 2;

  private static Network network(Cell cell) {
    return new Network(
        NetworkSpec.of(cell, INPUTS, 5, 2)
            .withLayers(2)
            .withDropout(0.5f)
            .withLearnedInitialState());
  }

  private static Parameters theta(Network network) {
    var random = new SplitMix64(11);
    var theta = network.initialise(random);
    for (var slice : network.parameters().slices()) {
      if (slice.name().startsWith("initial.")) {
        for (int i = slice.offset(); i < slice.end(); i++) {
          theta.values()[i] = random.nextFloat(-1, 1);
        }
      }
    }
    return theta;
  }

  private static Steps inputs(long seed) {
    var inputs = Steps.allocate(STEPS, LANES, INPUTS);
    var random = new SplitMix64(seed);
    for (int i = 0; i < inputs.size(); i++) {
      inputs.values()[i] = random.nextFloat(-1, 1);
    }
    return inputs;
  }

  private static float[] step(Steps steps, int t) {
    return steps.view(t, t + 1).copy().values();
  }

  private static float[] lane(Steps steps, int t, int lane) {
    int from = steps.at(t) + lane * steps.features();
    return Arrays.copyOfRange(steps.values(), from, from + steps.features());
  }

  /** Steps one by one are the block that a tape runs at once, without dropout. */
  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void carriesItsState(Cell cell) {
    var network = network(cell);
    var theta = theta(network);
    var inputs = inputs(1);
    var options = TapeOptions.inference(LANES).withCapacity(STEPS).withOutputWindow(STEPS);
    try (var tape = network.open(theta, options);
        var stepwise = new Predictor(network, theta, LANES);
        var all = new Predictor(network, theta, LANES)) {
      tape.forward(inputs);
      var expected = tape.outputs(STEPS);
      var outputs = new float[STEPS][];
      for (int t = 0; t < STEPS; t++) {
        outputs[t] = stepwise.step(step(inputs, t));
      }
      var run = all.run(inputs);
      for (int t = 0; t < STEPS; t++) {
        assertArrayEquals(step(expected, t), outputs[t], 1e-6f, "step " + t);
        assertArrayEquals(outputs[t], step(run, t), "step " + t);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cell#builtIn")
  void goesBackToAState(Cell cell) {
    var network = network(cell);
    var theta = theta(network);
    var inputs = inputs(1);
    try (var predictor = new Predictor(network, theta, LANES)) {
      predictor.run(inputs.view(0, 5));
      var state = predictor.state();
      var expected = predictor.run(inputs.view(5, STEPS));
      var stored = new Snapshot();
      state.save(stored);

      predictor.restore(state);
      assertArrayEquals(expected.values(), predictor.run(inputs.view(5, STEPS)).values());

      var loaded = new State(network.state(), LANES);
      loaded.load(stored);
      try (var other = new Predictor(network, theta, LANES)) {
        other.restore(loaded);
        assertArrayEquals(expected.values(), other.run(inputs.view(5, STEPS)).values());
      }
    }
  }

  @Test
  void theStateIsACopy() {
    var network = network(Cell.LSTM);
    var inputs = inputs(1);
    try (var predictor = new Predictor(network, theta(network), LANES)) {
      predictor.run(inputs.view(0, 5));
      var state = predictor.state();
      float[] before = state.array("layer1.c").clone();
      var expected = predictor.run(inputs.view(5, 6)).values();
      assertArrayEquals(before, state.array("layer1.c"));
      predictor.restore(state);
      Arrays.fill(state.array("layer1.c"), Float.NaN);
      assertArrayEquals(expected, predictor.run(inputs.view(5, 6)).values());
    }
  }

  @Test
  void beginsAtTheInitialState() {
    var network = network(Cell.LSTM);
    var theta = theta(network);
    try (var predictor = new Predictor(network, theta, LANES)) {
      float[] h = predictor.state().array("layer0.h");
      for (int lane = 0; lane < LANES; lane++) {
        assertArrayEquals(
            theta.get("initial.layer0.h"), Arrays.copyOfRange(h, 5 * lane, 5 * lane + 5));
      }
    }
  }

  @Test
  void resetsOneLane() {
    var network = network(Cell.LSTM);
    var theta = theta(network);
    var inputs = inputs(1);
    try (var predictor = new Predictor(network, theta, LANES);
        var undisturbed = new Predictor(network, theta, LANES);
        var fresh = new Predictor(network, theta, LANES)) {
      predictor.run(inputs.view(0, 5));
      predictor.reset(1);
      var outputs = predictor.run(inputs.view(5, STEPS));
      var goingOn = undisturbed.run(inputs).view(5, STEPS);
      var beginning = fresh.run(inputs.view(5, STEPS));
      for (int t = 0; t < outputs.steps(); t++) {
        assertArrayEquals(lane(goingOn, t, 0), lane(outputs, t, 0));
        assertArrayEquals(lane(beginning, t, 1), lane(outputs, t, 1));
        assertArrayEquals(lane(goingOn, t, 2), lane(outputs, t, 2));
      }
      predictor.reset();
      assertArrayEquals(beginning.values(), predictor.run(inputs.view(5, STEPS)).values());
      assertThrows(IllegalArgumentException.class, () -> predictor.reset(LANES));
    }
  }

  @Test
  void seesChangedParameters() {
    var network = network(Cell.GRU);
    var theta = theta(network);
    var inputs = inputs(1);
    try (var predictor = new Predictor(network, theta, LANES)) {
      float[] before = predictor.step(step(inputs, 0));
      for (int i = 0; i < theta.values().length; i++) {
        theta.values()[i] *= 2;
      }
      predictor.parametersChanged();
      predictor.reset();
      float[] after = predictor.step(step(inputs, 0));
      assertTrue(!Arrays.equals(before, after));
      try (var fresh = new Predictor(network, theta, LANES)) {
        assertArrayEquals(fresh.step(step(inputs, 0)), after);
      }
    }
  }

  @Test
  void oneModelServesManyThreads() throws Exception {
    var network = network(Cell.LSTM);
    var theta = theta(network);
    try (var threads = Executors.newFixedThreadPool(4)) {
      var results = new ArrayList<Future<float[]>>();
      for (int i = 0; i < 16; i++) {
        long seed = i / 2;
        Callable<float[]> run =
            () -> {
              try (var predictor = new Predictor(network, theta, LANES)) {
                float[] last = new float[0];
                for (int again = 0; again < 20; again++) {
                  last = predictor.run(inputs(seed)).values();
                }
                return last;
              }
            };
        results.add(threads.submit(run));
      }
      for (int i = 0; i < results.size(); i += 2) {
        assertArrayEquals(results.get(i).get(), results.get(i + 1).get());
      }
    }
  }

  @Test
  void refusesWrongShapes() {
    var network = network(Cell.LSTM);
    try (var predictor = new Predictor(network, theta(network), LANES)) {
      assertSays(() -> predictor.step(1, 2), "3 lanes × 2 inputs, found 2 values");
      assertSays(() -> predictor.run(Steps.allocate(4, LANES, 3)), "3 features");
      assertSays(() -> predictor.run(Steps.allocate(4, 2, INPUTS)), "2 lanes");
      assertEquals(0, predictor.run(Steps.allocate(0, LANES, INPUTS)).steps());
    }
    try (var one = new Predictor(network, theta(network))) {
      assertEquals(1, one.lanes());
      assertEquals(2, one.step(0, 0).length);
    }
  }

  private static void assertSays(Runnable run, String part) {
    var e = assertThrows(IllegalArgumentException.class, run::run);
    assertTrue(e.toString().contains(part), e.toString());
  }
}
