// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.data.Range;
import dev.unspool.predict.Regressor;
import dev.unspool.predict.Rows;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;

final class LinearAutoregressionTest {
  private static final int ROWS = 4000;
  private static final Range TRAIN = new Range(0, 3000);
  private static final Range VALID = new Range(3000, ROWS);

  private static Rows rows(double[]... columns) {
    return (row, column) -> row < columns[column].length ? columns[column][(int) row] : Double.NaN;
  }

  private static List<Regressor> lags(int column, int... ahead) {
    return IntStream.of(ahead).mapToObj(place -> new Regressor(column, place)).toList();
  }

  /** y[t] = 1.2 y[t−1] − 0.5 y[t−2] + 2 u[t] + noise, and u[t], known in advance. */
  private static double[][] process(double offset, double noise) {
    var random = new Random(3);
    double[] y = new double[ROWS];
    double[] u = new double[ROWS];
    for (int t = 2; t < ROWS; t++) {
      u[t] = random.nextGaussian();
      y[t] = 1.2 * y[t - 1] - 0.5 * y[t - 2] + 2 * u[t] + noise * random.nextGaussian();
    }
    for (int t = 0; t < ROWS; t++) {
      y[t] += offset;
    }
    return new double[][] {y, u};
  }

  private static LinearAutoregression fit(
      Rows rows, int horizon, List<Regressor> regressors, Range valid) {
    LinearAutoregression model =
        LinearAutoregression.fit(rows, 0, true, horizon, regressors, TRAIN, valid);
    assertNotNull(model);
    return model;
  }

  @Test
  void coefficientsOfAKnownProcessAreFoundWhateverItsOffset() {
    for (double offset : new double[] {0, 1e8}) {
      var regressors = List.of(new Regressor(0, 0), new Regressor(0, -1), new Regressor(1, 1));
      LinearAutoregression model = fit(rows(process(offset, 0.1)), 1, regressors, VALID);
      // of the move from the newest value
      assertArrayEquals(new double[] {0.2, -0.5, 2}, model.weights(), 0.01, "offset " + offset);
      assertEquals(2998, model.fitted());
      assertEquals(1e-8, model.ridge(), 1e-12 + 1e-2, "the data speak for themselves");
    }
  }

  @Test
  void itIsRidgeLeastSquares() {
    double[][] columns = process(5, 1);
    Rows rows = rows(columns);
    LinearAutoregression model = fit(rows, 2, lags(0, 0, -1, -3), VALID);
    int n = 3000 - 5;
    int[] places = {0, -1, -3};
    double[] mean = new double[3];
    double middle = 0;
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < 3; c++) {
        mean[c] += value(rows, i + 3 + places[c]) / n;
      }
      middle += (value(rows, i + 5) - value(rows, i + 3)) / n;
    }
    var products = new DMatrixRMaj(3, 3);
    var moments = new DMatrixRMaj(3, 1);
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < 3; c++) {
        double x = value(rows, i + 3 + places[c]) - mean[c];
        moments.data[c] += x * (value(rows, i + 5) - value(rows, i + 3) - middle);
        for (int d = 0; d < 3; d++) {
          products.data[3 * c + d] += x * (value(rows, i + 3 + places[d]) - mean[d]);
        }
      }
    }
    for (int c = 0; c < 3; c++) {
      products.data[4 * c] *= 1 + model.ridge();
    }
    var weights = new DMatrixRMaj(3, 1);
    assertTrue(CommonOps_DDRM.solve(products, moments, weights));
    assertArrayEquals(weights.data, model.weights(), 1e-9);
    double expected = value(rows, 3500) + middle;
    for (int c = 0; c < 3; c++) {
      expected += weights.get(c) * (value(rows, 3500 + places[c]) - mean[c]);
    }
    assertEquals(expected, model.predict(3500), 1e-9);
  }

  private static double value(Rows rows, long row) {
    return rows.get(row, 0);
  }

  @Test
  void aUselessRegressorIsShrunkAndAConstantOrADoubleDoesNoHarm() {
    double[][] columns = process(0, 1);
    double[] constant = new double[ROWS];
    Arrays.fill(constant, 7);
    Rows rows = rows(columns[0], columns[0], constant);
    var regressors =
        List.of(
            new Regressor(0, 0), new Regressor(1, 0), new Regressor(2, 0), new Regressor(0, -1));
    LinearAutoregression model = fit(rows, 1, regressors, VALID);
    double[] weights = model.weights();
    assertEquals(weights[0], weights[1], 1e-4, "shared between twins");
    assertEquals(0, weights[2]);
    assertEquals(0.2, weights[0] + weights[1], 0.06);
  }

  @Test
  void whatNobodyCanPredictIsPersistence() {
    var random = new Random(1);
    double[] walk = new double[ROWS];
    for (int t = 1; t < ROWS; t++) {
      walk[t] = walk[t - 1] + random.nextGaussian();
    }
    LinearAutoregression model = fit(rows(walk), 1, lags(0, 0, -1, -2, -3, -4, -5), VALID);
    assertEquals(walk[3500], model.predict(3500), 0.2);
  }

  @Test
  void rowsInWhichSomethingIsMissingAreLeftOutAndPredictedFromTheNewest() {
    double[][] columns = process(0, 0.1);
    var random = new Random(2);
    double[] gappy = columns[0].clone();
    for (int t = 0; t < ROWS; t++) {
      if (random.nextDouble() < 0.1) {
        gappy[t] = Double.NaN;
      }
    }
    gappy[3400] = Double.NaN;
    gappy[3399] = 1;
    gappy[3398] = 2;
    var regressors = List.of(new Regressor(0, 0), new Regressor(0, -1), new Regressor(1, 1));
    Rows rows = rows(gappy, columns[1]);
    LinearAutoregression model = fit(rows, 1, regressors, VALID);
    assertArrayEquals(new double[] {0.2, -0.5, 2}, model.weights(), 0.02);
    assertTrue(model.fitted() < 2300 && model.fitted() > 2000, "fitted to " + model.fitted());
    double[] filled = gappy.clone();
    filled[3400] = 1;
    LinearAutoregression same = fit(rows(filled, columns[1]), 1, regressors, VALID);
    assertEquals(same.predict(3400), model.predict(3400), 1e-9);
  }

  @Test
  void withoutAValidationPartTheNewestFifthChooses() {
    LinearAutoregression model =
        fit(rows(process(0, 0.1)), 1, lags(0, 0, -1), new Range(3000, 3000));
    assertEquals(2998, model.fitted());
    assertArrayEquals(new double[] {0.2, -0.5}, model.weights(), 0.08);
  }

  @Test
  void aTargetThatIsNotKnownIsPredictedByItsInputsAlone() {
    double[] u = process(0, 1)[1];
    double[] y = new double[ROWS];
    for (int t = 0; t < ROWS; t++) {
      y[t] = 3 * u[t] + 10;
    }
    LinearAutoregression model =
        LinearAutoregression.fit(
            rows(y, u), 0, false, 0, List.of(new Regressor(1, 0)), TRAIN, VALID);
    assertNotNull(model);
    assertEquals(y[3500], model.predict(3500), 1e-5);
  }

  @Test
  void tooFewRowsMakeNoModel() {
    double[] y = {1, 2, 3, 4, 5};
    assertNull(
        LinearAutoregression.fit(
            rows(y), 0, true, 1, lags(0, 0, -1), new Range(0, 4), new Range(4, 5)));
    assertNull(
        LinearAutoregression.fit(
            rows(y), 0, true, 1, lags(0, 0, -1), new Range(0, 5), new Range(5, 5)));
  }
}
