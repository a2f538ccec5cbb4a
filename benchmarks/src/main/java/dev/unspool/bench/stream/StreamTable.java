// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.stream;

import dev.unspool.score.Prequential.Over;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures of who said what of a stream, as a table in Markdown. */
final class StreamTable {
  private final StringBuilder text = new StringBuilder();

  /** A table of errors as shares of the mean value, and of their roots of mean squares. */
  static StreamTable ofErrors(int[] horizons) {
    var columns = new ArrayList<String>();
    for (int horizon : horizons) {
      columns.add("%s ahead, %%".formatted(horizon));
      columns.add("RMSE");
    }
    return new StreamTable(columns);
  }

  /**
   * A table of mean errors, over everything and over the second half of each law, and of how many
   * rows it took to recover from each change.
   */
  static StreamTable ofRecovery(int[] horizons) {
    var columns = new ArrayList<String>();
    for (int horizon : horizons) {
      columns.add("%s ahead, MAE".formatted(horizon));
      columns.add("settled");
      columns.add("rows to recover");
    }
    return new StreamTable(columns);
  }

  private StreamTable(List<String> columns) {
    text.append("| |");
    columns.forEach(column -> text.append(' ').append(column).append(" |"));
    text.append("%n|---|".formatted()).append("---|".repeat(columns.size()));
  }

  /** Adds who was how wrong: means over several streams or seeds. */
  void errors(String who, List<double[]> streams, List<double[][]> said, int from) {
    row(who);
    for (int h = 0; h < said.getFirst().length; h++) {
      double share = 0;
      double squares = 0;
      for (int i = 0; i < said.size(); i++) {
        double[] values = streams.get(i);
        var errors = Errors.over(values, said.get(i)[h], from, values.length);
        share += errors.relative(0, Over.EVERYTHING) / said.size();
        squares += errors.rmse(0, Over.EVERYTHING) / said.size();
      }
      text.append(String.format(Locale.ROOT, " %.2f | %.0f |", 100 * share, squares));
    }
  }

  /** Adds who was how wrong, and for how long after each change. */
  void recovery(String who, List<double[]> streams, List<double[][]> said, int from) {
    row(who);
    for (int h = 0; h < said.getFirst().length; h++) {
      double sizes = 0;
      double settled = 0;
      double[] rows = new double[ChangingStream.REGIMES];
      for (int i = 0; i < said.size(); i++) {
        double[] values = streams.get(i);
        double[] of = said.get(i)[h];
        int length = values.length;
        sizes += Errors.over(values, of, from, length).mae(0, Over.EVERYTHING) / said.size();
        for (int regime = 0; regime < rows.length; regime++) {
          int change = Math.ceilDiv(length * regime, rows.length);
          int next = Math.ceilDiv(length * (regime + 1), rows.length);
          var half = Errors.over(values, of, (change + next) / 2, next);
          settled += half.mae(0, Over.EVERYTHING) / rows.length / said.size();
          rows[regime] += (double) Errors.recovery(values, of, change, next) / said.size();
        }
      }
      text.append(
          String.format(
              Locale.ROOT, " %.3f | %.3f | %.0f, %.0f |", sizes, settled, rows[1], rows[2]));
    }
  }

  private void row(String who) {
    text.append("%n| %s |".formatted(who));
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
