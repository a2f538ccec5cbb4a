// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.CsvFile;
import dev.unspool.data.Table;
import dev.unspool.data.TimedTable;
import dev.unspool.inference.KernelSteps;
import dev.unspool.predict.Combination;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Prediction;
import dev.unspool.predict.RowModel;
import dev.unspool.predict.Rows;
import dev.unspool.predict.Sampling;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the predictions of a network back as its inputs: those targets that are inputs too, from a
 * row on that may be the end of the table, or within it.
 */
public final class SeriesForecaster implements Forecaster {
  /** What float32 can tell apart of numbers about 1. */
  static final double RESOLUTION = 1e-7;

  private final SeriesData data;
  private final TrainedModel trained;
  private final long known;
  private final Sampling sampling;
  private final @Nullable Combination combination;
  private final List<String> notes;

  /** Goes on from where the targets of the table end. */
  public SeriesForecaster(SeriesData data, TrainedModel trained, Sampling sampling) {
    this(data, trained, sampling, List.of());
  }

  /**
   * The same of which more is to be said.
   *
   * @param notes a line each
   */
  public SeriesForecaster(
      SeriesData data, TrainedModel trained, Sampling sampling, List<String> notes) {
    this(data, trained, data.end(), sampling, notes);
  }

  /**
   * Goes on from a row of the table, and takes the inputs that are not predicted from it.
   *
   * @param known number of rows at the beginning whose targets are seen; at least the horizon, if
   *     the first of the predictions are wanted
   */
  public SeriesForecaster(SeriesData data, TrainedModel trained, long known) {
    this(data, trained, known, Sampling.NONE, List.of());
  }

  private SeriesForecaster(
      SeriesData data, TrainedModel trained, long known, Sampling sampling, List<String> notes) {
    this(data, trained, known, sampling, notes, null);
  }

  private SeriesForecaster(
      SeriesData data,
      TrainedModel trained,
      long known,
      Sampling sampling,
      List<String> notes,
      @Nullable Combination combination) {
    this.combination = combination;
    this.notes = List.copyOf(notes);
    this.data = data;
    this.trained = trained;
    this.known = known;
    this.sampling = sampling;
  }

  @Override
  public Forecaster combined(Combination with) {
    String line =
        "Forecasts are combined with those of a linear autoregression %s to %s ahead"
            .formatted(with.horizons().getFirst(), Numbers.count(with.horizons().getLast(), "row"));
    List<String> more = Stream.concat(notes.stream(), Stream.of(line)).toList();
    return new SeriesForecaster(data, trained, known, sampling, more, with);
  }

  @Override
  public long firstRow() {
    return known;
  }

  @Override
  public List<String> needed() {
    CsvConfig config = data.config();
    return Stream.concat(config.inputs().stream(), config.roles().known().stream())
        .filter(input -> !config.targets().contains(input))
        .distinct()
        .toList();
  }

  /** The row after the last one in which a column must be known. */
  private long neededTo(String column, int steps) {
    CsvConfig config = data.config();
    long end = known + Math.max(steps, config.horizon());
    return config.roles().known().contains(column) ? end : end - config.horizon();
  }

  /** The row after the last one in which it is; before those to be predicted, it may be missing. */
  private long knownTo(String column) {
    Table table = data.table();
    long end = table.known(table.rows() - 1, table.column(column)) + 1;
    return Math.max(end, Math.min(known, table.rows()));
  }

  @Override
  public List<String> notes() {
    long future = data.table().rows() - known;
    if (data.axis() == null && future == 0) {
      return notes;
    }
    String begins = "The forecast begins at " + data.label(known);
    String line =
        future == 0
            ? begins
            : "%s: of the newest %s no target is known"
                .formatted(begins, Numbers.count(future, "row"));
    return Stream.concat(notes.stream(), Stream.of(line)).toList();
  }

  @Override
  public @Nullable TimeAxis axis() {
    return data.axis();
  }

  @Override
  public Table future(CsvConfig table) throws IOException {
    TimeAxis axis = data.axis();
    if (table.time() == null || axis == null) {
      CsvFile csv = table.format().open(Path.of(table.file()), needed());
      return (table.gaps() == null ? csv : csv.keepingMissing()).read(needed());
    }
    try (TimedTable timed = TimesOfRun.read(table, needed())) {
      long first = axis.row(timed.axis().origin().toEpochMilli());
      return behind(table.file(), timed, first);
    }
  }

  /** The rows that lie behind the end of the table; none of these may be before the first. */
  private Table behind(String file, TimedTable timed, long first) throws RunException {
    long end = data.table().rows();
    long last = first + timed.table().rows() - 1;
    if (first > end || last < end) {
      throw new RunException(
          "%s has the rows %s to %s, and the next one is needed, of %s"
              .formatted(file, data.label(first), data.label(last), data.label(end)));
    }
    int columns = needed().size();
    double[] values = new double[Math.toIntExact((last + 1 - end) * columns)];
    for (int i = 0; i < values.length; i++) {
      values[i] = timed.table().get(end - first + i / columns, i % columns);
    }
    return Table.of(needed(), values);
  }

  @Override
  public double[] resolution() {
    return data.outputs().targets().stream()
        .mapToDouble(target -> target.units().getFirst() * RESOLUTION)
        .toArray();
  }

  @Override
  public double truth(long row) {
    return data.truth(row, 0);
  }

  @Override
  public void close() {
    data.close();
  }

  @Override
  public Outputs outputs() {
    return data.outputs();
  }

  @Override
  public void run(int steps, @Nullable Table future, Consumer<Prediction> each)
      throws RunException {
    CsvConfig config = data.config();
    if (known == 0 && config.targets().stream().anyMatch(config.inputs()::contains)) {
      throw new RunException(
          "%s: no row has a number in %s, so there is nothing to go on from; give a table whose first rows have one"
              .formatted(config.file(), CsvLine.list(config.targets())));
    }
    requireFuture(steps, future);
    RowModel.of(
            data.seen().features(),
            data.outputs(),
            data.targets().stream().map(TargetScale::column).toList(),
            KernelSteps.of(trained.step(), trained.theta()))
        .forecast(
            new FutureRows(data.table(), future),
            data.axis(),
            known,
            steps,
            sampling,
            combining(future, each));
  }

  /** Moves what is said to where it is with the line. */
  private Consumer<Prediction> combining(@Nullable Table future, Consumer<Prediction> each) {
    if (combination == null) {
      return each;
    }
    List<String> targets = data.config().targets();
    Rows rows = data.withClock(new FutureRows(data.table(), future));
    return said -> each.accept(combination.combine(said, targets, rows, known - 1));
  }

  private void requireFuture(int steps, @Nullable Table future) throws RunException {
    for (String column : needed()) {
      if (neededTo(column, steps) > knownTo(column)) {
        requireFuture(steps, future, column);
      }
    }
  }

  private void requireFuture(int steps, @Nullable Table future, String column) throws RunException {
    String columns = CsvLine.list(needed());
    if (future == null) {
      throw new UsageException(
          "the model also reads %s, which it does not predict; give their next %s with --future FILE"
              .formatted(columns, Numbers.count(neededTo(column, steps) - knownTo(column), "row")));
    }
    long rows = neededTo(column, steps) - data.table().rows();
    if (future.rows() < rows) {
      throw new RunException(
          "a forecast of %s needs %s of %s, found %s"
              .formatted(
                  Numbers.count(steps, "step"),
                  Numbers.count(rows, "future row"),
                  columns,
                  future.rows()));
    }
  }
}
