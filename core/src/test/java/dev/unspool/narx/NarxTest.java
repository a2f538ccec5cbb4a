// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.lm.LevenbergMarquardt;
import dev.unspool.lm.Residuals;
import dev.unspool.lm.Sequence;
import dev.unspool.lm.StopRules;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** NARX models against a simulation written out by hand, and fitted to a known system. */
class NarxTest {
  private static final NarxSpec SMALL =
      new NarxSpec(1, 1, List.of(1, 2), List.of(1, 3), List.of(), NarxCore.Tanh.of(2));

  private static double[] noise(int steps, long seed) {
    RandomGenerator random = new SplitMix64(seed);
    double[] values = new double[steps];
    Arrays.setAll(values, _ -> random.nextDouble(-1, 1));
    return values;
  }

  /** y_t = 0.5 y_{t−1} / (1 + y_{t−2}²) + u_{t−1}, from rest. */
  private static double[] system(double[] u, double before) {
    double[] y = new double[u.length];
    for (int t = 0; t < u.length; t++) {
      double one = t >= 1 ? y[t - 1] : before;
      double two = t >= 2 ? y[t - 2] : before;
      y[t] = 0.5 * one / (1 + two * two) + (t >= 1 ? u[t - 1] : 0);
    }
    return y;
  }

  @Test
  void hasAsManyParametersAsItsShapeSays() {
    var three = NarxCore.Tanh.of(3, 3);
    assertEquals(
        34,
        new Narx(new NarxSpec(1, 1, List.of(1, 2), List.of(1, 2, 3), List.of(), three))
            .parameters()
            .size());
    var two = NarxCore.Tanh.of(2, 2);
    assertEquals(
        32,
        new Narx(new NarxSpec(1, 1, List.of(0), List.of(1, 2), List.of(1), two))
            .parameters()
            .size());
  }

  @Test
  void simulatesAndPredictsAsWrittenOutByHand() {
    var narx = new Narx(SMALL);
    double[] w = narx.initialise(new SplitMix64(2)).toDoubles();
    double[] u = noise(20, 1);
    double[] y = noise(20, 2);
    double[] simulated = narx.simulate(w, Sequence.of(u, y, 20), InitialOutputs.ZERO);
    double[] predicted = narx.predict(w, Sequence.of(u, y, 20), InitialOutputs.ZERO);
    double[] closed = new double[20];
    for (int t = 0; t < 20; t++) {
      closed[t] = byHand(w, u, closed, t);
      assertEquals(closed[t], simulated[t], 1e-12, "simulated, step " + t);
      assertEquals(byHand(w, u, y, t), predicted[t], 1e-12, "predicted, step " + t);
    }
  }

  @Test
  void predictionsBeginWithTheOutputsEstimated() {
    var narx = new Narx(SMALL);
    double[] w = narx.initialise(new SplitMix64(2)).toDoubles();
    double[] theta = Arrays.copyOf(w, w.length + 3);
    theta[w.length] = 0.7;
    theta[w.length + 1] = -0.4;
    theta[w.length + 2] = 0.9;
    double[] u = noise(20, 1);
    double[] y = noise(20, 2);
    double[] closed = narx.simulate(theta, Sequence.of(u, y, 20), InitialOutputs.ESTIMATED);
    double[] open = narx.predict(theta, Sequence.of(u, y, 20), InitialOutputs.ESTIMATED);
    assertEquals(closed[0], open[0], 1e-12, "nothing was measured before the first step");
    double[] rest = narx.predict(w, Sequence.of(u, y, 20), InitialOutputs.ZERO);
    assertTrue(Math.abs(open[0] - rest[0]) > 1e-3);
    assertArrayEquals(Arrays.copyOfRange(rest, 3, 20), Arrays.copyOfRange(open, 3, 20), 1e-12);
  }

  private static double byHand(double[] w, double[] u, double[] y, int t) {
    double sum = w[12];
    for (int j = 0; j < 2; j++) {
      double z =
          w[2 * j] * past(u, t, 1)
              + w[2 * j + 1] * past(u, t, 2)
              + w[4 + 2 * j] * past(y, t, 1)
              + w[5 + 2 * j] * past(y, t, 3)
              + w[8 + j];
      sum += w[10 + j] * Math.tanh(z);
    }
    return sum;
  }

  private static double past(double[] signal, int t, int delay) {
    return t >= delay ? signal[t - delay] : 0;
  }

