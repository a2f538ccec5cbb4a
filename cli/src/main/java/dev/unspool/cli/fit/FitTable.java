// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.Numbers;
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
    boolean steps = figures.train().oneStepRmse() != null;
    lines.add(
        "%-12s%8s%14s%11s%s"
            .formatted(
                "",
                "rows",
                "RMSE",
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

  private static void add(
      List<String> lines, String name, FitFigures.@Nullable Part part, boolean steps) {
    if (part == null) {
      return;
    }
    String oneStep =
        steps
            ? "%18s%10s".formatted(rmse(part.oneStepRmse()), percent(part.oneStepFitPercent()))
            : "";
    lines.add(
        "%-12s%8s%14s%11s%s"
            .formatted(name, part.rows(), rmse(part.rmse()), percent(part.fitPercent()), oneStep));
    if (part.targets() != null) {
      part.targets()
          .forEach(
              (target, figures) ->
                  lines.add(
                      "  %-18s%14s%11s"
                          .formatted(target, rmse(figures.rmse()), percent(figures.fitPercent()))));
    }
  }

  private static String rmse(@Nullable Double value) {
    return value == null ? UNKNOWN : Numbers.of(value);
  }

  private static String percent(@Nullable Double value) {
    return value == null ? "-" : Numbers.percent(value);
  }
}
