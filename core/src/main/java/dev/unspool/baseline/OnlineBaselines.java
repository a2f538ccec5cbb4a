// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import dev.unspool.score.RunningScale;
import dev.unspool.score.RunningState;
import java.util.Arrays;

/**
 * What a model of a stream has to be better than: of one target of one key, at every row and for
 * each horizon, what persistence, a running mean, the last season and a linear autoregression say.
 *
 * <p>Rows are counted as the stream counts them, and their truths may come late or never: each
 * forecast is made of what is known where it is made. A value that is not known is the newest
 * before it, or in a season that of the season before. Where one of them has nothing to say yet, it
 * says what persistence does, so that all are judged by the same rows; NaN as long as no value is
 * known at all.
 *
 * <p>The autoregression is one for each horizon (direct forecasts), learned by recursive least
 * squares with forgetting. It predicts by how much the target moves from its newest value, from a
 * constant, the level over its running mean, the newest moves, and with a season from where the
 * season before was then and came to, or each of several before, all in running deviations. So it
 * begins as persistence.
 *
 * <p>Of what it and the running mean are learned from, values further than ten {@link
 * RunningScale#robust robust} deviations from the mean lately are taken for that far, so that a
 * wrong reading is not believed for as long as they remember.
 */
public final class OnlineBaselines implements RunningState {
  private static final double FURTHEST = 10;

  /** A move may be a hundredth of a deviation; then this is a row's worth. */
  private static final double RIDGE = 1e-4;

  /** Values until deviations mean something. */
  private static final int FIRST = 16;

  /** A baseline. */
  public enum Kind {
    /** The newest value. */
    PERSISTENCE,
    /** The exponentially weighted mean. */
    MEAN,
    /** The value of the newest season at the same place in it; without a season persistence. */
    SEASON,
    /** A linear autoregression. */
    LINEAR
  }

  /**
   * What is the same for all keys.
   *
   * @param memory of means, deviations and least squares in rows, at least 2
   * @param season in rows, 0 for none
   * @param lags newest values that the autoregression reads, at least 1
   * @param reach the furthest that a predicted row lies after the newest known one, at least 1; the
   *     autoregression is silent beyond
   * @param seasons how many of the newest seasons the autoregression reads, at least 1; all of them
   *     are kept
   */
  public record Settings(double memory, int season, int lags, int reach, int seasons) {
    /** Checks. */
    public Settings {
      if (!(memory >= 2) || season < 0 || lags < 1 || reach < 1 || seasons < 1) {
        throw new IllegalArgumentException(
            ("baselines need a memory of at least 2 rows, a season of at least 0, lags, reach and"
                    + " seasons of at least 1, found %s, %s, %s, %s and %s")
                .formatted(memory, season, lags, reach, seasons));
      }
      Math.addExact(Math.multiplyExact(season, seasons), Math.multiplyExact(2, reach));
    }

    /** With an autoregression that reads one season. */
    public Settings(double memory, int season, int lags, int reach) {
      this(memory, season, lags, reach, 1);
    }

    /** Models for so many horizons, of one key or for all to share. */
    public RecursiveLeastSquares[] models(int horizons) {
      var models = new RecursiveLeastSquares[horizons];
      Arrays.setAll(models, _ -> new RecursiveLeastSquares(inputs(), memory, RIDGE));
      return models;
    }

    private int inputs() {
      return 1 + lags + (season > 0 ? 2 * seasons : 0);
    }
  }

  /** How many baselines there are. */
  public static final int KINDS = Kind.values().length;

  private final Settings settings;
  private final int[] horizons;
  private final RecursiveLeastSquares[] models;
  private final boolean own;
  private final RecentValues values;
  private final RecentValues seasons;
  private final RunningScale mean;
  private final RunningScale level;
  private final double[] inputs;
  private double newest = Double.NaN;
  private long late;

  // Units of the moment.
  private double centre;
  private double deviation;

  private OnlineBaselines(
      Settings settings, int[] horizons, RecursiveLeastSquares[] models, boolean own) {
    if (models.length != horizons.length || Arrays.stream(horizons).anyMatch(h -> h < 0)) {
      throw new IllegalArgumentException(
          "each horizon needs a model and is at least 0, found horizons %s and %s models"
              .formatted(Arrays.toString(horizons), models.length));
    }
    this.settings = settings;
    this.horizons = horizons.clone();
    this.models = models;
    this.own = own;
    int season = settings.season;
    this.values = new RecentValues(settings.lags + settings.reach);
    this.seasons =
        new RecentValues(season > 0 ? settings.seasons * season + 2 * settings.reach : 1);
    this.mean = RunningScale.plain(settings.memory);
    this.level = RunningScale.robust(settings.memory);
    this.inputs = new double[settings.inputs()];
  }

  /**
   * Baselines whose autoregressions learn of this key alone.
   *
   * @param horizons in rows, at least 0
   */
  public static OnlineBaselines alone(Settings settings, int... horizons) {
    return new OnlineBaselines(settings, horizons, settings.models(horizons.length), true);
  }

  /**
   * Baselines whose autoregressions learn of all keys that share them; whoever made these saves
   * them.
   *
   * @param models one for each horizon, of {@link Settings#models}; kept
   * @param horizons in rows, at least 0
   */
  public static OnlineBaselines sharing(
      Settings settings, RecursiveLeastSquares[] models, int... horizons) {
    return new OnlineBaselines(settings, horizons, models, false);
  }

