// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Range;
import dev.unspool.score.AdaptiveBand;
import dev.unspool.score.Coverage;
import dev.unspool.score.ErrorSums;
import dev.unspool.score.NaiveScale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges forecasts of one target from rolling origins. Those whose rows are in the validation part
 * calibrate the bands; those whose rows are in the test part are judged, and what has come out of
 * them in the meantime goes on calibrating, as it would have in use.
 */
public final class HorizonJudge {
  /** How many of the newest scores a band looks at. */
  private static final int WINDOW = 1_000;

  private final Question question;
  private final Rolling rolling;
  private final int target;
  private final double level;
  private final Rivals rivals;
  private final List<Listener> listeners = new ArrayList<>();

  /** Told of each forecast of the test part, the nearer rows ahead first. */
  @FunctionalInterface
  public interface Listener {
    /**
     * A forecast whose truth may be missing.
     *
     * @param row that is predicted
     * @param lower end of the band; NaN without one
     * @param upper end of the band; NaN without one
     */
    void judged(long row, int horizon, double truth, double value, double lower, double upper);
  }

  /**
   * A judge.
   *
   * @param rolling from origins before both held-out parts, ascending
   * @param target its number there
   * @param level share of truths that shall lie in a band
   */
  public HorizonJudge(Question question, Rolling rolling, int target, double level) {
    this(question, rolling, target, level, new Rivals(question, rolling.horizons()));
  }

  /** The same with what it is compared with. */
  HorizonJudge(Question question, Rolling rolling, int target, double level, Rivals rivals) {
    this.question = question;
    this.rolling = rolling;
    this.rivals = rivals;
    this.target = target;
    this.level = level;
  }

  /** Tells somebody of what is judged. */
  public void tell(Listener listener) {
    listeners.add(listener);
  }

  /** Figures of the test part by horizon; those without a row are left out. */
  public List<HorizonFigures> figures() {
    List<Integer> horizons = rolling.horizons();
    Range train = question.split().train();
    double unit =
        NaiveScale.of(
            question.rows(),
            question.column(),
            train.from(),
            train.to(),
            Math.max(1, rivals.season()));
    var figures = new ArrayList<HorizonFigures>();
    for (int h = 0; h < horizons.size(); h++) {
      HorizonFigures found = figures(h, unit);
      if (found != null) {
        figures.add(found);
      }
    }
    return figures;
  }

  private @Nullable HorizonFigures figures(int h, double unit) {
    int horizon = rolling.horizons().get(h);
    var model = new ErrorSums();
    var simple = new ErrorSums();
    var seasonal = new ErrorSums();
    var linear = new ErrorSums();
    var coverage = new Coverage();
    double[] proper = new double[2];
    Course course = course(h, level);
    for (int index = 0; index < rolling.count(); index++) {
      long origin = rolling.origin(index);
      long row = origin + horizon;
      double value = rolling.value(index, target, h);
      course.reach(index);
      if (row < question.split().test().from()
          || row >= question.split().test().to()
          || Double.isNaN(value)) {
        continue;
      }
      double truth = question.rows().get(row, question.column());
      model.add(value, truth);
      simple.add(rivals.simple(origin, horizon), truth);
      addIfSaid(seasonal, rivals.seasonal(origin, horizon), truth);
      addIfSaid(linear, rivals.linear(origin, h), truth);
      double offset = course.issue(index);
      double widening = offset * rolling.scale(index, target, h);
      double lower = rolling.lower(index, target, h, level) - widening;
      double upper = rolling.upper(index, target, h, level) + widening;
      if (!Double.isNaN(offset)) {
        coverage.add(Math.min(lower, upper), Math.max(lower, upper), truth);
      }
      if (!Double.isNaN(truth)) {
        proper[0] += rolling.crps(index, target, h, truth);
        proper[1] += rolling.pinball(index, target, h, truth);
      }
      for (Listener listener : listeners) {
        listener.judged(row, horizon, truth, value, lower, upper);
      }
    }
    if (model.count() == 0) {
      return null;
    }
    boolean known = question.known();
    return new HorizonFigures(
        horizon,
        model.count(),
        Numbers.finite(model.rmse()),
        Numbers.finite(model.mae()),
        Numbers.finite(model.relative()),
        Numbers.finite(model.mae() / unit),
        known ? Numbers.finite(simple.rmse()) : null,
        known ? Numbers.finite(simple.mae()) : null,
        known ? Numbers.finite(simple.mae() / unit) : null,
        known ? null : Numbers.finite(simple.rmse()),
        known ? null : Numbers.finite(simple.mae()),
        known ? null : Numbers.finite(simple.mae() / unit),
        rivals.season() == 0 ? null : rivals.season(),
        Numbers.finite(seasonal.rmse()),
        Numbers.finite(seasonal.mae()),
        Numbers.finite(seasonal.mae() / unit),
        Numbers.finite(linear.rmse()),
        Numbers.finite(linear.mae()),
        Numbers.finite(linear.mae() / unit),
        Numbers.finite(proper[0] / model.count()),
        Numbers.finite(proper[1] / model.count()),
        coverage.count() == 0 ? null : level,
        Numbers.finite(coverage.share()),
        Numbers.finite(coverage.width()),
        null,
        null,
        null,
        null);
  }

