// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unspool.cell.Lstm;
import dev.unspool.model.SplitMix64;
import dev.unspool.program.Detach;
import dev.unspool.program.DoubleRun;
import dev.unspool.program.Graph;
import dev.unspool.program.InterpretedLoop;
import dev.unspool.program.Program;
import dev.unspool.program.compile.LoopCompiler;
import dev.unspool.reference.Seeds;
import dev.unspool.sequence.Beginning;
import dev.unspool.sequence.SequenceJacobian;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole sequences in float64: forward accumulation against going backwards, initial states that are
 * parameters of a sequence, central differences, and compiled loops against interpreted ones, all
 * on random programs. {@code -Dunspool.seed=N} runs one case, {@code -Dunspool.cases=N} that many.
 */
class SequenceDerivativesTest {
  static LongStream seeds() {
    return Seeds.of(100);
  }

  /** A random program, its parameters, and a sequence. */
  private static final class Case {
    final Program program;
    final double[] theta;
    final double[] inputs;
    final int steps;
    final int outputs;
    final Beginning beginning;
    final int states;
    final SequenceJacobian simulation;

    Case(long seed, int steps) {
      var random = new SplitMix64(seed + 7);
      var written = RandomProgram.of(random);
      this.program = Program.of(written.program().recording());
      this.steps = steps;
      this.outputs = program.output().width();
      states = program.states().stream().mapToInt(state -> state.width()).sum();
      inputs = new double[steps * program.input().width()];
      Arrays.setAll(
          inputs,
          _ ->
              written.classes() > 0
                  ? random.nextInt(written.classes())
                  : Math.clamp(random.nextGaussian(), -2, 2));
      int parameters = program.parameters().size();
      int[] estimated = new int[states];
      double[] state = new double[states];
      int columns = parameters;
      boolean given = random.nextBoolean() && states > 0;
      for (int i = 0; i < states && given; i++) {
        state[i] = written.classes() > 0 ? 0 : random.nextDouble(-0.5, 0.5);
        estimated[i] = written.classes() > 0 || random.nextInt(3) == 0 ? -1 : columns++;
      }
      beginning = given ? Beginning.estimated(state, estimated) : Beginning.own();
      theta = new double[columns];
      float[] initial = written.program().initialise(random).values();
      for (int i = 0; i < columns; i++) {
        theta[i] = i < parameters ? initial[i] : random.nextDouble(-0.5, 0.5);
      }
      simulation = new SequenceJacobian(program, columns, 1, false);
    }

    double[][] jacobian(int depth, boolean sensitivities) {
      var engine = new SequenceJacobian(program, theta.length, depth, sensitivities);
      engine.parameters(theta);
      double[][] rows = new double[steps][];
      engine.differentiate(
          beginning,
          inputs,
          steps,
          t -> t % 5 == 4,
          (t, _, jacobian, _, _) -> {
            rows[(int) t] = jacobian.clone();
            Arrays.fill(jacobian, Double.NaN); // which is allowed
          });
      return rows;
    }

