// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import dev.unspool.cli.report.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Errors by horizon as lines for people, and who does best. */
public final class HorizonTable {
  private static final int MOST_LINES = 7;
  private static final double WORTH_SAYING = 0.01;

  private HorizonTable() {}

  /** What is compared. */
  private record Rival(String name, Function<HorizonFigures, @Nullable Double> rmse) {}

  private static List<Rival> rivals(List<HorizonFigures> figures) {
    Integer season = figures.getFirst().season();
    var all =
        List.of(
            new Rival("persistence", HorizonFigures::persistenceRmse),
            new Rival("a constant", HorizonFigures::constantRmse),
            new Rival("season " + season, HorizonFigures::seasonalRmse),
            new Rival("linear", HorizonFigures::linearRmse));
    return all.stream()
        .filter(rival -> figures.stream().anyMatch(f -> rival.rmse().apply(f) != null))
        .toList();
  }

  /**
   * A table, and below it a sentence for each rival that is as good as the model somewhere.
   *
   * @param target whose errors they are; empty if there is only one
   */
  public static List<String> describe(String target, List<HorizonFigures> figures) {
    if (figures.isEmpty()) {
      return List.of();
    }
    List<Rival> rivals = rivals(figures);
    boolean banded = figures.stream().anyMatch(f -> f.coverage() != null);
    var rows = new ArrayList<List<String>>();
    var header = new ArrayList<>(List.of("rows ahead", "RMSE"));
    rivals.forEach(rival -> header.add(rival.name()));
    header.addAll(List.of("MAE", "MASE"));
    if (banded) {
      header.add("in band");
    }
    boolean combined = figures.stream().anyMatch(f -> f.combinedRmse() != null);
    if (combined) {
      header.add(2 + rivals.size(), "combined");
    }
    rows.add(header);
    List<Integer> said = some(figures.stream().map(HorizonFigures::horizon).toList());
    for (HorizonFigures each : figures) {
      if (!said.contains(each.horizon())) {
        continue;
      }
      var row = new ArrayList<>(List.of(Integer.toString(each.horizon()), said(each.rmse())));
      rivals.forEach(rival -> row.add(said(rival.rmse().apply(each))));
      if (combined) {
        row.add(said(each.combinedRmse()));
      }
      row.addAll(List.of(said(each.mae()), said(each.mase())));
      if (banded) {
        row.add(
            each.coverage() == null
                ? "-"
                : String.format(Locale.ROOT, "%.1f %%", 100 * each.coverage()));
      }
      rows.add(row);
    }
    var lines = new ArrayList<String>();
    Integer season = figures.getFirst().season();
    lines.add(
        "Forecasts%s in the test part, RMSE beside that of what costs nothing (MASE: MAE in units of what repeating %s errs by in training%s):"
            .formatted(
                target.isEmpty() ? "" : " of " + target,
                season == null ? "the newest value" : "the value " + season + " rows before",
                banded ? "; bands of " + percent(figures) : ""));
    lines.addAll(aligned(rows));
    rivals.forEach(rival -> lines.addAll(better(rival, figures)));
    lines.addAll(gain(figures));
    return lines;
  }

  private static String percent(List<HorizonFigures> figures) {
    for (HorizonFigures each : figures) {
      if (each.band() != null) {
        return Numbers.of(100 * each.band()) + " %";
      }
    }
    return "";
  }

  private static List<String> better(Rival rival, List<HorizonFigures> figures) {
    List<HorizonFigures> lost =
        figures.stream()
            .filter(
                f ->
                    f.rmse() != null
                        && rival.rmse().apply(f) instanceof Double other
                        && other <= f.rmse())
            .toList();
    if (lost.isEmpty()) {
      return List.of();
    }
    String who =
        switch (rival.name()) {
          case "linear" -> "A linear autoregression";
          case "persistence" -> "Persistence";
          case "a constant" -> "A constant";
          default -> "Seasonal persistence";
        };
    String where =
        lost.size() == figures.size()
            ? "at every horizon"
            : lost.size() == 1
                ? "%s ahead".formatted(Numbers.count(lost.getFirst().horizon(), "row"))
                : "at %s of %s horizons, from %s to %s rows ahead"
                    .formatted(
                        lost.size(),
                        figures.size(),
                        lost.getFirst().horizon(),
                        lost.getLast().horizon());
    return List.of("%s is at least as good as the model, %s".formatted(who, where));
  }

  /** A sentence where a combination errs less by a share that is worth a command. */
  private static List<String> gain(List<HorizonFigures> figures) {
    double most = 0;
    int horizon = 0;
    for (HorizonFigures each : figures) {
      Double rmse = each.rmse();
      Double combined = each.combinedRmse();
      if (rmse != null && combined != null && 1 - combined / rmse > most) {
        most = 1 - combined / rmse;
        horizon = each.horizon();
      }
    }
    return most < WORTH_SAYING
        ? List.of()
        : List.of(
            String.format(
                Locale.ROOT,
                "Combined with that line, forecasts err up to %.1f %% less (%s ahead): 'unspool forecast --combine'",
                100 * most,
                Numbers.count(horizon, "row")));
  }

  private static String said(@Nullable Double value) {
    return value == null ? "-" : Numbers.of(value);
  }

  /** A few of the horizons, the first and the last among them, about evenly on a logarithm. */
  static List<Integer> some(List<Integer> horizons) {
    if (horizons.size() <= MOST_LINES) {
      return horizons;
    }
    double first = Math.max(1, horizons.getFirst());
    double step = Math.log(horizons.getLast() / first) / (MOST_LINES - 1);
    var some = new ArrayList<Integer>();
    for (int horizon : horizons) {
      if (Math.log(horizon / first) >= step * some.size() - 1e-9) {
        some.add(horizon);
      }
    }
    return some;
  }

  private static List<String> aligned(List<List<String>> rows) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream()
        .map(
            row -> {
              var line = new StringBuilder();
              for (int i = 0; i < widths.length; i++) {
                line.append("  ").append(" ".repeat(widths[i] - row.get(i).length()));
                line.append(row.get(i));
              }
              return line.toString();
            })
        .toList();
  }
}