  private static void addIfSaid(ErrorSums sums, double said, double truth) {
    if (!Double.isNaN(said)) {
      sums.add(said, truth);
    }
  }

  /**
   * What bands are to be widened by after everything that has come out.
   *
   * @return one for each horizon; null where there was nothing to calibrate with
   */
  List<@Nullable Double> offsets(double ofLevel) {
    var offsets = new ArrayList<@Nullable Double>();
    for (int h = 0; h < rolling.horizons().size(); h++) {
      Course course = course(h, ofLevel);
      for (int index = 0; index < rolling.count(); index++) {
        course.reach(index);
        if (rolling.origin(index) + rolling.horizons().get(h) >= question.split().test().from()) {
          course.issue(index);
        }
      }
      offsets.add(Numbers.finite(course.end()));
    }
    return offsets;
  }

  private Course course(int h, double ofLevel) {
    return new Course(h, ofLevel);
  }

  /** A band at one horizon, as time goes by. */
  private final class Course {
    private final int h;
    private final int horizon;
    private final double ofLevel;
    private final AdaptiveBand band;
    private final double[] issued;
    private int known;

    Course(int h, double ofLevel) {
      this.h = h;
      this.horizon = rolling.horizons().get(h);
      this.ofLevel = ofLevel;
      this.band = new AdaptiveBand(ofLevel, WINDOW);
      this.issued = new double[rolling.count()];
      Arrays.fill(issued, Double.NaN);
    }

    /** Takes in what has come out when an origin is reached. */
    void reach(int index) {
      while (known < index && rolling.origin(known) + horizon <= rolling.origin(index)) {
        takeIn();
      }
    }

    /** What a band is widened by that is given now. */
    double issue(int index) {
      issued[index] = band.offset();
      return issued[index];
    }

    /** The offset when everything has come out. */
    double end() {
      while (known < rolling.count()) {
        takeIn();
      }
      return band.offset();
    }

    private void takeIn() {
      int index = known++;
      long row = rolling.origin(index) + horizon;
      if (row < question.split().valid().from() || row >= question.split().test().to()) {
        return;
      }
      double truth = question.rows().get(row, question.column());
      double score =
          AdaptiveBand.score(
              rolling.lower(index, target, h, ofLevel),
              rolling.upper(index, target, h, ofLevel),
              rolling.scale(index, target, h),
              truth);
      if (Double.isNaN(issued[index])) {
        band.calibrate(score);
      } else {
        band.observe(score, issued[index]);
      }
    }
  }
}
