// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.score.RunningStateContract;
import java.util.Arrays;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecursiveLeastSquaresTest {
  /** All rows so far with their weights, and all reminders of the ridge with theirs, at once. */
  @ParameterizedTest
  @ValueSource(doubles = {2, 20, 500, Double.POSITIVE_INFINITY})
  void theyAreLeastSquaresOfAllRowsSoFar(double memory) {
    int inputs = 4;
    int rows = 120;
    double ridge = 0.3;
    double lambda = 1 - 1 / memory;
    var random = new Random(23);
    var recursive = new RecursiveLeastSquares(inputs, memory, ridge);
    double[][] x = new double[rows][inputs];
    double[] y = new double[rows];
    for (int t = 0; t < rows; t++) {
      for (int i = 0; i < inputs; i++) {
        x[t][i] = random.nextGaussian() * Math.pow(10, i - 1);
      }
      y[t] = 3 + 2 * x[t][0] - x[t][2] + random.nextGaussian();
      recursive.learn(x[t], y[t]);
      var a = new DMatrixRMaj(2 * (t + 1) + inputs, inputs);
      var b = new DMatrixRMaj(a.numRows, 1);
      for (int i = 0; i < inputs; i++) {
        a.set(i, i, Math.sqrt(ridge * Math.pow(lambda, t + 1)));
      }
      for (int s = 0; s <= t; s++) {
        double weight = Math.sqrt(Math.pow(lambda, t - s));
        for (int i = 0; i < inputs; i++) {
          a.set(inputs + s, i, weight * x[s][i]);
        }
        b.set(inputs + s, 0, weight * y[s]);
        a.set(inputs + t + 1 + s, s % inputs, weight * Math.sqrt(ridge * inputs / memory));
      }
      var expected = new DMatrixRMaj(inputs, 1);
      var solver = LinearSolverFactory_DDRM.qr(a.numRows, inputs);
      assertTrue(solver.setA(a));
      solver.solve(b, expected);
      assertArrayEquals(expected.data, recursive.weights(), 1e-10, "after row " + t);
    }
  }

  /** The same input for ever, then one that means something: nothing was lost. */
  @Test
  void tenMillionRowsOfAConstantDoNoHarm() {
    var model = new RecursiveLeastSquares(3, 200, 1e-3);
    double[] x = {1, 5, -2};
    for (int t = 0; t < 10_000_000; t++) {
      model.learn(x, 7);
      if (t % 999_983 == 0 && t > 0) {
        assertEquals(7, model.predict(x), 1e-3, "after row " + t);
      }
    }
    assertTrue(Arrays.stream(model.weights()).allMatch(w -> Math.abs(w) < 10), "weights");
    learnsAgain(model, 29);
  }

  /** One input is the sum of the others to the last bit, and all of them are nothing at times. */
  @Test
  void tenMillionRowsOfCollinearInputsDoNoHarm() {
    var random = new Random(31);
    var model = new RecursiveLeastSquares(3, 200, 1e-3);
    double[] x = new double[3];
    for (int t = 0; t < 10_000_000; t++) {
      boolean silent = t % 2_000_000 > 1_000_000;
      x[0] = silent ? 0 : random.nextInt(1000);
      x[1] = silent ? 0 : random.nextInt(1000);
      x[2] = x[0] + x[1];
      model.learn(x, x[0] - 2 * x[1]);
      if (!silent && t % 9973 == 5000) {
        assertEquals(x[0] - 2 * x[1], model.predict(x), 1e-2, "after row " + t);
        assertTrue(Arrays.stream(model.weights()).allMatch(w -> Math.abs(w) < 3), "after row " + t);
      }
    }
    learnsAgain(model, 37);
  }

  private static void learnsAgain(RecursiveLeastSquares model, long seed) {
    var random = new Random(seed);
    double[] x = new double[3];
    for (int t = 0; t < 5000; t++) {
      Arrays.setAll(x, _ -> random.nextGaussian());
      model.learn(x, 4 * x[0] - x[1] + 0.5 * x[2]);
    }
    assertArrayEquals(new double[] {4, -1, 0.5}, model.weights(), 1e-3, "seed " + seed);
  }

  @Test
  void aChangedLawIsFollowed() {
    var random = new Random(41);
    var model = new RecursiveLeastSquares(1, 100, 1);
    double[] x = new double[1];
    for (int t = 0; t < 2000; t++) {
      x[0] = random.nextGaussian();
      model.learn(x, (t < 1000 ? 2 : -3) * x[0] + 0.1 * random.nextGaussian());
      if (t == 999) {
        assertEquals(2, model.weights()[0], 0.1);
      }
    }
    assertEquals(-3, model.weights()[0], 0.1);
  }

  @Test
  void rowsThatAreNotNumbersAreLeftOut() {
    var model = new RecursiveLeastSquares(2, 100, 1);
    model.learn(new double[] {1, 2}, 3);
    double[] before = model.weights();
    model.learn(new double[] {Double.NaN, 2}, 3);
    model.learn(new double[] {1, 1 / 0.0}, 3);
    model.learn(new double[] {1, 2}, Double.NaN);
    model.learn(new double[] {1, 2}, 1e101);
    assertArrayEquals(before, model.weights(), 0);
    model.learn(new double[] {1e100, -1e100}, 1e100);
    assertTrue(Arrays.stream(model.weights()).allMatch(Double::isFinite));
    model.forget();
    assertArrayEquals(new double[2], model.weights(), 0);
  }

  @Test
  void itGoesOnToTheBitAndAllocatesNothing() {
    double[] x = new double[3];
    RunningStateContract.assertGoesOnToTheBit(
        () -> new RecursiveLeastSquares(3, 50, 0.1),
        (model, i) -> {
          Arrays.setAll(x, j -> Math.sin(i + 10.0 * j));
          model.learn(x, Math.cos(i) + model.predict(x));
        },
        100);
    RunningStateContract.assertAllocatesNothing(
        new RecursiveLeastSquares(3, 50, 0.1),
        (model, i) -> {
          x[i % 3] = i % 17;
          model.learn(x, model.predict(x) + i % 5);
        });
  }

  @Test
  void argumentsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new RecursiveLeastSquares(0, 50, 1));
    assertThrows(IllegalArgumentException.class, () -> new RecursiveLeastSquares(1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new RecursiveLeastSquares(1, 50, 0));
  }
}
