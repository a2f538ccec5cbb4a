// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unspool.predict.Outputs.Law;
import dev.unspool.predict.Outputs.Target;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OutputsTest {
  private static final Target LEVEL = new Target("level", false, 10, List.of(2.0, 2.0));
  private static final Target CHANGE = new Target("change", true, 99, List.of(0.5, 4.0));
  private static final List<Target> BOTH = List.of(LEVEL, CHANGE);
  private static final List<Integer> HORIZONS = List.of(1, 5);

  @Test
  void valuesAreByTargetAndThenByHorizon() {
    var outputs = new Outputs(BOTH, HORIZONS, Law.VALUE, List.of());
    float[] raw = {-7, 1, 2, 3, 4};
    assertEquals(4, outputs.count());
    assertEquals(12, outputs.point(raw, 1, 0, 0, 1000));
    assertEquals(14, outputs.point(raw, 1, 0, 1, 1000));
    assertEquals(1001.5, outputs.point(raw, 1, 1, 0, 1000));
    assertEquals(1016, outputs.point(raw, 1, 1, 1, 1000));
    assertEquals(0, outputs.quantiles(raw, 1, 1, 1, 1000).length);
  }

  @Test
  void whatIsEncodedIsDecoded() {
    for (Target target : BOTH) {
      for (int horizon = 0; horizon < 2; horizon++) {
        double output = target.encode(horizon, 3.25, 7);
        assertEquals(3.25, target.decode(horizon, output, 7), 1e-14);
      }
    }
  }

  @Test
  void quantilesDoNotCrossAndTheMiddleOneIsTheForecast() {
    var outputs = new Outputs(BOTH, HORIZONS, Law.QUANTILES, List.of(0.1, 0.5, 0.8));
    float[] raw = {1, 2, 3, 6, 5, 4, 0, 0, 0, 1, -1, 0};
    assertEquals(12, outputs.count());
    assertArrayEquals(new double[] {12, 14, 16}, outputs.quantiles(raw, 0, 0, 0, 0));
    assertArrayEquals(new double[] {18, 20, 22}, outputs.quantiles(raw, 0, 0, 1, 0));
    assertArrayEquals(new double[] {-4, 0, 4}, outputs.quantiles(raw, 0, 1, 1, 0));
    assertEquals(20, outputs.point(raw, 0, 0, 1, 0));
    assertEquals(1, Outputs.middle(List.of(0.2, 0.7, 0.9)));
    assertEquals(0, Outputs.middle(List.of(0.5, 0.9)));
  }

  @Test
  void aNormalDistributionHasMeansAndThenLogVariances() {
    var outputs = new Outputs(BOTH, HORIZONS, Law.GAUSSIAN, List.of(0.5, 0.975));
    float[] raw = {1, 2, 3, 4, 0, (float) (2 * Math.log(3)), 0, 0};
    assertEquals(8, outputs.count());
    assertEquals(14, outputs.point(raw, 0, 0, 1, 0));
    assertEquals(2, outputs.deviation(raw, 0, 0, 0));
    assertEquals(6, outputs.deviation(raw, 0, 0, 1), 1e-6);
    double[] quantiles = outputs.quantiles(raw, 0, 0, 1, 0);
    assertEquals(14, quantiles[0]);
    assertEquals(14 + 6 * 1.959963984540054, quantiles[1], 1e-5);
  }

  private static Prediction prediction(double value, double[] deviations, double... quantiles) {
    double[] sure = deviations.length == 0 ? null : deviations;
    return new Prediction(9, null, 1, new double[] {value}, sure, new double[][] {quantiles});
  }

  /** Quantiles of a normal distribution give that distribution back, also in the tails. */
  @Test
  void samplesAreAsProbableAsIsSaid() {
    var levels = List.of(0.05, 0.4, 0.5, 0.9);
    var quantiles = new Outputs(List.of(CHANGE), HORIZONS, Law.QUANTILES, levels);
    var gaussian = new Outputs(List.of(CHANGE), HORIZONS, Law.GAUSSIAN, List.of());
    double[] said = levels.stream().mapToDouble(p -> 11 + 12 * Normal.quantile(p)).toArray();
    for (double z : new double[] {-4, -1.5, -0.1, 0, 0.2, 1, 3.7}) {
      assertEquals(11 + 12 * z, quantiles.sample(prediction(11, new double[0], said), 0, z), 1e-9);
      assertEquals(11 + 12 * z, gaussian.sample(prediction(11, new double[] {12}), 0, z), 1e-9);
    }
    var middle = new Outputs(List.of(CHANGE), HORIZONS, Law.QUANTILES, List.of(0.5));
    assertEquals(8, middle.sample(prediction(8, new double[0], 8), 0, 3));
    var values = new Outputs(List.of(CHANGE), HORIZONS, Law.VALUE, List.of());
    assertEquals(8, values.sample(prediction(8, new double[0]), 0, 3));
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    List<Double> none = List.of();
    for (Runnable wrong :
        List.<Runnable>of(
            () -> new Outputs(List.of(), HORIZONS, Law.VALUE, none),
            () -> new Outputs(BOTH, List.of(1), Law.VALUE, none),
            () -> new Outputs(BOTH, List.of(5, 1), Law.VALUE, none),
            () -> new Outputs(BOTH, List.of(-1, 1), Law.VALUE, none),
            () -> new Outputs(BOTH, HORIZONS, Law.QUANTILES, none),
            () -> new Outputs(BOTH, HORIZONS, Law.VALUE, List.of(0.5)),
            () -> new Outputs(BOTH, HORIZONS, Law.QUANTILES, List.of(0.5, 0.5)),
            () -> new Outputs(BOTH, HORIZONS, Law.QUANTILES, List.of(0.0, 0.5)),
            () -> new Outputs(BOTH, HORIZONS, Law.GAUSSIAN, List.of(0.5, 1.0)),
            () -> new Target("zero", true, 0, List.of(0.0)),
            () -> new Target("nan", true, Double.NaN, List.of(1.0)))) {
      assertThrows(IllegalArgumentException.class, wrong::run);
    }
    var values = new Outputs(BOTH, HORIZONS, Law.VALUE, none);
    assertThrows(IllegalStateException.class, () -> values.deviation(new float[8], 0, 0, 0));
  }

  /** The density, integrated up to the quantile by Simpson's rule, gives the probability back. */
  @ParameterizedTest
  @CsvSource({
    "0.5",
    "0.501",
    "0.6",
    "0.92",
    "0.926",
    "0.975",
    "0.999",
    "0.9999999",
    "1e-8",
    "1e-20"
  })
  void quantilesOfTheNormalDistribution(double p) {
    double z = Math.abs(Normal.quantile(p));
    int steps = 200_000;
    double to = 40;
    double width = (to - z) / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double x = z + i * width;
      double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp(-x * x / 2);
    }
    double tail = sum * width / 3 / Math.sqrt(2 * Math.PI);
    double expected = Math.min(p, 1 - p);
    assertEquals(expected, tail, 1e-9 * expected + 1e-16);
    assertEquals(Math.signum(p - 0.5), Math.signum(Normal.quantile(p)));
  }

  @Test
  void probabilitiesAreBetweenZeroAndOne() {
    assertEquals(Double.NEGATIVE_INFINITY, Normal.quantile(0));
    assertEquals(Double.POSITIVE_INFINITY, Normal.quantile(1));
    assertThrows(IllegalArgumentException.class, () -> Normal.quantile(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Normal.quantile(-1e-9));
  }
}
