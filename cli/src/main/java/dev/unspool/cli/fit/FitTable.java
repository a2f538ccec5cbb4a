// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.FreeRunFigures;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Figures for people. */
public final class FitTable {
  private static final String UNKNOWN = "diverged";

  private FitTable() {}

  /** The figures of a fit as a table, and what they mean. */
  public static List<String> of(FitFigures figures) {
    var lines = new ArrayList<String>();
    boolean steps = figures.train().oneStepFitPercent() != null;
    lines.add(
        "%-12s%8s%14s%14s%11s%s"
            .formatted(
                "",
                "rows",
                "RMSE",
                "MAE",
                "fit",
                steps ? "%18s%10s".formatted("one step ahead", "fit") : ""));
    add(lines, "train", figures.train(), steps);
    add(lines, "validation", figures.valid(), steps);
    add(lines, "test", figures.test(), steps);
    lines.add("");
    lines.add(figures.ending());
    lines.add("standard errors: " + figures.standardErrors());
    return lines;
  }

  /** One line; of several targets the mean of their percents, and a line for each of them. */
  private static void add(
      List<String> lines, String name, @Nullable FreeRunFigures part, boolean steps) {
    if (part == null) {
      return;
    }
    if (part.targets() == null) {
      lines.add("%-12s%8s".formatted(name, part.rows()) + columns(part.single(), steps));
      return;
    }
    lines.add(
        "%-12s%8s%14s%14s%11s%s"
            .formatted(
                name,
                part.rows(),
                "",
                "",
                percent(part.fitPercent()),
                steps ? "%18s%10s".formatted("", percent(part.oneStepFitPercent())) : ""));
    part.targets()
        .forEach((target, each) -> lines.add("  %-18s".formatted(target) + columns(each, steps)));
  }

  private static String columns(FreeRunFigures.Target target, boolean steps) {
    String oneStep =
        steps
            ? "%18s%10s".formatted(error(target.oneStepRmse()), percent(target.oneStepFitPercent()))
            : "";
    return "%14s%14s%11s%s"
        .formatted(
            error(target.rmse()), error(target.mae()), percent(target.fitPercent()), oneStep);
  }

  private static String error(@Nullable Double value) {
    return value == null ? UNKNOWN : Numbers.of(value);
  }

  private static String percent(@Nullable Double value) {
    return value == null ? "-" : Numbers.percent(value);
  }
}