  @Test
  void rowsAreDerivativesWhateverTheCoreAndTheFeedback() {
    var specs =
        List.of(
            SMALL,
            new NarxSpec(1, 1, List.of(0, 2), List.of(1, 2), List.of(1, 2), NarxCore.Tanh.of(2, 3)),
            new NarxSpec(
                1,
                1,
                List.of(0),
                List.of(2),
                List.of(),
                new NarxCore.Recurrent(Cell.GRU, List.of(2))),
            new NarxSpec(
                1,
                1,
                List.of(1),
                List.of(1, 2),
                List.of(),
                new NarxCore.Recurrent(Cell.LSTM, List.of(2, 2))));
    double[] u = noise(40, 1);
    var data = List.of(Sequence.of(u, system(u, 0), 40), Sequence.of(noise(9, 4), noise(9, 5), 9));
    for (var spec : specs) {
      for (var how : Identification.values()) {
        for (var initial : InitialOutputs.values()) {
          var narx = new Narx(spec);
          var problem = narx.residuals(data, how, initial, Integer.MAX_VALUE);
          double[] theta =
              Arrays.copyOf(narx.initialise(new SplitMix64(3)).toDoubles(), problem.parameters());
          for (int i = narx.parameters().size(); i < theta.length; i++) {
            theta[i] = 0.1 * i;
          }
          checkRows(problem, theta, spec + ", " + how + ", " + initial);
        }
      }
    }
  }

  private static void checkRows(Residuals problem, double[] theta, String what) {
    double[] above = new double[problem.count()];
    double[] below = new double[problem.count()];
    for (int p = 0; p < theta.length; p++) {
      int parameter = p;
      double[] moved = theta.clone();
      moved[p] += 1e-5;
      problem.evaluate(moved, above);
      moved[p] -= 2e-5;
      problem.evaluate(moved, below);
      problem.linearise(
          theta,
          (i, _, values, offset) ->
              assertEquals(
                  (above[i] - below[i]) / 2e-5,
                  values[offset + parameter],
                  1e-6 * Math.max(1, Math.abs(values[offset + parameter])),
                  what + ", residual " + i + ", parameter " + parameter));
    }
  }

  @Test
  void findsTheInitialOutputsOfASequenceOfItsOwn() {
    var narx =
        new Narx(new NarxSpec(1, 2, List.of(0, 1), List.of(1, 3), List.of(), NarxCore.Tanh.of(3)));
    assertEquals(6, narx.initialOutputs());
    double[] weights = narx.initialise(new SplitMix64(6)).toDoubles();
    double[] theta = Arrays.copyOf(weights, weights.length + 6);
    double[] initial = {0.5, -1, 0.8, 0.3, -0.6, 1};
    System.arraycopy(initial, 0, theta, weights.length, 6);
    double[] u = noise(60, 7);
    double[] y =
        narx.simulate(theta, Sequence.of(u, new double[120], 60), InitialOutputs.ESTIMATED);
    double[] found = narx.estimateInitial(weights, Sequence.of(u, y, 60));
    assertArrayEquals(theta, found, 1e-6);
    assertArrayEquals(found, narx.estimateInitial(theta, Sequence.of(u, y, 60)), 0.0);
  }

  @Test
  void initialOutputsThatCannotBeEstimatedAreThoseOfTheFirstStep() {
    var narx = new Narx(SMALL);
    double[] weights = narx.initialise(new SplitMix64(2)).toDoubles();
    double[] found = narx.estimateInitial(weights, Sequence.of(noise(2, 1), noise(2, 2), 2));
    double first = noise(2, 2)[0];
    assertArrayEquals(
        new double[] {first, first, first},
        Arrays.copyOfRange(found, weights.length, found.length),
        0.0);
    assertArrayEquals(
        new double[3], narx.firstGuess(Sequence.of(new double[0], new double[0], 0)), 0.0);
    var blind = new Narx(new NarxSpec(1, 1, List.of(0), List.of(), List.of(), NarxCore.Tanh.of(1)));
    double[] theta = blind.initialise(new SplitMix64(1)).toDoubles();
    assertArrayEquals(
        theta, blind.estimateInitial(theta, Sequence.of(noise(9, 1), noise(9, 2), 9)), 0.0);
  }

