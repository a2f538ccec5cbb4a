// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.lm.LevenbergMarquardt;
import dev.unspool.lm.LinearSolver;
import dev.unspool.lm.Sequence;
import dev.unspool.lm.StopReason;
import dev.unspool.lm.StopRules;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fitting recurrent networks by Levenberg-Marquardt. */
class ModelResidualsTest {
  private static Network network(Cell cell, int hidden) {
    return new Network(NetworkSpec.of(cell, 1, hidden, 1));
  }

  private static double[] noise(int steps, long seed) {
    var random = new SplitMix64(seed);
    double[] values = new double[steps];
    Arrays.setAll(values, _ -> random.nextGaussian());
    return values;
  }

  /** Sequences of unequal length, with a masked and a weighted part, of a network's own making. */
  private static List<Sequence> made(Network by, double[] theta, int... lengths) {
    var sequences = new ArrayList<Sequence>();
    var simulator = new ModelResiduals(by, List.of(), JacobianRequest.UNTRUNCATED);
    for (int steps : lengths) {
      double[] inputs = noise(steps, steps);
      double[] targets = simulator.simulate(theta, inputs, steps);
      double[] weights = new double[steps];
      Arrays.fill(weights, 1);
      Arrays.fill(weights, steps / 2, steps / 2 + 5, 0);
      Arrays.fill(targets, steps / 2, steps / 2 + 5, 1e3); // must not matter
      Arrays.fill(weights, 0, 3, 2.5);
      sequences.add(new Sequence(inputs, targets, weights));
    }
    return sequences;
  }

  @ParameterizedTest
  @MethodSource("dev.unspool.network.Cells#plain")
  void findsANetworkThatMadeTheData(Cell cell) {
    var network = network(cell, 2);
    double[] truth = network.initialise(new SplitMix64(5)).toDoubles();
    var data = made(network, truth, 60, 45, 30);
    var random = new SplitMix64(6);
    double[] start = truth.clone();
    for (int p = 0; p < start.length; p++) {
      start[p] += 0.05 * random.nextGaussian();
    }
    for (int depth : new int[] {25, JacobianRequest.UNTRUNCATED}) {
      var problem = new ModelResiduals(network, data, depth);
      assertEquals(60 + 45 + 30 - 15, problem.count());
      var result = LevenbergMarquardt.with(StopRules.iterations(200)).fit(problem, start);
      assertTrue(result.rmse() < 1e-5, depth + ": " + result.rmse() + ", " + result.advice());
    }
  }

  @Test
  void solversAgreeOnARealJacobian() {
    var network = network(Cell.LSTM, 3);
    double[] truth = network.initialise(new SplitMix64(1)).toDoubles();
    double[] start = network.initialise(new SplitMix64(2)).toDoubles();
    var problem = new ModelResiduals(network, made(network, truth, 150), 20);
    double[] expected =
        LevenbergMarquardt.with(StopRules.iterations(3))
            .with(LinearSolver.CHOLESKY)
            .fit(problem, start)
            .theta();
    for (var solver : List.of(LinearSolver.QR, LinearSolver.LSMR)) {
      double[] found =
          LevenbergMarquardt.with(StopRules.iterations(3)).with(solver).fit(problem, start).theta();
      // LSMR stops at a tolerance of its own, and the two biases of a gate leave it a flat
      // direction.
      double relative = solver == LinearSolver.LSMR ? 1e-4 : 1e-5;
      for (int p = 0; p < found.length; p++) {
        double tolerance = relative * Math.max(1, Math.abs(expected[p]));
        assertEquals(expected[p], found[p], tolerance, solver + ", parameter " + p);
      }
    }
  }

