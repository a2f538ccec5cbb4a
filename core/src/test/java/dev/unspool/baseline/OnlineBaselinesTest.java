// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import static dev.unspool.baseline.OnlineBaselines.Kind.LINEAR;
import static dev.unspool.baseline.OnlineBaselines.Kind.MEAN;
import static dev.unspool.baseline.OnlineBaselines.Kind.PERSISTENCE;
import static dev.unspool.baseline.OnlineBaselines.Kind.SEASON;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.baseline.OnlineBaselines.Kind;
import dev.unspool.baseline.OnlineBaselines.Settings;
import dev.unspool.score.RunningStateContract;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OnlineBaselinesTest {
  private static final int KINDS = OnlineBaselines.KINDS;

  /** Truths that come so many rows late, some of them never; the obvious way beside it. */
  @ParameterizedTest
  @CsvSource({"0, 7", "1, 7", "3, 7", "12, 7", "0, 0", "5, 2"})
  void theySayWhatIsKnownWhereTheySayIt(int late, int season) {
    var random = new Random(43);
    int rows = 200;
    int[] horizons = {1, 2, 9};
    var baselines = OnlineBaselines.alone(new Settings(30, season, 3, 25), horizons);
    double[] y = new double[rows];
    double[] said = new double[horizons.length * KINDS];
    for (int t = 0; t < rows; t++) {
      y[t] = random.nextInt(4) == 0 ? Double.NaN : random.nextGaussian();
      int newest = t - late;
      if (newest >= 0 && newest % 11 != 3) { // else it is not even told
        baselines.learn(newest, y[newest]);
      } else if (newest >= 0) {
        y[newest] = Double.NaN;
        newest = lastTold(newest);
      }
      assertEquals(said.length, baselines.predict(t, said, 0));
      for (int h = 0; h < horizons.length; h++) {
        String where = "row %s, horizon %s".formatted(t, horizons[h]);
        double persistence = filled(y, newest, 1, newest);
        assertEquals(persistence, said[h * KINDS + PERSISTENCE.ordinal()], where);
        assertEquals(mean(y, newest, 30), said[h * KINDS + MEAN.ordinal()], 1e-12, where);
        double last = Double.NaN;
        if (season > 0) {
          int of = t + horizons[h];
          int row = of - season * Math.max(1, Math.ceilDiv(of - newest, season));
          last = filled(y, row, season, newest);
        }
        assertEquals(
            Double.isNaN(last) ? persistence : last, said[h * KINDS + SEASON.ordinal()], where);
        assertEquals(
            Double.isNaN(persistence), Double.isNaN(said[h * KINDS + LINEAR.ordinal()]), where);
      }
    }
  }

  private static int lastTold(int row) {
    int told = row;
    while (told >= 0 && told % 11 == 3) {
      told--;
    }
    return told;
  }

  private static double filled(double[] y, int from, int step, int newest) {
    for (int row = from; row >= 0; row -= step) {
      if (row <= newest && !Double.isNaN(y[row])) {
        return y[row];
      }
    }
    return Double.NaN;
  }

  private static double mean(double[] y, int newest, double memory) {
    double sum = 0;
    double weights = 0;
    for (int row = 0; row <= newest; row++) {
      if (!Double.isNaN(y[row])) {
        sum = (1 - 1 / memory) * sum + y[row];
        weights = (1 - 1 / memory) * weights + 1;
      }
    }
    return weights == 0 ? Double.NaN : sum / weights;
  }

  /** The error that is left is the noise: to each horizon that of its own, however late. */
  @ParameterizedTest
  @CsvSource({"0, 1", "0, 3", "2, 1", "1, 0"})
  void theLinearModelFindsAnAutoregression(int late, int horizon) {
    var random = new Random(47);
    int lead = late + horizon;
    int rows = 20_000;
    var baselines = OnlineBaselines.alone(new Settings(2000, 0, 4, 10), Math.max(0, horizon));
    double[] y = new double[rows];
    double[] said = new double[KINDS];
    double[][] all = new double[rows][];
    double squares = 0;
    double naive = 0;
    for (int t = 0; t < rows; t++) {
      y[t] = 100 + 1.2 * (before(y, t, 1) - 100) - 0.6 * (before(y, t, 2) - 100);
      y[t] += random.nextGaussian();
      if (t >= late) {
        baselines.learn(t - late, y[t - late]);
      }
      baselines.predict(t, said, 0);
      all[t] = said.clone();
      if (t > 4000) {
        squares += Math.pow(all[t - horizon][LINEAR.ordinal()] - y[t], 2) / (rows - 4001);
        naive += Math.pow(all[t - horizon][PERSISTENCE.ordinal()] - y[t], 2) / (rows - 4001);
      }
    }
    double[] response = {1, 1.2, 1.2 * 1.2 - 0.6};
    double noise = 0;
    for (int i = 0; i < lead; i++) {
      noise += response[i] * response[i];
    }
    assertEquals(noise, squares, 0.05 * noise, "persistence " + naive);
  }

  private static double before(double[] y, int t, int back) {
    return t < back ? 100 : y[t - back];
  }

  /** What both the season before and the newest value say a part of. */
  @Test
  void theLinearModelReadsTheSeason() {
    var random = new Random(53);
    int season = 24;
    var baselines = OnlineBaselines.alone(new Settings(3000, season, 2, 5), 1);
    double[] said = new double[KINDS];
    double slow = 0;
    double[] squares = new double[KINDS];
    for (int t = 0; t < 20_000; t++) {
      slow = 0.98 * slow + 0.2 * random.nextGaussian();
      double y =
          1e4
              * (5
                  + Math.sin(2 * Math.PI * t / season)
                  + Math.cos(8 * Math.PI * t / season)
                  + slow);
      y += 300 * random.nextGaussian();
      for (int kind = 0; kind < KINDS && t > 3000; kind++) {
        squares[kind] += Math.pow(said[kind] - y, 2);
      }
      baselines.learn(t, y);
      baselines.predict(t, said, 0);
    }
    for (Kind kind : Kind.values()) {
      if (kind != LINEAR) {
        assertTrue(
            squares[LINEAR.ordinal()] < 0.8 * squares[kind.ordinal()],
            kind + " " + Arrays.toString(squares));
      }
    }
  }

  /** Where each season is a bad reading of the same shape, several read it better. */
  @Test
  void severalSeasonsSayMoreThanOne() {
    double[] squares = new double[5];
    for (int seasons : new int[] {1, 2, 4}) {
      var random = new Random(57);
      int season = 12;
      var baselines = OnlineBaselines.alone(new Settings(5000, season, 1, 3, seasons), 1);
      double[] said = new double[KINDS];
      for (int t = 0; t < 20_000; t++) {
        double y = 10 * Math.sin(2 * Math.PI * t / season) + random.nextGaussian();
        squares[seasons] += t > 5000 ? Math.pow(said[LINEAR.ordinal()] - y, 2) / 14_999 : 0;
        baselines.learn(t, y);
        baselines.predict(t, said, 0);
      }
    }
    // What the best mean of the seasons and of nothing else is wrong by: 1 + 1/n.
    for (int seasons : new int[] {1, 2, 4}) {
      assertTrue(squares[seasons] < 1.05 * (1 + 1.0 / seasons), Arrays.toString(squares));
    }
    assertTrue(squares[2] < 0.9 * squares[1] && squares[4] < squares[2], Arrays.toString(squares));
  }

  @Test
  void aWrongReadingDoesNotSpoilWhatComesAfter() {
    var random = new Random(59);
    var baselines = OnlineBaselines.alone(new Settings(1000, 0, 3, 5), 1);
    double[] said = new double[KINDS];
    double value = 0;
    double squares = 0;
    for (int t = 0; t < 6000; t++) {
      value = 0.9 * value + random.nextGaussian();
      if (t > 3100) {
        squares += Math.pow(said[LINEAR.ordinal()] - value, 2) / 2899;
      }
      baselines.learn(t, t == 3000 ? 1e12 : value);
      baselines.predict(t, said, 0);
      assertEquals(0, said[MEAN.ordinal()], t < 1000 ? 5 : 1, "the running mean at row " + t);
    }
    assertEquals(1, squares, 0.1);
  }

  /** Where all values were the same there is no deviation, in whatever unit. */
  @Test
  void behindValuesThatWereAllTheSameTheUnitDoesNotMatter() {
    for (double unit : new double[] {1e-9, 1, 1e9}) {
      var baselines = OnlineBaselines.alone(new Settings(20, 0, 3, 5), 1);
      for (int t = 0; t < 100; t++) {
        baselines.learn(t, unit);
      }
      baselines.learn(100, 1001 * unit);
      double[] said = new double[KINDS];
      baselines.predict(100, said, 0);
      assertEquals(51, said[MEAN.ordinal()] / unit, 1, "in units of " + unit);
    }
  }

  @Test
  void sharedModelsLearnOfAllKeys() {
    var random = new Random(61);
    var settings = new Settings(5000, 0, 2, 3);
    var models = settings.models(1);
    double[] said = new double[KINDS];
    for (int key = 0; key < 100; key++) {
      feed(OnlineBaselines.sharing(settings, models, 1), random, 50, said);
    }
    double squares = feed(OnlineBaselines.sharing(settings, models, 1), random, 2000, said);
    double alone = feed(OnlineBaselines.alone(settings, 1), new Random(61), 2000, said);
    assertEquals(1, squares, 0.1, "alone " + alone);
  }

  private static double feed(OnlineBaselines baselines, Random random, int rows, double[] said) {
    double value = 0;
    double squares = 0;
    for (int t = 0; t < rows; t++) {
      value = -0.8 * value + random.nextGaussian();
      squares += t > 0 ? Math.pow(said[LINEAR.ordinal()] - value, 2) / (rows - 1) : 0;
      baselines.learn(t, value);
      baselines.predict(t, said, 0);
    }
    return squares;
  }

  /** Rows that nobody tells are rows told as not known, to the bit, however many there are. */
  @ParameterizedTest
  @CsvSource({"24, 1, 1, 5", "24, 3, 2, 2", "7, 12, 1, 40", "1, 2, 1, 1", "0, 1, 1, 3"})
  void aGapIsItsRowsToldAsNotKnown(int season, int reach, int seasons, int lags) {
    var settings = new Settings(60, season, lags, reach, seasons);
    int most = Math.max(lags + reach, seasons * season + 2 * reach);
    for (int known : new int[] {0, 1, 5, season + 3, 4 * most}) {
      for (int gap = Math.max(0, most - 2); gap < most + 2 * season + 5; gap++) {
        assertGapIsItsRows(settings, known, gap);
      }
      assertGapIsItsRows(settings, known, 1000 * most + 13);
    }
  }

  private static void assertGapIsItsRows(Settings settings, int known, int gap) {
    long seed = 67;
    var random = new Random(seed);
    var jumps = OnlineBaselines.alone(settings, 1, 2);
    var walks = OnlineBaselines.alone(settings, 1, 2);
    double[] expected = new double[2 * KINDS];
    double[] found = new double[2 * KINDS];
    String where = "seed %s, %s, %s rows after %s".formatted(seed, settings, gap, known);
    long row = 0;
    for (int part = 0; part < 3; part++) {
      for (int i = 0; i < known; i++, row++) {
        double truth = random.nextInt(5) == 0 ? Double.NaN : random.nextGaussian();
        jumps.learn(row, truth);
        walks.learn(row, truth);
        jumps.predict(row, found, 0);
        walks.predict(row, expected, 0);
        assertArrayEquals(expected, found, where);
      }
      for (int i = 0; i < gap; i++, row++) {
        walks.learn(row, Double.NaN);
      }
      double truth = random.nextGaussian();
      jumps.learn(row, truth);
      walks.learn(row++, truth);
      assertArrayEquals(saved(walks), saved(jumps), where);
    }
  }

  private static double[] saved(OnlineBaselines baselines) {
    double[] state = new double[baselines.size()];
    baselines.save(state, 0);
    return state;
  }

  @Test
  void aSeasonOutlastsALongSilenceAndABeginningLeavesNothing() {
    var baselines = OnlineBaselines.alone(new Settings(100, 5, 2, 3), 1);
    double[] said = new double[KINDS];
    for (int t = 0; t < 50; t++) {
      baselines.learn(t, t % 5);
    }
    baselines.learn(20, 1e6); // told already
    baselines.learn(4_000_000_000_000L, 3);
    baselines.predict(4_000_000_000_000L, said, 0);
    assertEquals(1, said[SEASON.ordinal()]);
    assertEquals(3, said[PERSISTENCE.ordinal()]);
    baselines.begin();
    baselines.predict(4_000_000_000_001L, said, 0);
    assertTrue(Double.isNaN(said[PERSISTENCE.ordinal()]));
    assertEquals(2, said[MEAN.ordinal()], 0.2);
  }

  @Test
  void theyGoOnToTheBitAndAllocateNothing() {
    var settings = new Settings(50, 7, 3, 6, 2);
    double[] said = new double[2 * KINDS];
    RunningStateContract.assertGoesOnToTheBit(
        () -> OnlineBaselines.alone(settings, 1, 4),
        (baselines, i) -> {
          baselines.learn(i - i % 3, i % 5 == 0 ? Double.NaN : Math.sin(i));
          baselines.predict(i, said, 0);
          baselines.learn(i - i % 3 + 1, said[LINEAR.ordinal()] + Math.cos(i));
        },
        150);
    RunningStateContract.assertAllocatesNothing(
        OnlineBaselines.alone(settings, 1, 4),
        (baselines, i) -> {
          baselines.learn(i, i % 5 == 0 ? Double.NaN : i % 13);
          baselines.predict(i, said, 0);
        });
  }

  @Test
  void settingsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> new Settings(1, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Settings(10, -1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Settings(10, 1, 1, 1, 0));
    assertThrows(
        IllegalArgumentException.class, () -> OnlineBaselines.alone(new Settings(10, 0, 1, 1), -1));
  }
}