  @Test
  void initialOutputsAreGuessedByWhatIsKnown() {
    var narx =
        new Narx(new NarxSpec(1, 2, List.of(0, 1), List.of(1, 3), List.of(), NarxCore.Tanh.of(3)));
    double unknown = Double.NaN;
    double[] y = {unknown, 5, unknown, 6, 7, 8};
    assertArrayEquals(
        new double[] {7, 5, 7, 5, 7, 5}, narx.firstGuess(Sequence.of(noise(3, 1), y, 3)), 0.0);
    double[] never = {unknown, 5, unknown, 6};
    assertArrayEquals(
        new double[] {0, 5, 0, 5, 0, 5}, narx.firstGuess(Sequence.of(noise(2, 1), never, 2)), 0.0);

    double[] weights = narx.initialise(new SplitMix64(6)).toDoubles();
    double[] theta = Arrays.copyOf(weights, weights.length + 6);
    Arrays.fill(theta, weights.length, theta.length, 0.5);
    double[] u = noise(60, 7);
    double[] z =
        narx.simulate(theta, Sequence.of(u, new double[120], 60), InitialOutputs.ESTIMATED);
    z[0] = unknown;
    assertArrayEquals(theta, narx.estimateInitial(weights, Sequence.of(u, z, 60)), 1e-5);
  }

  /** Steps are counted as in the series, though the first ones are not fitted. */
  @Test
  void namesTheStepWhoseDataAreBroken() {
    var narx = new Narx(SMALL);
    int past = SMALL.longestDelay();
    double[] fine = noise(60, 7);
    for (int step : new int[] {past - 1, past + 14}) {
      double[] broken = fine.clone();
      broken[step] = Double.NaN;
      double[] whole = new double[60];
      Arrays.fill(whole, 1);
      double[] masked = whole.clone();
      masked[step] = 0;
      String where = " 0 of step %s of sequence 0 is NaN".formatted(step);
      var noInput = Sequence.of(broken, fine, 60);
      assertStarts("input" + where, narx, noInput, Identification.PARALLEL);
      var noTarget = new Sequence(fine, broken, masked);
      assertStarts("fed-back output" + where, narx, noTarget, Identification.SERIES_PARALLEL);
    }
  }

  private static void assertStarts(
      String expected, Narx narx, Sequence series, Identification how) {
    var problem = narx.residuals(List.of(series), how, InitialOutputs.MEASURED, 20);
    String found = String.valueOf(problem.objection());
    assertTrue(found.startsWith(expected), found);
  }