  /**
   * Says what comes so many rows after a row.
   *
   * @param row where the forecast is made
   * @param to takes, for each horizon, what each {@link Kind} says of row + horizon, from {@code
   *     at} on
   * @return the place behind
   */
  public int predict(long row, double[] to, int at) {
    measure();
    long origin = values.newest();
    late = row - origin;
    int next = at;
    for (int i = 0; i < horizons.length; i++) {
      long of = row + horizons[i];
      to[next++] = newest;
      to[next++] = mean.count() > 0 ? mean.mean() : Double.NaN;
      double season = settings.season > 0 ? seasons.at(of - away(origin, of)) : Double.NaN;
      to[next++] = Double.isNaN(season) ? newest : season;
      double linear = linear(models[i], origin, of);
      to[next++] = Double.isNaN(linear) ? newest : linear;
    }
    return next;
  }

  /**
   * Takes in the truth of a row.
   *
   * @param row after all whose truths were taken in; those between are not known, which is as if
   *     NaN had been told of each, to the bit. One of an earlier row changes nothing.
   * @param truth NaN where it is not known
   */
  public void learn(long row, double truth) {
    if (row <= values.newest()) {
      return;
    }
    pass(row - 1 - values.newest());
    double value = Double.isFinite(truth) ? truth : Double.NaN;
    if (!Double.isNaN(value)) {
      measure();
      for (int i = 0; i < horizons.length; i++) {
        long origin = row - Math.max(1, horizons[i] + late);
        if (read(origin, row)) {
          models[i].learn(inputs, unit(value) - inputs[1]);
        }
      }
      mean.add(drawnIn(value));
      level.add(value);
      newest = value;
    }
    append(value);
  }

  /** The next row begins anew: values before it say nothing of it, what was learned does. */
  public void begin() {
    values.clear();
    seasons.clear();
    newest = Double.NaN;
  }

  @Override
  public int size() {
    int size = values.size() + seasons.size() + mean.size() + level.size() + 2;
    for (int i = 0; own && i < models.length; i++) {
      size += models[i].size();
    }
    return size;
  }

  @Override
  public int save(double[] to, int at) {
    int next = level.save(to, mean.save(to, at));
    next = seasons.save(to, values.save(to, next));
    to[next++] = newest;
    to[next++] = late;
    for (int i = 0; own && i < models.length; i++) {
      next = models[i].save(to, next);
    }
    return next;
  }

  @Override
  public int load(double[] from, int at) {
    int next = level.load(from, mean.load(from, at));
    next = seasons.load(from, values.load(from, next));
    newest = from[next++];
    late = (long) from[next++];
    for (int i = 0; own && i < models.length; i++) {
      next = models[i].load(from, next);
    }
    return next;
  }

  /** Goes on over rows that are not known, in a time that does not depend on how many there are. */
  private void pass(long rows) {
    long walked = Math.min(rows, Math.max(values.length(), seasons.length()));
    appendUnknown(walked);
    // All that is kept lies in the gap now: there the newest value, or season, goes on without end.
    long period = Math.max(1, settings.season);
    long rest = (rows - walked) % period;
    long whole = rows - walked - rest;
    if (whole > 0) {
      values.shift(whole);
      if (settings.season > 0) {
        seasons.shift(whole);
      }
    }
    appendUnknown(rest);
  }

  private void appendUnknown(long rows) {
    for (long i = 0; i < rows; i++) {
      append(Double.NaN);
    }
  }

  private void append(double value) {
    boolean missing = Double.isNaN(value);
    values.add(missing ? newest : value);
    if (settings.season > 0) {
      long row = seasons.newest() + 1;
      seasons.add(missing ? seasons.at(row - settings.season) : value);
    }
  }

  /** How far a season, or as many as it takes, lies before a row, for it to be known. */
  private long away(long origin, long of) {
    return (long) settings.season * Math.max(1, Math.ceilDiv(of - origin, (long) settings.season));
  }

  private double linear(RecursiveLeastSquares model, long origin, long of) {
    if (of <= origin || !read(origin, of)) {
      return Double.NaN;
    }
    double said = centre + deviation * (inputs[1] + model.predict(inputs));
    return Double.isFinite(said) ? said : Double.NaN;
  }

  private void measure() {
    centre = level.mean();
    deviation = level.deviation();
  }

  /**
   * A value, or the furthest that one is believed; the first say themselves how far that is, and so
   * does the first that is not the same as all before.
   */
  private double drawnIn(double value) {
    double furthest = FURTHEST * deviation;
    boolean known = level.count() >= FIRST && level.hasSpread();
    return !known ? value : Math.clamp(value, centre - furthest, centre + furthest);
  }

  /** A value over its mean, in deviations. */
  private double unit(double value) {
    return Math.clamp((value - centre) / deviation, -FURTHEST, FURTHEST);
  }

  private boolean read(long origin, long of) {
    double base = unit(values.at(origin));
    if (Double.isNaN(base) || of - origin > settings.reach || level.count() < FIRST) {
      return false;
    }
    inputs[0] = 1;
    inputs[1] = base;
    double later = base;
    int next = 2;
    for (int lag = 1; lag < settings.lags; lag++) {
      double value = unit(values.at(origin - lag));
      inputs[next++] = Double.isNaN(value) ? 0 : later - value;
      later = Double.isNaN(value) ? later : value;
    }
    long away = settings.season > 0 ? away(origin, of) : 0;
    for (int i = 0; settings.season > 0 && i < settings.seasons; i++) {
      double then = unit(seasons.at(origin - away));
      double came = unit(seasons.at(of - away));
      inputs[next++] = Double.isNaN(then) ? 0 : then - base;
      inputs[next++] = Double.isNaN(came - then) ? 0 : came - then;
      away += settings.season;
    }
    return true;
  }
}
