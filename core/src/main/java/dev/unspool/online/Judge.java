// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.baseline.OnlineBaselines;
import dev.unspool.baseline.RecursiveLeastSquares;
import dev.unspool.model.Snapshot;
import dev.unspool.score.AdaptiveBand;
import dev.unspool.score.PageHinkley;
import dev.unspool.score.Prequential;
import dev.unspool.score.RunningState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How good what a learner says has been, target by target and horizon by horizon, over all keys:
 * every prediction is judged before its truth is learned from, beside what baselines had said where
 * it was made.
 */
public final class Judge {
  /** The number by which {@link #score} knows what all say together. */
  public static final int COMBINED = 1 + OnlineBaselines.KINDS;

  /**
   * Who is judged: the model, after it each {@link OnlineBaselines.Kind}, and what all these say
   * together.
   */
  static final int FORECASTERS = COMBINED + 1;

  private static final int BAND_WINDOW = 1000;

  private final int horizons;
  private final int[] ahead;
  private final OnlineBaselines.Settings settings;
  private final RecursiveLeastSquares[][] models;
  private final Prequential[] scores;
  private final PageHinkley[] drifts;
  private final AdaptiveBand[] bands;
  private final AdaptiveBand[] combinedBands;
  private final List<RunningState> states = new ArrayList<>();
  private final double[] ofTarget;

  Judge(LearnerBuilder builder, Goals goals) {
    int targets = goals.targets();
    this.ahead = builder.horizons;
    this.horizons = ahead.length;
    double memory = builder.memory;
    this.settings =
        new OnlineBaselines.Settings(
            memory, builder.season, builder.lags, Math.max(1, goals.reach()), builder.seasons);
    this.models = new RecursiveLeastSquares[targets][];
    Arrays.setAll(models, _ -> settings.models(horizons));
    int values = targets * horizons;
    this.scores = new Prequential[values];
    this.drifts = new PageHinkley[values];
    this.bands = new AdaptiveBand[values];
    this.combinedBands = new AdaptiveBand[values];
    for (int value = 0; value < values; value++) {
      scores[value] = new Prequential(FORECASTERS, memory);
      drifts[value] = new PageHinkley(memory);
      bands[value] = new AdaptiveBand(builder.level, BAND_WINDOW);
      combinedBands[value] = new AdaptiveBand(builder.level, BAND_WINDOW);
      states.addAll(List.of(scores[value], drifts[value], bands[value], combinedBands[value]));
    }
    for (RecursiveLeastSquares[] ofOne : models) {
      states.addAll(List.of(ofOne));
    }
    this.ofTarget = new double[horizons * OnlineBaselines.KINDS];
  }

  /** Baselines of a key: one for each target; their autoregressions learn of all keys. */
  OnlineBaselines[] baselines() {
    var each = new OnlineBaselines[models.length];
    Arrays.setAll(each, i -> OnlineBaselines.sharing(settings, models[i], ahead));
    return each;
  }

  /** Lets baselines say what they can, at a row that is about to be predicted from. */
  void predict(Key key, long row) {
    for (int target = 0; target < models.length; target++) {
      key.baselines[target].predict(row, ofTarget, 0);
      for (int i = 0; i < horizons; i++) {
        key.waiting.compare(row, target * horizons + i, ofTarget, i * OnlineBaselines.KINDS);
      }
    }
  }

  /** What the baselines have said of a value together, at a row. */
  double reference(Key key, long row, int value) {
    int at = key.waiting.forecast(row, value) + 1;
    return key.references[value].of(key.waiting.forecasts(), at);
  }

  /** Combines what the model and baselines have said at a row. */
  double combine(Key key, long row, int value) {
    double[] said = key.waiting.forecasts();
    int at = key.waiting.forecast(row, value);
    said[at + COMBINED] = key.combiners[value].of(said, at);
    return said[at + COMBINED];
  }

  /** By how many units a band lies on either side of a prediction; NaN before that is known. */
  double offset(int value) {
    return bands[value].offset();
  }

  /** The same of what all say together. */
  double combinedOffset(int value) {
    return combinedBands[value].offset();
  }

  /**
   * A truth has come of what was said at a row; whether this is an alarm that errors have grown.
   */
  boolean meet(Key key, long at, int value, double truth) {
    Waiting waiting = key.waiting;
    int place = waiting.forecast(at, value);
    scores[value].add(truth, waiting.forecasts(), place);
    key.combiners[value].learn(truth, waiting.forecasts(), place);
    if (key.references.length > 0) {
      key.references[value].learn(truth, waiting.forecasts(), place + 1);
    }
    double unit = waiting.unit(at, value);
    if (Double.isNaN(unit)) {
      return false;
    }
    double size = Math.abs(truth - waiting.said(at, value)) / unit;
    boolean alarm = drifts[value].add(size);
    widen(bands[value], size, waiting.offset(at, value));
    double together = Math.abs(truth - waiting.forecasts()[place + COMBINED]) / unit;
    widen(combinedBands[value], together, waiting.combinedOffset(at, value));
    return alarm;
  }

  private static void widen(AdaptiveBand band, double size, double offset) {
    if (Double.isNaN(offset)) {
      band.calibrate(size);
    } else {
      band.observe(size, offset);
    }
  }

  /**
   * Errors of the model, which is forecaster 0, of each {@link OnlineBaselines.Kind}, which is the
   * one of its ordinal and 1, and of what they say together, {@link #COMBINED}; a view that goes
   * on.
   *
   * @param horizon number of the horizon, from 0
   */
  public Prequential score(int target, int horizon) {
    return scores[target * horizons + horizon];
  }

  /**
   * Whether errors of the model, in units of their scales, have become larger; a view that goes on.
   */
  public PageHinkley drift(int target, int horizon) {
    return drifts[target * horizons + horizon];
  }

  /** The number by which {@link #score} knows a baseline. */
  public static int forecaster(OnlineBaselines.Kind kind) {
    return 1 + kind.ordinal();
  }

  private int size() {
    return states.stream().mapToInt(RunningState::size).sum();
  }

  void save(Snapshot snapshot) {
    double[] numbers = new double[size()];
    int at = 0;
    for (RunningState state : states) {
      at = state.save(numbers, at);
    }
    snapshot.put("judged", numbers);
  }

  void load(Snapshot snapshot) {
    double[] numbers = snapshot.doubles("judged");
    if (numbers.length != size()) {
      throw new IllegalArgumentException(
          "%s numbers of judgements are stored, expected %s; the snapshot was written with other settings"
              .formatted(numbers.length, size()));
    }
    int at = 0;
    for (RunningState state : states) {
      at = state.load(numbers, at);
    }
  }
}