    double[] outputs(double[] at) {
      simulation.parameters(at);
      double[] y = new double[steps * outputs];
      simulation.simulate(beginning, inputs, steps, y);
      return y;
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void forwardAccumulationAgreesWithGoingBackwards(long seed) {
    var c = new Case(seed, 90);
    double[][] either = c.jacobian(Integer.MAX_VALUE, false);
    double[][] backwards = c.jacobian(Integer.MAX_VALUE, true);
    for (int t = 4; t < c.steps; t += 5) {
      close(backwards[t], either[t], 1e-9, "seed " + seed + ", step " + t);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void initialStatesThatAreParameters(long seed) {
    var c = new Case(seed, 12);
    var engine = new SequenceJacobian(c.program, c.theta.length, Integer.MAX_VALUE, true);
    engine.parameters(c.theta);
    int[] estimated = c.beginning.estimated();
    engine.differentiate(
        c.beginning,
        c.inputs,
        c.steps,
        _ -> true,
        (t, _, jacobian, wanted, row) -> {
          for (int o = 0; o < c.outputs; o++) {
            int at = 0;
            for (int s = 0; s < c.program.states().size(); s++) {
              for (int j = 0; j < c.program.states().get(s).width(); j++, at++) {
                if (estimated.length > 0 && estimated[at] >= 0) {
                  double expected = wanted[o].state(s, j, row);
                  double found = jacobian[o * c.theta.length + estimated[at]];
                  assertEquals(expected, found, 1e-12 * (1 + Math.abs(expected)));
                }
              }
            }
          }
        });
  }

  /** But for what is cut from differentiation, and where a bend is near. */
  @ParameterizedTest
  @MethodSource("seeds")
  void centralDifferences(long seed) {
    var c = new Case(seed, 10);
    if (c.program.graph().nodes().stream().anyMatch(node -> node.op() instanceof Detach)) {
      return;
    }
    double[][] rows = c.jacobian(Integer.MAX_VALUE, false);
    double[] here = c.outputs(c.theta);
    for (int p = 0; p < c.theta.length; p++) {
      double[] above = c.theta.clone();
      double[] below = c.theta.clone();
      above[p] += 1e-5;
      below[p] -= 1e-5;
      double[] high = c.outputs(above);
      double[] low = c.outputs(below);
      for (int t = 4; t < c.steps; t += 5) {
        for (int o = 0; o < c.outputs; o++) {
          int at = t * c.outputs + o;
          double right = (high[at] - here[at]) / 1e-5;
          double left = (here[at] - low[at]) / 1e-5;
          double found = rows[t][o * c.theta.length + p];
          if (Math.abs(right - left) < 1e-3 * (1 + Math.abs(found))) {
            double allowed = 1e-6 * (1 + Math.abs(found));
            assertEquals((right + left) / 2, found, allowed, "seed " + seed + ", parameter " + p);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void compiledLoopsAgreeWithInterpretedOnes(long seed) {
    var c = new Case(seed, 40);
    var program = c.program.withoutDropout();
    double[][] found = new double[2][c.steps * c.outputs];
    for (int k = 0; k < 2; k++) {
      var run =
          new DoubleRun(
              program,
              new Graph(program.graph()),
              List.of(program.output()),
              k == 0 ? c.steps : 7,
              k == 0 ? InterpretedLoop::new : LoopCompiler::compileDouble);
      run.parameters(c.theta);
      run.begin();
      int some = k == 0 ? c.steps : 7;
      for (int t = 0; t < c.steps; t += some) {
        int count = Math.min(some, c.steps - t);
        run.run(c.inputs, t * program.input().width(), count);
        run.read(program.output(), found[k], t * c.outputs, count);
      }
    }
    close(found[0], found[1], 1e-12, "seed " + seed);
  }

  /** Few units are computed number by number; the same among others that do nothing are not. */
  @Test
  void fewUnitsComputeWhatManyDo() {
    int few = 3;
    int many = 7;
    var small = network(few);
    var large = network(many);
    var random = new SplitMix64(5);
    double[] theta = new double[small.parameters().size()];
    Arrays.setAll(theta, _ -> random.nextDouble(-1, 1));
    double[] wide = new double[large.parameters().size()];
    for (var slice : small.parameters().slices()) {
      var into = large.parameters().slice(slice.name());
      int rows = slice.shape().size() == 1 ? 1 : slice.shape().getFirst();
      int columns = slice.shape().getLast();
      for (int i = 0; i < rows * columns; i++) {
        int at = i / columns * into.shape().getLast() + i % columns;
        wide[into.offset() + at] = theta[slice.offset() + i];
      }
    }
    int steps = 150;
    double[] inputs = new double[steps];
    Arrays.setAll(inputs, _ -> random.nextGaussian());
    double[][] found = new double[2][steps];
    for (int k = 0; k < 2; k++) {
      var program = Program.of((k == 0 ? small : large).recording());
      var engine = new SequenceJacobian(program, program.parameters().size(), 1, false);
      engine.parameters(k == 0 ? theta : wide);
      engine.simulate(Beginning.own(), inputs, steps, found[k]);
    }
    close(found[1], found[0], 1e-12, "3 units, and the same among 7");
  }

  private static StepProgram network(int units) {
    return StepProgram.of(
        1,
        (s, x) -> {
          Signal before = s.state("y", 1);
          Signal h = s.state("h", units);
          Signal sum = s.linear("w", "b", s.join(x, before), units);
          Signal next = sum.plus(s.linear("u", "c", h, units)).tanh();
          Signal y = s.linear("v", "d", next.times(next.plus(0.5)), 1);
          s.next(h, next);
          return s.next(before, y.tanh());
        });
  }

  /** So many lags that they are not all held at once. */
  @Test
  void inPieces() {
    var model = StepProgram.of(1, (s, x) -> s.linear("w", "b", new Lstm().write(s, x, 64), 1));
    RandomGenerator random = new SplitMix64(3);
    float[] values = model.initialise(random).values();
    double[] theta = new double[values.length];
    Arrays.setAll(theta, i -> values[i]);
    int steps = 2400;
    double[] inputs = new double[steps];
    Arrays.setAll(inputs, _ -> random.nextGaussian());
    double[][] rows = new double[2][];
    for (int k = 0; k < 2; k++) {
      var engine =
          new SequenceJacobian(model.recording(), theta.length, k == 0 ? steps : 300, false);
      engine.parameters(theta);
      int which = k;
      engine.differentiate(
          Beginning.own(),
          inputs,
          steps,
          t -> t == steps - 1,
          (_, _, jacobian, _, _) -> rows[which] = jacobian.clone());
    }
    close(rows[1], rows[0], 1e-10, "2400 lags and 300, behind which nothing is left");
  }

  @Test
  void refusesWhatDoesNotFit() {
    var program = StepProgram.of(1, (s, x) -> s.linear("w", "b", x, 1)).recording();
    assertThrows(IllegalArgumentException.class, () -> new SequenceJacobian(program, 2, 0, false));
    assertThrows(IllegalArgumentException.class, () -> new SequenceJacobian(program, 1, 1, false));
    assertThrows(
        IllegalArgumentException.class,
        () -> new SequenceJacobian(program, 2, 1, false).parameters(new double[3]));
    assertThrows(
        IllegalArgumentException.class, () -> Beginning.estimated(new double[2], new int[1]));
  }

  private static void close(double[] expected, double[] actual, double tolerance, String what) {
    assertEquals(expected.length, actual.length, what);
    double scale = 1;
    for (double value : expected) {
      if (!Double.isFinite(value)) {
        return;
      }
      scale = Math.max(scale, Math.abs(value));
    }
    assertArrayEquals(expected, actual, tolerance * scale, what);
  }
}