  @Test
  void rowsAreTheDerivativesOfTheResiduals() {
    var network = network(Cell.GRU, 3);
    double[] theta = network.initialise(new SplitMix64(4)).toDoubles();
    var other = network.initialise(new SplitMix64(5)).toDoubles();
    var problem =
        new ModelResiduals(network, made(network, other, 20, 31), JacobianRequest.UNTRUNCATED);
    double[] above = new double[problem.count()];
    double[] below = new double[problem.count()];
    double[] here = new double[problem.count()];
    problem.evaluate(theta, here);
    for (int p = 0; p < theta.length; p++) {
      int parameter = p;
      double[] moved = theta.clone();
      moved[p] += 1e-5;
      problem.evaluate(moved, above);
      moved[p] -= 2e-5;
      problem.evaluate(moved, below);
      problem.linearise(
          theta,
          (i, residual, values, offset) -> {
            assertEquals(here[i], residual, 1e-12);
            assertEquals((above[i] - below[i]) / 2e-5, values[offset + parameter], 1e-6);
          });
    }
  }

  @Test
  void badDataIsAValueAndNotAnException() {
    var network = network(Cell.RNN_TANH, 2);
    double[] start = network.initialise(new SplitMix64(1)).toDoubles();
    double[] constant = new double[50];
    Arrays.fill(constant, 3);
    var problem =
        new ModelResiduals(network, List.of(Sequence.of(noise(50, 1), constant, 50, 0)), 10);
    var result = LevenbergMarquardt.with(StopRules.iterations(9)).fit(problem, start);
    assertEquals(StopReason.NOTHING_TO_FIT, result.reason());
    assertTrue(result.advice().contains("constant"), result.advice());
    assertArrayEquals(start, result.theta());
    var masked =
        new ModelResiduals(network, List.of(Sequence.of(noise(9, 1), noise(9, 2), 9, 9)), 10);
    assertTrue(
        LevenbergMarquardt.with(StopRules.iterations(9))
            .fit(masked, start)
            .advice()
            .contains("masked"));
    double[] broken = noise(50, 2);
    broken[7] = Double.POSITIVE_INFINITY;
    var holes = new ModelResiduals(network, List.of(Sequence.of(noise(50, 1), broken, 50, 0)), 10);
    assertTrue(
        LevenbergMarquardt.with(StopRules.iterations(9))
            .fit(holes, start)
            .advice()
            .contains("step 7"));
  }

  @Test
  @SuppressWarnings("ReferenceEquality") // one of two objects
  void namesTheValueThatIsNoNumber() {
    var network = new Network(NetworkSpec.of(Cell.RNN_TANH, 1, 2, 2));
    double[] start = network.initialise(new SplitMix64(1)).toDoubles();
    double[] second = noise(40, 2);
    second[2 * 7 + 1] = Double.NEGATIVE_INFINITY;
    double[] inputs = noise(20, 1);
    inputs[3] = Double.POSITIVE_INFINITY;
    var whole = Sequence.of(noise(20, 3), noise(40, 4), 20, 0);
    var target = Sequence.of(noise(20, 1), second, 20, 0);
    var input = Sequence.of(inputs, noise(40, 5), 20, 10);
    for (var broken : List.of(target, input)) {
      var result =
          LevenbergMarquardt.with(StopRules.iterations(9))
              .fit(new ModelResiduals(network, List.of(whole, broken), 10), start);
      assertEquals(StopReason.NOTHING_TO_FIT, result.reason());
      assertArrayEquals(start, result.theta());
      String where = broken == target ? "target 1 of step 7 of sequence 1" : "input 0 of step 3";
      assertTrue(result.advice().contains(where), result.advice());
    }
  }

