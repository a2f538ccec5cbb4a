// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.stream;

import java.util.Arrays;

/**
 * Forecasts by what came after those windows of the past that are most like the newest one (k
 * nearest neighbours by Euclidean distance). Windows are compared, and go on, from their newest
 * value; the forecast is the mean of how they went on, weighted by one over the distance. All of
 * the past is looked through at every row: a peer to compare with, which grows slower and larger
 * for ever.
 */
final class NearestWindows {
  private final int window;
  private final int neighbours;
  private double[] values = new double[1024];
  private int count;

  /** Of nothing yet. */
  NearestWindows(int window, int neighbours) {
    this.window = window;
    this.neighbours = neighbours;
  }

  void add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  /**
   * Says what comes after the newest value.
   *
   * @param horizons ascending
   * @param to takes one number for each; the newest value as long as there are not enough windows
   */
  void predict(int[] horizons, double[] to) {
    int furthest = horizons[horizons.length - 1];
    int newest = count - 1;
    Arrays.fill(to, values[newest]);
    if (newest - furthest - window + 1 < neighbours) {
      return;
    }
    double[] least = new double[neighbours];
    int[] ends = new int[neighbours];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    for (int end = window - 1; end + furthest <= newest; end++) {
      double shift = values[newest] - values[end];
      double distance = 0;
      for (int i = 0; i < window && distance < least[neighbours - 1]; i++) {
        double d = values[newest - i] - values[end - i] - shift;
        distance += d * d;
      }
      int place = neighbours;
      while (place > 0 && distance < least[place - 1]) {
        place--;
      }
      if (place < neighbours) {
        System.arraycopy(least, place, least, place + 1, neighbours - place - 1);
        System.arraycopy(ends, place, ends, place + 1, neighbours - place - 1);
        least[place] = distance;
        ends[place] = end;
      }
    }
    for (int h = 0; h < horizons.length; h++) {
      double sum = 0;
      double weights = 0;
      for (int n = 0; n < neighbours; n++) {
        double weight = 1 / (Math.sqrt(least[n]) + 1e-9);
        sum += weight * (values[ends[n] + horizons[h]] - values[ends[n]]);
        weights += weight;
      }
      to[h] = values[newest] + sum / weights;
    }
  }
}
