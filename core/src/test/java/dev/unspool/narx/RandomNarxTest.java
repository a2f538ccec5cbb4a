// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.inference.Predictor;
import dev.unspool.lm.Sequence;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.network.Cell;
import dev.unspool.reference.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models of random shape against the equations, written out: in float64 as they are fitted, and in
 * float32 as a model of the engine. {@code -Dunspool.seed=N} runs one case, {@code
 * -Dunspool.cases=N} that many.
 */
class RandomNarxTest {
  static LongStream seeds() {
    return Seeds.of(60);
  }

  private static final class Case {
    private final SplitMix64 random;
    private final Narx narx;
    private final double[] theta;
    private final Sequence sequence;

    Case(long seed) {
      random = new SplitMix64(seed);
      var sizes = new ArrayList<Integer>();
      for (int l = random.nextInt(3); l >= 0; l--) {
        sizes.add(1 + random.nextInt(4));
      }
      // Those that the reference writes out once more.
      var cells = List.of(Cell.RNN_TANH, Cell.RNN_RELU, Cell.GRU, Cell.LSTM);
      int kind = random.nextInt(cells.size() + 3);
      var core =
          kind < cells.size()
              ? new NarxCore.Recurrent(cells.get(kind), sizes)
              : new NarxCore.Tanh(sizes);
      int inputs = random.nextInt(4);
      var outputDelays = delays(inputs == 0 ? 1 : 0, 1);
      narx =
          new Narx(
              new NarxSpec(
                  inputs,
                  1 + random.nextInt(3),
                  delays(outputDelays.isEmpty() ? 1 : 0, 0),
                  outputDelays,
                  random.nextBoolean() ? List.of() : delays(1, 1),
                  core));
      theta =
          Arrays.copyOf(
              narx.initialise(random).toDoubles(),
              narx.parameters().size() + narx.initialOutputs());
      for (int i = narx.parameters().size(); i < theta.length; i++) {
        theta[i] = random.nextDouble(-1, 1);
      }
      int steps = random.nextInt(40);
      sequence = Sequence.of(noise(steps * inputs), noise(steps * narx.outputs()), steps);
    }

    private List<Integer> delays(int least, int from) {
      var delays = new ArrayList<Integer>();
      for (int i = least + random.nextInt(3); i > 0; i--) {
        int delay = from + random.nextInt(5);
        if (!delays.contains(delay)) {
          delays.add(delay);
        }
      }
      return delays;
    }

    private double[] noise(int count) {
      double[] values = new double[count];
      Arrays.setAll(values, _ -> (float) random.nextDouble(-1, 1));
      return values;
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void simulatesAndPredictsAsWrittenOut(long seed) {
    var it = new Case(seed);
    for (var initial : InitialOutputs.values()) {
      String what = "seed %s, %s, %s".formatted(seed, it.narx.spec(), initial);
      assertArrayEquals(
          ReferenceNarx.run(it.narx, it.theta, it.sequence, initial, true),
          it.narx.simulate(it.theta, it.sequence, initial),
          1e-10,
          "simulated: " + what);
      assertArrayEquals(
          ReferenceNarx.run(it.narx, it.theta, it.sequence, initial, false),
          it.narx.predict(it.theta, it.sequence, initial),
          1e-10,
          "predicted: " + what);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void asAModelItDoesTheSameInFloat32(long seed) {
    var it = new Case(seed);
    String what = "seed %s, %s".formatted(seed, it.narx.spec());
    int steps = it.sequence.steps();
    int nu = it.narx.spec().inputs();
    int ny = it.narx.outputs();
    assertEquals(it.narx.closedLoop().parameters(), it.narx.openLoop().parameters());
    double[] u = nu == 0 ? new double[steps] : it.sequence.inputs();
    double[] both = new double[steps * (nu + ny)];
    for (int t = 0; t < steps; t++) {
      System.arraycopy(it.sequence.inputs(), t * nu, both, t * (nu + ny), nu);
      System.arraycopy(it.sequence.targets(), t * ny, both, t * (nu + ny) + nu, ny);
    }
    assertArrayEquals(
        it.narx.simulate(it.theta, it.sequence, InitialOutputs.ZERO),
        run(it.narx, it.theta, u, steps),
        1e-4,
        "closed loop, " + what);
    assertArrayEquals(
        it.narx.predict(it.theta, it.sequence, InitialOutputs.ZERO),
        run(it.narx.openLoop(), it.theta, both, steps),
        1e-4,
        "open loop, " + what);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aGuidedLoopIsOpenWhereItIsTold(long seed) {
    var it = new Case(seed);
    String what = "seed %s, %s".formatted(seed, it.narx.spec());
    assertEquals(it.narx.closedLoop().parameters(), it.narx.guidedLoop().parameters());
    int steps = it.sequence.steps();
    assertArrayEquals(
        it.narx.simulate(it.theta, it.sequence, InitialOutputs.ZERO),
        run(it.narx.guidedLoop(), it.theta, guided(it, 0), steps),
        1e-4,
        "never, " + what);
    assertArrayEquals(
        it.narx.predict(it.theta, it.sequence, InitialOutputs.ZERO),
        run(it.narx.guidedLoop(), it.theta, guided(it, steps), steps),
        1e-4,
        "always, " + what);
    var spec = it.narx.spec();
    if (spec.core() instanceof NarxCore.Tanh && spec.internalDelays().isEmpty()) {
      int first = Math.min(steps, spec.longestDelay()) * spec.outputs();
      double[] begun = run(it.narx.guidedLoop(), it.theta, guided(it, spec.longestDelay()), steps);
      double[] measured = it.narx.simulate(it.theta, it.sequence, InitialOutputs.MEASURED);
      assertArrayEquals(
          Arrays.copyOfRange(measured, first, measured.length),
          Arrays.copyOfRange(begun, first, begun.length),
          1e-4,
          "at first, " + what);
    }
  }

  /** Inputs of a guided loop that sees measured outputs at so many steps. */
  private static double[] guided(Case it, int open) {
    int nu = it.narx.spec().inputs();
    int ny = it.narx.outputs();
    int width = nu + 2 * ny;
    double[] x = new double[it.sequence.steps() * width];
    for (int t = 0; t < it.sequence.steps(); t++) {
      System.arraycopy(it.sequence.inputs(), t * nu, x, t * width, nu);
      System.arraycopy(it.sequence.targets(), t * ny, x, t * width + nu, ny);
      Arrays.fill(x, t * width + nu + ny, (t + 1) * width, t < open ? 1 : 0);
    }
    return x;
  }

  private static double[] run(Model model, double[] theta, double[] inputs, int steps) {
    var parameters = new Parameters(model.parameters());
    parameters.set(Arrays.copyOf(theta, parameters.values().length));
    float[] values = new float[inputs.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) inputs[i];
    }
    try (var predictor = new Predictor(model, parameters)) {
      float[] outputs = predictor.run(Steps.of(values, steps, 1, model.inputs())).values();
      double[] wide = new double[outputs.length];
      Arrays.setAll(wide, i -> outputs[i]);
      return wide;
    }
  }
}