  /** A target that is missing is as if its residual had been crossed out of the list. */
  @Test
  void aMissingTargetHasNoResidual() {
    var network = new Network(NetworkSpec.of(Cell.GRU, 1, 2, 2));
    double[] theta = network.initialise(new SplitMix64(3)).toDoubles();
    double[] inputs = noise(30, 1);
    double[] targets = noise(60, 2);
    double[] holed = targets.clone();
    var missing = new TreeSet<Integer>(List.of(9, 12, 13, 59));
    missing.forEach(at -> holed[at] = Double.NaN);
    var whole = new ModelResiduals(network, List.of(Sequence.of(inputs, targets, 30, 2)), 10);
    var some = new ModelResiduals(network, List.of(Sequence.of(inputs, holed, 30, 2)), 10);
    assertEquals(whole.count() - missing.size(), some.count());
    double[] all = new double[whole.count()];
    double[] fewer = new double[some.count()];
    whole.evaluate(theta, all);
    some.evaluate(theta, fewer);
    double[][] rows = new double[all.length][];
    whole.linearise(theta, (i, _, row, from) -> rows[i] = part(row, from, theta.length));
    var expected = new ArrayList<Integer>();
    for (int at = 4; at < 60; at++) {
      if (!missing.contains(at)) {
        expected.add(at - 4);
      }
    }
    some.linearise(
        theta,
        (i, residual, row, from) -> {
          int at = expected.get(i);
          assertEquals(all[at], fewer[i]);
          assertEquals(all[at], residual, 1e-15);
          assertArrayEquals(rows[at], part(row, from, theta.length));
        });
    var result = LevenbergMarquardt.with(StopRules.iterations(9)).fit(some, theta);
    assertTrue(result.rmse() < Math.sqrt(2 * sumOfSquares(fewer) / fewer.length));
  }

  private static double sumOfSquares(double[] values) {
    return Arrays.stream(values).map(v -> v * v).sum();
  }

  private static double[] part(double[] values, int from, int length) {
    return Arrays.copyOfRange(values, from, from + length);
  }

  @Test
  void weightsOfZeroEndInASaddleThatIsNamed() {
    var network = network(Cell.RNN_TANH, 2);
    double[] zeros = new double[network.parameters().size()];
    var problem =
        new ModelResiduals(network, List.of(Sequence.of(noise(50, 1), noise(50, 2), 50, 0)), 10);
    var result = LevenbergMarquardt.with(StopRules.iterations(9)).fit(problem, zeros);
    assertTrue(result.advice().contains("no influence"), result.reason() + result.advice());
    assertTrue(Double.isFinite(result.cost()));
  }

  @Test
  void nothingButEmptySequences() {
    var network = network(Cell.GRU, 2);
    double[] start = network.initialise(new SplitMix64(1)).toDoubles();
    var empty = Sequence.of(new double[0], new double[0], 0, 5);
    for (var sequences : List.of(List.<Sequence>of(), List.of(empty))) {
      var result =
          LevenbergMarquardt.with(StopRules.iterations(9))
              .fit(new ModelResiduals(network, sequences, 10), start);
      assertTrue(result.advice().contains("no step"), result.advice());
      assertArrayEquals(start, result.theta());
    }
  }

  @Test
  void divergingSimulation() {
    var network = network(Cell.RNN_RELU, 1);
    var theta = new Parameters(network.parameters());
    theta.set("weight_hh_l0", 1e9f);
    theta.set("weight_ih_l0", 1);
    theta.set("output.weight", 1);
    double[] ones = new double[60];
    Arrays.fill(ones, 1);
    var problem = new ModelResiduals(network, List.of(Sequence.of(ones, noise(60, 3), 60, 0)), 5);
    double[] start = theta.toDoubles();
    var result = LevenbergMarquardt.with(StopRules.iterations(9)).fit(problem, start);
    assertEquals(StopReason.DIVERGED, result.reason());
    assertArrayEquals(start, result.theta());
    theta.set(result.theta());
    assertEquals(1e9f, theta.get("weight_hh_l0")[0]);
  }

  @Test
  void refusesWhatDoesNotFit() {
    var network = network(Cell.LSTM, 2);
    var wrong = new Sequence(new double[4], new double[5], new double[5]);
    assertThrows(
        IllegalArgumentException.class, () -> new ModelResiduals(network, List.of(wrong), 2));
    var classes = new Network(NetworkSpec.of(Cell.GRU, new Input.OneHot(3), 2, 1));
    assertThrows(IllegalArgumentException.class, () -> new ModelResiduals(classes, List.of(), 2));
  }
}
