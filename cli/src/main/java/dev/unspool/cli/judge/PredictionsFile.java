// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.checkpoint.DurableFile;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The newest forecasts of the test part: {@code predictions.csv}, a line for each row, target and
 * horizon of a few.
 */
public final class PredictionsFile {
  private static final int MOST_ROWS = 2_000;

  private final Map<String, ArrayDeque<Line>> newest = new LinkedHashMap<>();

  /** A forecast; NaN for what there is none of. */
  private record Line(
      String target,
      int horizon,
      long row,
      double truth,
      double value,
      double lower,
      double upper) {}

  /**
   * Takes a forecast in; of each target and horizon the newest 2000 are kept.
   *
   * @param row that is predicted, after those before
   */
  void add(
      String target,
      long row,
      int horizon,
      double truth,
      double value,
      double lower,
      double upper) {
    var lines = newest.computeIfAbsent(target + "\n" + horizon, _ -> new ArrayDeque<>());
    if (lines.size() == MOST_ROWS) {
      lines.removeFirst();
    }
    lines.addLast(new Line(target, horizon, row, truth, value, lower, upper));
  }

  /**
   * Writes the file, completely or not at all.
   *
   * @param time of a row; null where nobody knows it
   * @param resolution of the numbers of each target
   */
  void write(Path file, @Nullable LongFunction<String> time, Map<String, Double> resolution)
      throws IOException {
    var text = new StringBuilder(time == null ? "row" : "time,row");
    text.append(",target,horizon,truth,prediction,lower,upper\n");
    for (var lines : newest.values()) {
      for (Line line : lines) {
        double step = resolution.getOrDefault(line.target(), 0.0);
        if (time != null) {
          text.append(CsvLine.quoted(time.apply(line.row()))).append(',');
        }
        text.append(line.row())
            .append(',')
            .append(CsvLine.quoted(line.target()))
            .append(',')
            .append(line.horizon());
        for (double number :
            new double[] {line.truth(), line.value(), line.lower(), line.upper()}) {
          text.append(',').append(Double.isNaN(number) ? "" : Numbers.decimal(number, step));
        }
        text.append('\n');
      }
    }
    DurableFile.write(file, text.toString().getBytes(UTF_8));
  }
}
