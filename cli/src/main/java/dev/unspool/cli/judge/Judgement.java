// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import dev.unspool.checkpoint.DurableFile;
import dev.unspool.cli.report.HorizonChart;
import dev.unspool.predict.Bands;
import dev.unspool.predict.Combination;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Forecasts of all targets by how far ahead, and the files that are made of them. */
public final class Judgement {
  /** Bands to choose from, beside the one that was judged. */
  private static final List<Double> LEVELS = List.of(0.5, 0.8, 0.9, 0.95);

  private final Rolling rolling;
  private final List<Double> levels;
  private final List<HorizonJudge> judges = new ArrayList<>();
  private final @Nullable Combination combination;
  private final Map<String, List<HorizonFigures>> figures = new LinkedHashMap<>();
  private final PredictionsFile predictions = new PredictionsFile();

  /**
   * Judges.
   *
   * @param questions one for each target of the forecasts
   * @param level share of truths that shall lie in a band
   */
  public Judgement(List<Question> questions, Rolling rolling, double level) {
    this.rolling = rolling;
    var all = new ArrayList<>(LEVELS);
    if (!all.contains(level)) {
      all.add(level);
    }
    this.levels = all.stream().sorted().toList();
    List<Integer> horizons = HorizonTable.some(rolling.horizons());
    List<Rivals> rivals =
        questions.stream().map(question -> new Rivals(question, rolling.horizons())).toList();
    for (int target = 0; target < questions.size(); target++) {
      String name = questions.get(target).name();
      var judge =
          new HorizonJudge(questions.get(target), rolling, target, level, rivals.get(target));
      judge.tell(
          (row, horizon, truth, value, lower, upper) -> {
            if (horizons.contains(horizon)) {
              predictions.add(name, row, horizon, truth, value, lower, upper);
            }
          });
      judges.add(judge);
      figures.put(name, judge.figures());
    }
    this.combination = combine(questions, level, rivals);
  }

  /** Judges the mean of the model and the line, too; null where there is none. */
  private @Nullable Combination combine(
      List<Question> questions, double level, List<Rivals> rivals) {
    if (rolling.horizons().getFirst() < 1) {
      return null; // nothing is forecast
    }
    var parts = new LinkedHashMap<String, List<Combination.@Nullable Part>>();
    for (int target = 0; target < questions.size(); target++) {
      parts.put(
          questions.get(target).name(),
          Shares.of(questions.get(target), rolling, target, rivals.get(target)));
    }
    if (parts.values().stream().allMatch(of -> of.stream().allMatch(Objects::isNull))) {
      return null;
    }
    Rolling combined =
        rolling.combined(questions, combination(parts, new Bands(List.of(), false, List.of())));
    var of = new ArrayList<HorizonJudge>();
    for (int target = 0; target < questions.size(); target++) {
      Question question = questions.get(target);
      var judge = new HorizonJudge(question, combined, target, level, rivals.get(target));
      of.add(judge);
      List<Combination.@Nullable Part> found = parts.getOrDefault(question.name(), List.of());
      Map<Integer, HorizonFigures> byHorizon =
          judge.figures().stream().collect(Collectors.toMap(HorizonFigures::horizon, each -> each));
      figures.computeIfPresent(
          question.name(),
          (_, each) -> each.stream().map(f -> beside(f, found, byHorizon)).toList());
    }
    return combination(parts, bands(combined, of));
  }

  @SuppressWarnings("NullAway") // which does not see @Nullable within types of another module
  private Combination combination(
      Map<String, List<Combination.@Nullable Part>> parts, Bands bands) {
    return new Combination(rolling.horizons(), parts, bands);
  }

  private HorizonFigures beside(
      HorizonFigures own,
      List<Combination.@Nullable Part> parts,
      Map<Integer, HorizonFigures> combined) {
    Combination.Part part = parts.get(rolling.horizons().indexOf(own.horizon()));
    HorizonFigures other = combined.get(own.horizon());
    return part == null || other == null ? own : own.with(part.share(), other);
  }

  /** Figures of each target, by its name and the horizon. */
  public Map<String, List<HorizonFigures>> figures() {
    return figures;
  }

  /** How bands are made from here on. */
  public Bands bands() {
    return bands(rolling, judges);
  }

  private Bands bands(Rolling of, List<HorizonJudge> by) {
    var found = new ArrayList<Bands.Level>();
    List<String> names = List.copyOf(figures.keySet());
    for (double level : levels) {
      var offsets = new LinkedHashMap<String, List<@Nullable Double>>();
      for (int target = 0; target < by.size(); target++) {
        offsets.put(names.get(target), by.get(target).offsets(level));
      }
      found.add(
          new Bands.Level(
              level, of.quantile((1 - level) / 2), of.quantile((1 + level) / 2), offsets));
    }
    return new Bands(of.horizons(), of.isScaled(), found);
  }

  /** Writes {@code combined.json}, or deletes it where nothing can be combined. */
  public void writeCombination(Path file) throws IOException {
    if (combination == null) {
      Files.deleteIfExists(file);
    } else {
      DurableFile.write(file, combination.toJson());
    }
  }

  /** Writes {@code bands.json}. */
  public void writeBands(Path file) throws IOException {
    DurableFile.write(file, bands().toJson());
  }

  /**
   * Writes {@code predictions.csv}.
   *
   * @param time of a row; null where nobody knows it
   * @param resolution of the numbers of each target
   */
  public void writePredictions(
      Path file, @Nullable LongFunction<String> time, Map<String, Double> resolution)
      throws IOException {
    predictions.write(file, time, resolution);
  }

  /** Whether there is more than one horizon to draw. */
  public boolean isDrawn() {
    return figures.values().stream().anyMatch(each -> each.size() > 1);
  }

  /** Draws {@code horizons.png}. */
  public void draw(Path png) throws IOException {
    var horizons = new LinkedHashMap<String, List<Integer>>();
    var errors = new LinkedHashMap<String, Map<String, List<@Nullable Double>>>();
    figures.forEach(
        (target, each) -> {
          if (!each.isEmpty()) {
            horizons.put(target, each.stream().map(HorizonFigures::horizon).toList());
            var lines = new LinkedHashMap<String, List<@Nullable Double>>();
            lines.put("model", of(each, HorizonFigures::rmse));
            lines.put("persistence", of(each, HorizonFigures::persistenceRmse));
            lines.put("a constant", of(each, HorizonFigures::constantRmse));
            lines.put(
                "persistence over %s rows".formatted(each.getFirst().season()),
                of(each, HorizonFigures::seasonalRmse));
            lines.put("linear autoregression", of(each, HorizonFigures::linearRmse));
            lines.put("model and line combined", of(each, HorizonFigures::combinedRmse));
            errors.put(target, lines);
          }
        });
    HorizonChart.draw(png, horizons, errors);
  }

  private static List<@Nullable Double> of(
      List<HorizonFigures> figures, Function<HorizonFigures, @Nullable Double> figure) {
    var values = new ArrayList<@Nullable Double>();
    figures.forEach(each -> values.add(figure.apply(each)));
    return values;
  }
}
