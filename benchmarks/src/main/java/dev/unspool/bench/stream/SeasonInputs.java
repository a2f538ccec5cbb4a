// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.stream;

/**
 * What a model of a seasonal stream is told at a row, all of it known there: the value, its last
 * move, and for each season what the season before did then: how far it went from the same place to
 * each horizon, and how far it lies below. And the same of the mean of the last four of the first
 * season, which are less a matter of chance.
 */
final class SeasonInputs {
  private static final int MEAN_OF = 4;

  private final int[] seasons;
  private final int[] horizons;

  /**
   * Describes inputs.
   *
   * @param seasons in rows
   * @param horizons each at most the shortest season
   */
  SeasonInputs(int[] seasons, int[] horizons) {
    this.seasons = seasons;
    this.horizons = horizons;
  }

  int count() {
    return 2 + (1 + seasons.length) * (1 + horizons.length);
  }

  /**
   * Inputs of a row.
   *
   * @param values of which those up to the row are read; where there are none yet, 0
   */
  double[] of(double[] values, int row) {
    double[] inputs = new double[count()];
    inputs[0] = values[row];
    inputs[1] = move(values, row - 1, row);
    int at = 2;
    for (int season : seasons) {
      for (int horizon : horizons) {
        inputs[at++] = move(values, row - season, row + horizon - season);
      }
      inputs[at++] = move(values, row - season, row);
    }
    int known = Math.min(MEAN_OF, row / seasons[0]);
    for (int i = 1; i <= known; i++) {
      int then = row - i * seasons[0];
      for (int h = 0; h < horizons.length; h++) {
        inputs[at + h] += move(values, then, then + horizons[h]) / known;
      }
      inputs[at + horizons.length] += move(values, then, row) / known;
    }
    return inputs;
  }

  private static double move(double[] values, int from, int to) {
    return from < 0 ? 0 : values[to] - values[from];
  }
}
