// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import dev.unspool.score.RunningState;
import java.util.Arrays;

/**
 * What a model of a seasonal series may be told at a row, all of it known there: the newest move,
 * and for each season what the season before did: how far it went from the same place to each
 * horizon, and how far it lies below. And the same of the mean of the last four of the first
 * season, which are less a matter of chance. A network whose window is shorter than a season cannot
 * know this by itself, and one pass teaches no calendar.
 *
 * <p>Where a horizon is longer than a season, as many seasons before as it takes are read. A value
 * that is not known is that of the first season before, else the newest; a move of which an end was
 * never known is 0.
 */
public final class SeasonInputs implements RunningState {
  private static final int MEAN_OF = 4;

  private final int[] seasons;
  private final int[] horizons;
  private final RecentValues values;
  private double newest = Double.NaN;

  /**
   * Of a series that has not begun.
   *
   * @param seasons in rows, each at least 2; at least one
   * @param horizons in rows, ascending, each at least 1; at least one
   */
  public SeasonInputs(int[] seasons, int[] horizons) {
    if (seasons.length == 0
        || horizons.length == 0
        || Arrays.stream(seasons).anyMatch(season -> season < 2)
        || Arrays.stream(horizons).anyMatch(horizon -> horizon < 1)) {
      throw new IllegalArgumentException(
          "a model is told of seasons of at least 2 rows, for horizons of at least 1; found %s and %s"
              .formatted(Arrays.toString(seasons), Arrays.toString(horizons)));
    }
    this.seasons = seasons.clone();
    this.horizons = horizons.clone();
    int furthest = Arrays.stream(horizons).max().orElseThrow();
    int reach = Math.multiplyExact(MEAN_OF - 1, seasons[0]) + away(seasons[0], furthest);
    for (int season : seasons) {
      reach = Math.max(reach, away(season, furthest));
    }
    this.values = new RecentValues(Math.addExact(reach, 1));
  }

  /** How many numbers it is. */
  public static int count(int seasons, int horizons) {
    return 1 + (1 + seasons) * (1 + horizons);
  }

  /** How many numbers it is. */
  public int count() {
    return count(seasons.length, horizons.length);
  }

  /**
   * Takes in the value of the next row.
   *
   * @param value NaN where it is not known
   */
  public void add(double value) {
    double known = Double.isFinite(value) ? value : values.at(values.newest() + 1 - seasons[0]);
    newest = Double.isNaN(known) ? newest : known;
    values.add(newest);
  }

  /** The next row begins anew: values before it say nothing of it. */
  public void begin() {
    values.clear();
    newest = Double.NaN;
  }

  /**
   * Writes what is told at the newest row.
   *
   * @param into takes {@link #count} numbers from {@code at} on
   * @return the place behind
   */
  public int write(double[] into, int at) {
    long row = values.newest();
    int next = at;
    into[next++] = move(row - 1, row);
    for (int season : seasons) {
      next = tell(season, 0, 1, into, next, true);
    }
    int first = seasons[0];
    int known = 0;
    while (known < MEAN_OF && !Double.isNaN(values.at(row - (long) (known + 1) * first))) {
      known++;
    }
    int end = next + horizons.length + 1;
    Arrays.fill(into, next, end, 0);
    for (int i = 0; i < known; i++) {
      tell(first, (long) i * first, known, into, next, false);
    }
    return end;
  }

  /** Writes or adds a share of what a season did, so many rows before the one before. */
  private int tell(int season, long before, int of, double[] into, int at, boolean anew) {
    long row = values.newest();
    for (int h = 0; h <= horizons.length; h++) {
      int horizon = h < horizons.length ? horizons[h] : 0;
      long then = row - before - (horizon == 0 ? season : away(season, horizon));
      double moved = horizon == 0 ? move(then, row) : move(then, then + horizon);
      into[at + h] = (anew ? 0 : into[at + h]) + moved / of;
    }
    return at + horizons.length + 1;
  }

  /** How far a season, or as many as it takes, lies before a row for all of it to be known. */
  private static int away(int season, int horizon) {
    return Math.multiplyExact(season, Math.ceilDiv(horizon, season));
  }

  private double move(long from, long to) {
    double moved = values.at(to) - values.at(from);
    return Double.isNaN(moved) ? 0 : moved;
  }

  @Override
  public int size() {
    return values.size() + 1;
  }

  @Override
  public int save(double[] to, int at) {
    int next = values.save(to, at);
    to[next] = newest;
    return next + 1;
  }

  @Override
  public int load(double[] from, int at) {
    int next = values.load(from, at);
    newest = from[next];
    return next + 1;
  }
}
