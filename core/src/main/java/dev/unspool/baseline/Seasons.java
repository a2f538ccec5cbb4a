// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import java.util.ArrayList;
import java.util.List;

/**
 * After how many rows a series repeats, as its autocorrelation shows it. A season is a lag at which
 * the autocorrelation, after it has fallen, peaks, and so high that a series without seasons would
 * hardly ever: above four deviations of Bartlett's formula for a series that is correlated up to
 * that lag (Bartlett 1946; Box, Jenkins, Reinsel and Ljung, "Time Series Analysis", 5th edition,
 * section 2.1.6). The shortest peak is taken that is at least half as high as the highest, since
 * two, three … seasons are peaks too; its pattern is taken off, and in what remains a longer one is
 * looked for: the week behind the day. A cycle that is now longer, now shorter, as that of
 * sunspots, is no season.
 *
 * <p>A straight line is taken off first. A series that wanders hides its seasons in so much
 * correlation; where none is found, the differences of the series are asked.
 */
public final class Seasons {
  private static final int MOST = 3;
  private static final double DEVIATIONS = 4;
  private static final double LEAST = 0.1;

  /** What is left of a series when its seasons are taken off, where that is worth a further one. */
  private static final double MATTERS = 0.01;

  /** So high a peak is none by chance; of a clean wave, the formula asks for more than 1. */
  private static final double CERTAIN = 0.8;

  private static final int LONGEST = 20_000;
  private static final int REPEATS = 3;

  /** How high a shorter peak is, as a part of the highest, that is the season itself. */
  private static final double HALF = 0.5;

  /** The same of a longer season: two or three days are less like each other than two weeks. */
  private static final double NEARLY = 0.8;

  /** A peak is the highest within this part of its lag. */
  private static final int REACH = 8;

  private Seasons() {}

  /**
   * Seasons of a series, the shortest first; empty if there are none.
   *
   * @param values at equal steps of time, NaN where one is missing; not modified
   * @return in rows, each at least 2 and seen three times or more; at most three
   */
  public static List<Integer> find(double[] values) {
    double[] level = withoutLine(values);
    List<Integer> found = search(level);
    return found.isEmpty() ? search(differences(values)) : found;
  }

  private static List<Integer> search(double[] values) {
    int lags = Math.min(LONGEST, values.length / REPEATS);
    var seasons = new ArrayList<Integer>();
    double[] rest = values.clone();
    double whole = squares(values);
    while (seasons.size() < MOST && lags >= 2 && squares(rest) > MATTERS * whole) {
      double[] correlations = Autocorrelation.of(rest, lags);
      int season = highest(correlations, rest, seasons);
      if (season == 0) {
        break;
      }
      for (int known : seasons) {
        season = multiple(correlations, season, known);
      }
      seasons.add(season);
      takeOff(rest, season);
    }
    seasons.sort(null);
    return seasons;
  }

  private static double squares(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += Double.isNaN(value) ? 0 : value * value;
    }
    return sum;
  }

  /** A week has whole days: of peaks that are all but as high, the one at a multiple. */
  private static int multiple(double[] correlations, int season, int known) {
    int whole = (int) Math.round((double) season / known) * known;
    boolean near = whole > known && Math.abs(whole - season) <= Math.max(1, known / REACH);
    return near && correlations[whole] > 0.9 * correlations[season] ? whole : season;
  }

  /** What is near a season that was taken off is what is left of it. */
  private static boolean isLonger(int lag, List<Integer> known) {
    return known.stream().allMatch(season -> lag > season + Math.max(1, season / REACH));
  }

  /** The shortest of the high peaks that are not known; 0 if there is none. */
  private static int highest(double[] correlations, double[] values, List<Integer> known) {
    long count = 0;
    for (double value : values) {
      count += Double.isNaN(value) ? 0 : 1;
    }
    double squares = 0;
    double lowest = 1;
    double top = 0;
    var peaks = new ArrayList<Integer>();
    for (int lag = 1; lag < correlations.length; lag++) {
      double height = correlations[lag];
      double deviation = Math.sqrt((1 + 2 * squares) / count);
      boolean high = height > Math.clamp(DEVIATIONS * deviation, LEAST, CERTAIN);
      if (lag >= 2
          && high
          && height - lowest > LEAST
          && isPeak(correlations, lag)
          && isLonger(lag, known)) {
        peaks.add(lag);
        top = Math.max(top, height);
      }
      squares += height * height;
      lowest = Math.min(lowest, height);
    }
    for (int lag : peaks) {
      if (correlations[lag] >= (known.isEmpty() ? HALF : NEARLY) * top) {
        return lag;
      }
    }
    return 0;
  }

  private static boolean isPeak(double[] correlations, int lag) {
    int reach = Math.max(1, lag / REACH);
    if (lag + reach >= correlations.length) {
      return false;
    }
    for (int other = lag - reach; other <= lag + reach; other++) {
      if (correlations[other] > correlations[lag]) {
        return false;
      }
    }
    return true;
  }

  /** Takes the mean of each place within the season off. */
  private static void takeOff(double[] values, int season) {
    for (int place = 0; place < season; place++) {
      double sum = 0;
      int count = 0;
      for (int t = place; t < values.length; t += season) {
        if (!Double.isNaN(values[t])) {
          sum += values[t];
          count++;
        }
      }
      for (int t = place; t < values.length && count > 0; t += season) {
        values[t] -= sum / count;
      }
    }
  }

  private static double[] differences(double[] values) {
    double[] moves = new double[Math.max(0, values.length - 1)];
    for (int t = 0; t < moves.length; t++) {
      moves[t] = values[t + 1] - values[t];
    }
    return moves;
  }

  /** The series without the line that is nearest to it. */
  private static double[] withoutLine(double[] values) {
    double middle = (values.length - 1) / 2.0;
    double first = Double.NaN;
    double count = 0;
    double time = 0;
    double level = 0;
    for (int t = 0; t < values.length; t++) {
      if (!Double.isNaN(values[t])) {
        first = count == 0 ? values[t] : first;
        count++;
        time += t - middle;
        level += values[t] - first;
      }
    }
    double meanTime = count == 0 ? 0 : time / count;
    double meanLevel = count == 0 ? 0 : level / count;
    double squares = 0;
    double products = 0;
    for (int t = 0; t < values.length; t++) {
      if (!Double.isNaN(values[t])) {
        double dt = t - middle - meanTime;
        squares += dt * dt;
        products += dt * (values[t] - first - meanLevel);
      }
    }
    double slope = squares == 0 ? 0 : products / squares;
    double[] rest = new double[values.length];
    for (int t = 0; t < values.length; t++) {
      rest[t] = values[t] - first - meanLevel - slope * (t - middle - meanTime);
    }
    return rest;
  }
}