  @Test
  void theFirstLayerCanBeginAlmostLinear() {
    var narx =
        new Narx(new NarxSpec(1, 1, List.of(1, 2), List.of(1), List.of(), NarxCore.Tanh.of(2, 3)));
    double[] plain = narx.initialise(new SplitMix64(1)).toDoubles();
    double[] gentle = narx.initialise(new SplitMix64(1), 0.5).toDoubles();
    for (int p = 0; p < plain.length; p++) {
      double factor = p < 6 ? 0.5 : p < 8 ? 0 : 1; // 2 × 3 weights and 2 biases first
      assertEquals(factor * plain[p], gentle[p], 0.0, "parameter " + p);
    }
    for (double gain : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> narx.initialise(new SplitMix64(1), gain));
    }
  }

  @Test
  void learnsASystemInBothModes() {
    double[] u = noise(300, 7);
    double[] fresh = noise(200, 8);
    var train = List.of(Sequence.of(u, system(u, 0), 300));
    var test = Sequence.of(fresh, system(fresh, 0), 200);
    var narx =
        new Narx(new NarxSpec(1, 1, List.of(1), List.of(1, 2), List.of(), NarxCore.Tanh.of(5)));
    double[] theta = narx.initialise(new SplitMix64(1)).toDoubles();
    var method = LevenbergMarquardt.with(StopRules.iterations(100)).withGeodesicAcceleration();
    for (var how : List.of(Identification.SERIES_PARALLEL, Identification.PARALLEL)) {
      var problem = narx.residuals(train, how, InitialOutputs.ZERO, Integer.MAX_VALUE);
      var result = method.fit(problem, theta);
      theta = result.theta();
      assertTrue(result.rmse() < 3e-3, how + ": " + result.rmse() + ", " + result.advice());
      double[] simulated = narx.simulate(theta, test, InitialOutputs.ZERO);
      assertTrue(
          rmse(simulated, test.targets()) < 1e-2, how + ": " + rmse(simulated, test.targets()));
    }
  }

  @Test
  void estimatesWhereEachSequenceBegan() {
    double[] u = noise(200, 7);
    double[] v = noise(150, 9);
    var data = List.of(Sequence.of(u, system(u, 1.5), 200), Sequence.of(v, system(v, -1), 150));
    var narx =
        new Narx(new NarxSpec(1, 1, List.of(1), List.of(1, 2), List.of(), NarxCore.Tanh.of(5)));
    var problem =
        narx.residuals(data, Identification.PARALLEL, InitialOutputs.ESTIMATED, Integer.MAX_VALUE);
    assertEquals(narx.parameters().size() + 4, problem.parameters());
    var start = Arrays.copyOf(narx.initialise(new SplitMix64(1)).toDoubles(), problem.parameters());
    var result =
        LevenbergMarquardt.with(StopRules.iterations(150))
            .withGeodesicAcceleration()
            .fit(problem, start);
    assertTrue(result.rmse() < 5e-3, result.rmse() + ", " + result.advice());
    double[] simulated = narx.simulate(result.theta(), data.getFirst(), InitialOutputs.ESTIMATED);
    assertTrue(rmse(simulated, data.getFirst().targets()) < 5e-3);
  }

  @Test
  void measuredStepsServeAsThePast() {
    double[] u = noise(50, 7);
    var series = Sequence.of(u, system(u, 1), 50);
    var narx = new Narx(SMALL);
    double[] theta = narx.initialise(new SplitMix64(1)).toDoubles();
    double[] simulated = narx.simulate(theta, series, InitialOutputs.MEASURED);
    assertArrayEquals(Arrays.copyOf(series.targets(), 3), Arrays.copyOf(simulated, 3));
    assertEquals(byHand(theta, u, simulated, 3), simulated[3], 1e-12);
    assertEquals(byHand(theta, u, simulated, 20), simulated[20], 1e-12);
    assertEquals(
        47,
        narx.residuals(List.of(series), Identification.PARALLEL, InitialOutputs.MEASURED, 9)
            .count());
  }

  @Test
  void aSeriesShorterThanItsDelaysLeavesNothingToFit() {
    var narx = new Narx(SMALL);
    var brief = Sequence.of(noise(2, 1), noise(2, 2), 2);
    var problem =
        narx.residuals(List.of(brief), Identification.PARALLEL, InitialOutputs.MEASURED, 9);
    double[] start = narx.initialise(new SplitMix64(1)).toDoubles();
    var result = LevenbergMarquardt.with(StopRules.iterations(9)).fit(problem, start);
    assertTrue(result.advice().contains("longest delay"), result.advice());
    assertArrayEquals(start, result.theta());
    assertArrayEquals(brief.targets(), narx.simulate(start, brief, InitialOutputs.MEASURED));
  }

  @Test
  void aHoleInMeasuredOutputsMattersOnlyWhereTheyAreSeen() {
    double[] u = noise(60, 1);
    double[] y = system(u, 0);
    y[20] = Double.NaN;
    double[] weights = new double[60];
    Arrays.fill(weights, 1);
    weights[20] = 0;
    var narx = new Narx(SMALL);
    double[] start = narx.initialise(new SplitMix64(1)).toDoubles();
    var method = LevenbergMarquardt.with(StopRules.iterations(5));
    var holed = List.of(new Sequence(u, y, weights));
    var closed = narx.residuals(holed, Identification.PARALLEL, InitialOutputs.ZERO, 99);
    assertTrue(Double.isFinite(method.fit(closed, start).cost()));
    var open = narx.residuals(holed, Identification.SERIES_PARALLEL, InitialOutputs.ZERO, 99);
    var result = method.fit(open, start);
    assertTrue(result.advice().contains("step 20"), result.advice());
    assertThrows(
        IllegalArgumentException.class,
        () -> new Sequence(new double[1], new double[1], new double[] {-1}));
  }

  @Test
  void refusesNonsense() {
    var core = NarxCore.Tanh.of(2);
    assertThrows(
        IllegalArgumentException.class,
        () -> new NarxSpec(1, 1, List.of(0), List.of(0), List.of(), core));
    assertThrows(
        IllegalArgumentException.class,
        () -> new NarxSpec(1, 1, List.of(1, 1), List.of(), List.of(), core));
    assertThrows(
        IllegalArgumentException.class,
        () -> new NarxSpec(0, 1, List.of(), List.of(), List.of(), core));
    assertThrows(IllegalArgumentException.class, () -> NarxCore.Tanh.of(0));
    var narx = new Narx(SMALL);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            narx.simulate(
                new double[13], Sequence.of(new double[3], new double[4], 4), InitialOutputs.ZERO));
  }

  private static double rmse(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(sum / a.length);
  }
}
