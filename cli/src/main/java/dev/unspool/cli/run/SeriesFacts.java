// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Normalisation;
import dev.unspool.data.Quantiles;
import dev.unspool.data.Range;
import dev.unspool.data.Table;
import dev.unspool.data.TimedTable;
import dev.unspool.predict.ModelDescription;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Measures the table of a new run, and refuses what nothing can be learned from. */
final class SeriesFacts {
  private final CsvConfig config;
  private final Table table;
  private final @Nullable TimeAxis axis;
  private final TimedTable.@Nullable Found found;
  private final long end;
  private final Range train;

  private SeriesFacts(CsvConfig config, SeriesData.Rows rows) {
    this.config = config;
    this.table = rows.table();
    this.axis = rows.axis();
    this.found = rows.found();
    this.end = SeriesData.end(table, config.targets());
    this.train = Parts.of(config.file(), end, "rows", config.valid(), config.test()).train();
  }

  /**
   * What a run must know about its table.
   *
   * @param before of the run that goes on; null of one that begins
   * @param rescale whether scales are measured although there are earlier ones
   * @throws RunException if there are too few rows, or a target never moves
   */
  static CsvConfig.Facts of(
      CsvConfig config, SeriesData.Rows rows, CsvConfig.@Nullable Facts before, boolean rescale)
      throws IOException {
    if (SeriesData.end(rows.table(), config.targets()) == 0) {
      throw new RunException(
          "%s: no row has a number in %s, so there is nothing to learn; choose another target"
              .formatted(config.file(), CsvLine.list(config.targets())));
    }
    SeriesStory.requireTelling(config.time(), rows.axis());
    var facts = new SeriesFacts(config, rows);
    facts.requireEnoughRows();
    facts.requireVariedTargets();
    return facts.measure(before, rescale ? null : before);
  }

  private void requireEnoughRows() throws RunException {
    if (train.length() < config.horizon() + 2L) {
      throw new RunException(
          "%s has %s, of which %s are for training; a horizon of %s needs at least %s there"
              .formatted(
                  config.file(),
                  Numbers.count(end, "row"),
                  train.length(),
                  config.horizon(),
                  config.horizon() + 2L));
    }
  }

  private void requireVariedTargets() throws RunException {
    for (String target : config.targets()) {
      if (isConstant(table, table.column(target), train)) {
        throw new RunException(
            "%s: target '%s' is %s in all %s training rows, so there is nothing to learn; choose another target, or data in which it moves"
                .formatted(config.file(), target, value(target), train.length()));
      }
    }
  }

  private String value(String target) {
    long known = table.known(train.to() - 1, table.column(target));
    return known < 0 ? "missing" : Numbers.of(table.get(known, table.column(target)));
  }

  /** Whether all that is known of a column is the same. */
  static boolean isConstant(Table table, int column, Range rows) {
    double first = Double.NaN;
    for (long row = rows.from(); row < rows.to(); row++) {
      double value = table.get(row, column);
      if (Double.isNaN(first)) {
        first = value;
      } else if (!Double.isNaN(value) && value != first) {
        return false;
      }
    }
    return true;
  }

  private CsvConfig.Facts measure(CsvConfig.@Nullable Facts before, CsvConfig.@Nullable Facts kept)
      throws IOException {
    List<String> columns = config.columns();
    Normalisation scales;
    try {
      scales = kept != null ? kept.normalisation() : config.normalise().of(table, columns, train);
    } catch (IllegalArgumentException e) {
      throw new RunException("%s: %s".formatted(config.file(), e.getMessage()));
    }
    double[] mean = new double[columns.size()];
    double[] deviation = new double[columns.size()];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = scales.mean(scales.indexOf(columns.get(i)));
      deviation[i] = scales.deviation(scales.indexOf(columns.get(i)));
    }
    requireFloat32(scales);
    return new CsvConfig.Facts(
        Files.size(Path.of(config.file())),
        table.rows(),
        table.skippedRows(),
        columns,
        mean,
        deviation,
        kept != null ? kept.change() : changes(scales),
        Digest.of(table, columns, config.gaps() == null ? table.rows() : end),
        config.gaps() == null ? null : extent(columns, before),
        0);
  }

  /** A run that goes on has the flags of the one before: they are inputs of its network. */
  private Extent extent(List<String> columns, CsvConfig.@Nullable Facts before) {
    Extent earlier = before == null ? null : before.extent();
    List<String> flagged =
        earlier != null
            ? earlier.flagged()
            : columns.stream()
                .filter(column -> table.missing(table.column(column), train) > 0)
                .toList();
    return new Extent(
        end,
        flagged,
        axis == null ? null : ModelDescription.Clock.of(axis),
        found == null ? null : found.unclear());
  }

  /** Numbers that a network cannot compute with are found now, not after the training. */
  private void requireFloat32(Normalisation scales) throws RunException {
    for (int i = 0; i < scales.columns().size(); i++) {
      int column = table.column(scales.columns().get(i));
      for (long row = 0; row < table.rows(); row++) {
        double value = table.get(row, column);
        if (Float.isInfinite((float) scales.apply(i, value))) {
          throw new RunException(
              "%s: column '%s' is %s in %s, out of range for float32 (3.4e38), which a network computes in, also after normalisation; correct or leave out that row"
                  .formatted(
                      config.file(),
                      scales.columns().get(i),
                      Numbers.of(value),
                      axis == null ? "row " + row : axis.label(row)));
        }
      }
    }
  }

  /** How far each target moves until each horizon, in deviations. */
  private double[] changes(Normalisation scales) {
    List<Integer> horizons = config.output().horizons();
    double[] changes = new double[config.targets().size() * horizons.size()];
    for (int i = 0; i < changes.length; i++) {
      String target = config.targets().get(i / horizons.size());
      int horizon = horizons.get(i % horizons.size());
      double move = config.predictsChange(target) ? move(table.column(target), horizon) : 0;
      changes[i] = move > 0 ? move / scales.deviation(config.columns().indexOf(target)) : 1;
    }
    return changes;
  }

  private double move(int column, int horizon) {
    long count = train.length() - horizon;
    if (config.normalise() == SeriesScale.ROBUST) {
      double median = new Quantiles(count, row -> Math.abs(move(row, column, horizon))).at(0.5);
      if (median > 0) {
        return median / MEDIAN_OF_MOVES;
      }
    }
    double sum = 0;
    long known = 0;
    for (long row = 0; row < count; row++) {
      double move = move(row, column, horizon);
      if (!Double.isNaN(move)) {
        sum += move * move;
        known++;
      }
    }
    return Math.sqrt(sum / known);
  }

  /** Of normally distributed moves, the median size in deviations. */
  private static final double MEDIAN_OF_MOVES = 0.6744897501960817;

  /** From the newest known value; NaN where there is none, or no later one. */
  private double move(long row, int column, int horizon) {
    long from = table.known(train.from() + row, column);
    double newest = from < 0 ? Double.NaN : table.get(from, column);
    return table.get(train.from() + row + horizon, column) - newest;
  }
}
