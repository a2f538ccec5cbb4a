// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;

/** What the contracts of tapes share: data that depends on a seed only, and comparisons. */
final class Tapes {
  static final int LANES = 2;

  private Tapes() {}

  static TapeOptions options(int capacity, int window, WeightPolicy policy) {
    return TapeOptions.training(LANES, capacity)
        .withOutputWindow(window)
        .withWeightPolicy(policy)
        .withSensitivities();
  }

  static Tape open(Model model, Parameters theta, int capacity) {
    return model.open(theta, options(capacity, capacity, WeightPolicy.AS_APPLIED));
  }

  static Adjoint sweep(Model model, Tape tape, int depth, Steps seed) {
    var adjoint =
        new Adjoint(
            seed,
            new Gradient(model.parameters()),
            new Sensitivities(model, depth, tape.options().lanes()));
    tape.backward(depth, adjoint);
    return adjoint;
  }

  static Sensitivities sensitivities(Adjoint adjoint) {
    Sensitivities sensitivities = adjoint.sensitivities();
    if (sensitivities == null) {
      throw new AssertionError("swept without sensitivities");
    }
    return sensitivities;
  }

  static double forwardFrom(Model model, Parameters theta, State state, Steps x, Steps seed) {
    try (Tape tape = open(model, theta, x.steps())) {
      tape.restore(state);
      tape.forward(x);
      return dot(seed, tape.outputs(seed.steps()));
    }
  }

  static Steps inputs(Model model, int steps, int lanes, long seed) {
    return random(steps, lanes, model.inputs(), seed);
  }

  static Steps seed(Model model, int steps, int lanes, long seed) {
    return random(steps, lanes, model.outputs(), ~seed);
  }

  static Steps random(int steps, int lanes, int features, long seed) {
    var block = Steps.allocate(steps, lanes, features);
    var random = new SplitMix64(seed * 7919);
    for (int i = 0; i < block.size(); i++) {
      block.values()[i] = (float) random.nextDouble(-1, 1);
    }
    return block;
  }

  static LaneEvents someEvents(int steps, long seed) {
    var resets = new LaneEvents(steps, LANES);
    var random = new SplitMix64(seed * 31);
    for (int t = 0; t < steps; t++) {
      for (int lane = 0; lane < LANES; lane++) {
        resets.set(t, lane, random.nextInt(4) == 0);
      }
    }
    return resets;
  }

  static State randomState(Model model, long seed) {
    var state = new State(model.state(), LANES);
    var random = new SplitMix64(seed);
    for (var array : model.state().arrays()) {
      float[] values = state.array(array.name());
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-0.8, 0.8);
      }
    }
    return state;
  }

  static Snapshot copyOf(State state) {
    var snapshot = new Snapshot();
    state.save(snapshot);
    return snapshot;
  }

  /** As if it had been on disk: shares no array with the tape that was saved. */
  static Snapshot deepCopy(Snapshot snapshot) {
    var copy = new Snapshot();
    snapshot
        .entries()
        .forEach(
            (name, entry) -> {
              switch (entry) {
                case Snapshot.Floats(float[] values) -> copy.put(name, values.clone());
                case Snapshot.Doubles(double[] values) -> copy.put(name, values.clone());
                case Snapshot.Longs(long[] values) -> copy.put(name, values.clone());
              }
            });
    return copy;
  }

  static void change(Parameters theta, long seed) {
    var random = new SplitMix64(seed);
    for (int i = 0; i < theta.values().length; i++) {
      theta.values()[i] += (float) random.nextDouble(-0.1, 0.1);
    }
  }

  static float[] direction(ParameterLayout layout, ParameterLayout.Slice slice, long seed) {
    float[] direction = new float[layout.size()];
    var random = new SplitMix64(seed);
    for (int i = slice.offset(); i < slice.end(); i++) {
      direction[i] = random.nextBoolean() ? 1 : -1;
    }
    return direction;
  }

  static Parameters moved(Parameters theta, float[] direction, double epsilon) {
    Parameters moved = theta.copy();
    for (int i = 0; i < direction.length; i++) {
      moved.values()[i] += (float) epsilon * direction[i];
    }
    return moved;
  }

  /** A function of one number. */
  interface Function {
    double at(double epsilon);
  }

  /** The derivative at 0 of a function computed in float32: five points, a wide step. */
  static double central(Function function) {
    double step = 0x1p-6;
    double near = function.at(step) - function.at(-step);
    double far = function.at(2 * step) - function.at(-2 * step);
    return (8 * near - far) / (12 * step);
  }

  static void assertDerivative(double expected, double found, String what) {
    assertEquals(expected, found, 2e-3 * Math.max(0.1, Math.abs(expected)), "∂L/∂" + what);
  }

  static float[] lane(Steps steps, int t, int lane) {
    int from = steps.at(t) + lane * steps.features();
    return Arrays.copyOfRange(steps.values(), from, from + steps.features());
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  static double dot(Steps a, Steps b) {
    return dot(a.copy().values(), b.copy().values());
  }

  static double norm(float[] values) {
    return Math.sqrt(dot(values, values));
  }

  static void assertClose(float[] expected, float[] found, double tolerance, String what) {
    assertEquals(expected.length, found.length, what);
    float[] difference = new float[expected.length];
    for (int i = 0; i < expected.length; i++) {
      difference[i] = found[i] - expected[i];
    }
    assertTrue(
        norm(difference) <= tolerance * norm(expected),
        () ->
            "%s: expected %s, found %s"
                .formatted(what, Arrays.toString(expected), Arrays.toString(found)));
  }

  static void assertEqual(State expected, State found) {
    for (var array : expected.layout().arrays()) {
      assertArrayEquals(expected.array(array.name()), found.array(array.name()), array.name());
    }
  }
}
