// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Extremes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.function.LongToDoubleFunction;

/** Says so where a few wild values decide the scale of a column, or the figures of a part. */
public final class WildValues {
  private WildValues() {}

  /**
   * Looks at a part of a column.
   *
   * @param part its name: training, validation, test
   * @param from its first row
   * @param to the row after its last one
   * @param values by row, NaN where one is missing
   * @param label what a row is called
   * @return one line, or none
   */
  public static List<String> in(
      String part,
      String column,
      long from,
      long to,
      LongToDoubleFunction values,
      LongFunction<String> label) {
    Extremes extremes = Extremes.of(to - from, i -> values.applyAsDouble(from + i));
    var lines = new ArrayList<String>();
    if (extremes.dominate()) {
      long row = from + extremes.farthest();
      lines.add(
          String.format(
              Locale.ROOT,
              "%s of %s %s values of '%s' make up %.0f %% of its variance (farthest: %s in %s); %s",
              extremes.count(),
              extremes.of(),
              part,
              column,
              Math.floor(100 * extremes.share()),
              Numbers.of(values.applyAsDouble(row)),
              label.apply(row),
              part.equals("training")
                  ? "if they are wrong, leave them out or use --normalise robust"
                  : "they decide the RMSE of that part, less so its MAE"));
    }
    return lines;
  }
}
