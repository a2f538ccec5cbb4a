// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.baseline.LinearAutoregression;
import dev.unspool.cli.judge.Judgement;
import dev.unspool.cli.judge.Question;
import dev.unspool.cli.judge.Rolling;
import dev.unspool.cli.judge.RollingOrigins;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Range;
import dev.unspool.data.Split;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.predict.ClockRows;
import dev.unspool.predict.Features;
import dev.unspool.predict.Regressor;
import dev.unspool.predict.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Judges a network by rolling origins over the held-out parts, beside baselines that see what it
 * sees.
 */
final class SeriesHorizons {
  private static final int MOST_OF_TEST = 2_000;
  private static final int MOST_OF_VALID = 1_000;
  private static final int NEWEST_ROWS = 3;

  private final SeriesData data;
  private final JudgementConfig how;
  private final Rows rows;
  private final ClockRows clock;
  private final RollingOrigins origins;
  private final List<String> remarks = new ArrayList<>();

  SeriesHorizons(SeriesData data, JudgementConfig how, Model model, Parameters theta, Stop stop) {
    this.data = data;
    this.how = how;
    this.rows = data.table().andNothingAfter();
    this.clock = data.withClock(rows);
    this.origins =
        new RollingOrigins(
            model,
            theta,
            data.seen().features(),
            data.outputs(),
            rows,
            data.axis(),
            data.targets().stream().map(TargetScale::column).toList(),
            stop::check);
  }

  /**
   * What came of the held-out parts.
   *
   * @param byHorizon the test part by how far ahead, from some of its rows
   * @param test all of its rows that are said directly, whatever the horizon
   * @param valid the same of the validation part; null if there is none
   */
  record Judged(Judgement byHorizon, Figures.Series test, Figures.@Nullable Series valid) {}

  /** Goes over the held-out parts; null if there is no test part. */
  @Nullable Judged judge() {
    Split split = data.split();
    int nearest = data.outputs().horizons().getFirst();
    long from = Math.max(0, split.valid().from() - nearest);
    long cut = Math.max(from, split.test().from() - nearest);
    long to = split.test().to() - nearest;
    if (to <= cut) {
      return null;
    }
    long[] all =
        LongStream.concat(
                LongStream.of(Rolling.evenly(from, cut, MOST_OF_VALID)),
                LongStream.of(Rolling.evenly(cut, to, MOST_OF_TEST)))
            .toArray();
    describe(split, all, to - cut);
    SeriesScore test = Objects.requireNonNull(score(split.test()));
    SeriesScore valid = score(split.valid());
    Rolling rolling =
        origins.run(
            all,
            how.longest(),
            (row, said) -> {
              test.says(row, said, 0);
              if (valid != null) {
                valid.says(row, said, 0);
              }
            });
    return new Judged(
        new Judgement(questions(split), rolling, how.band()),
        test.figures(),
        valid == null ? null : valid.figures());
  }

  private @Nullable SeriesScore score(Range part) {
    return SeriesScore.of(data, part, (_, _, _, _, _, _) -> {});
  }

  /** What people should know about it, one line each. */
  List<String> remarks() {
    return remarks;
  }

  private void describe(Split split, long[] all, long ofTest) {
    long every = Math.ceilDiv(ofTest, MOST_OF_TEST);
    if (every > 1) {
      remarks.add(
          "Forecasts begin in every %s. row of the test part, %s in all"
              .formatted(every, Numbers.count(all.length, "origin")));
    }
    if (!origins.goesOn() && data.outputs().horizons().equals(List.of(1))) {
      List<String> unknown =
          data.config().inputs().stream()
              .filter(input -> !data.config().targets().contains(input))
              .toList();
      remarks.add(
          "Forecasts are judged one row ahead, since nobody knows what %s will be; what is known in advance is named by --known"
              .formatted(CsvLine.list(unknown)));
    }
    List<Integer> longer =
        how.seasons().stream().filter(season -> season >= split.train().length()).toList();
    if (!longer.isEmpty()) {
      remarks.add(
          "Nothing is compared with what it was %s rows before: there are %s to train on"
              .formatted(
                  String.join(" or ", longer.stream().map(String::valueOf).toList()),
                  Numbers.count(split.train().length(), "row")));
    }
    for (TargetScale target : data.targets()) {
      List<Integer> seasons = seasons(target, split);
      String words = String.join(" and ", seasons.stream().map(String::valueOf).toList());
      if (!target.known()) {
        continue;
      }
      if (seasons.isEmpty() && !how.seasons().isEmpty()) {
        continue;
      }
      remarks.add(
          seasons.isEmpty()
              ? "'%s' has no season that its autocorrelation would show; --season names one"
                  .formatted(target.name())
              : how.seasons().isEmpty()
                  ? "'%s' repeats every %s rows, says its autocorrelation"
                      .formatted(target.name(), words)
                  : "'%s' is compared with what it was %s rows before"
                      .formatted(target.name(), words));
    }
  }

  private List<Question> questions(Split split) {
    var questions = new ArrayList<Question>();
    for (TargetScale target : data.targets()) {
      List<Integer> seasons = seasons(target, split);
      questions.add(
          new Question(
              target.name(),
              clock,
              target.column(),
              target.known(),
              target.said().origin(),
              split,
              seasons,
              horizon -> regressors(target, seasons, horizon)));
    }
    return questions;
  }

  private List<Integer> seasons(TargetScale target, Split split) {
    if (how.seasons().isEmpty()) {
      return Question.seasons(rows, target.column(), split.train());
    }
    return how.seasons().stream().filter(season -> season < split.train().length()).toList();
  }

  /** What the network sees, too: of the target more rows, since it remembers them. */
  private List<Regressor> regressors(TargetScale target, List<Integer> seasons, int horizon) {
    var regressors = new ArrayList<Regressor>();
    if (target.known()) {
      for (int place : LinearAutoregression.places(NEWEST_ROWS, seasons, horizon)) {
        regressors.add(new Regressor(target.column(), place));
      }
    }
    for (Features.Column column : data.seen().features().columns()) {
      if (column.ahead() > 0) {
        regressors.add(new Regressor(column.column(), horizon));
      } else if (column.column() != target.column() || !target.known()) {
        for (int lag = 0; lag < NEWEST_ROWS; lag++) {
          regressors.add(new Regressor(column.column(), -lag));
        }
      }
    }
    for (int i = 0; i < clock.count(); i++) {
      regressors.add(new Regressor(clock.first() + i, horizon));
    }
    return regressors.stream().distinct().toList();
  }
}
