// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeasonInputsTest {
  private static final int ROWS = 90;

  /** All values at hand, straight from the definition. */
  private static double[] slowly(double[] values, int row, int[] seasons, int[] horizons) {
    double[] inputs = new double[SeasonInputs.count(seasons.length, horizons.length)];
    int at = 0;
    inputs[at++] = move(values, row - 1, row);
    for (int season : seasons) {
      for (int horizon : horizons) {
        int away = season * Math.ceilDiv(horizon, season);
        inputs[at++] = move(values, row - away, row - away + horizon);
      }
      inputs[at++] = move(values, row - season, row);
    }
    int known = Math.min(4, row / seasons[0]);
    for (int i = 1; i <= known; i++) {
      int then = row - i * seasons[0];
      for (int h = 0; h < horizons.length; h++) {
        int more = seasons[0] * (Math.ceilDiv(horizons[h], seasons[0]) - 1);
        inputs[at + h] += move(values, then - more, then - more + horizons[h]) / known;
      }
      inputs[at + horizons.length] += move(values, then, row) / known;
    }
    return inputs;
  }

  private static double move(double[] values, int from, int to) {
    return from < 0 ? 0 : values[to] - values[from];
  }

  private static double[] values() {
    return new Random(3).doubles(ROWS, -5, 5).toArray();
  }

  @Test
  void itTellsWhatSeasonsBeforeDidFromThere() {
    for (int[] seasons : new int[][] {{6, 12}, {12, 6, 5}, {4}}) {
      for (int[] horizons : new int[][] {{1, 5}, {2}, {1, 4, 7, 12, 13}}) {
        double[] values = values();
        var inputs = new SeasonInputs(seasons, horizons);
        double[] told = new double[inputs.count() + 2];
        for (int row = 0; row < ROWS; row++) {
          inputs.add(values[row]);
          assertEquals(told.length - 1, inputs.write(told, 1));
          assertArrayEquals(
              slowly(values, row, seasons, horizons),
              Arrays.copyOfRange(told, 1, told.length - 1),
              "row %s of %s".formatted(row, Arrays.toString(seasons)));
        }
      }
    }
  }

  @Test
  void whatIsNotKnownIsTheSeasonBeforeElseTheNewest() {
    var inputs = new SeasonInputs(new int[] {3}, new int[] {1});
    var whole = new SeasonInputs(new int[] {3}, new int[] {1});
    double[] holes = {7, Double.NaN, 5, 6, Double.NaN, 9, Double.NaN};
    double[] filled = {7, 7, 5, 6, 7, 9, 6};
    double[] one = new double[inputs.count()];
    double[] other = new double[inputs.count()];
    for (int row = 0; row < holes.length; row++) {
      inputs.add(holes[row]);
      whole.add(filled[row]);
      inputs.write(one, 0);
      whole.write(other, 0);
      assertArrayEquals(other, one, "row " + row);
    }
    inputs.begin();
    inputs.add(4);
    inputs.write(one, 0);
    assertArrayEquals(new double[inputs.count()], one, "nothing is known of before");
  }

  @Test
  void itGoesOnWhereItWasStored() {
    int[] seasons = {5, 3};
    int[] horizons = {1, 4};
    double[] values = values();
    var whole = new SeasonInputs(seasons, horizons);
    double[] stored = new double[whole.size()];
    double[] one = new double[whole.count()];
    double[] other = new double[whole.count()];
    for (int row = 0; row + 1 < ROWS; row++) {
      whole.add(values[row]);
      assertEquals(stored.length, whole.save(stored, 0));
      var later = new SeasonInputs(seasons, horizons);
      later.load(stored, 0);
      later.add(values[row + 1]);
      later.write(one, 0);
      slow(values, row + 1, seasons, horizons, other);
      assertArrayEquals(other, one, "row " + row);
    }
  }

  private static void slow(double[] values, int row, int[] seasons, int[] horizons, double[] to) {
    System.arraycopy(slowly(values, row, seasons, horizons), 0, to, 0, to.length);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    int[] one = {1};
    assertThrows(IllegalArgumentException.class, () -> new SeasonInputs(one, one));
    assertThrows(IllegalArgumentException.class, () -> new SeasonInputs(new int[0], one));
    assertThrows(
        IllegalArgumentException.class, () -> new SeasonInputs(new int[] {4}, new int[] {0}));
  }
}
