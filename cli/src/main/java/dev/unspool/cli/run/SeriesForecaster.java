// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Table;
import dev.unspool.inference.KernelSteps;
import dev.unspool.predict.Combination;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Prediction;
import dev.unspool.predict.RowModel;
import dev.unspool.predict.Rows;
import dev.unspool.predict.Sampling;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
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
  private final GivenInputs given;
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
    this.given = new GivenInputs(data, known);
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
    return given.columns();
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
  public Table future(CsvConfig table, int steps, List<String> notes) throws IOException {
    return given.read(table, steps, notes);
  }

  /**
   * Refuses a table that lacks what so many steps read of it; for whoever has nothing but a table.
   */
  public void requireInTable(int steps) throws RunException {
    given.requireInTable(steps);
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
    if (future == null) {
      given.requireKnown(steps);
    }
    RowModel.of(
            data.seen().features(),
            data.outputs(),
            data.targets().stream().map(TargetScale::column).toList(),
            KernelSteps.of(trained.step(), trained.theta()))
        .forecast(
            new FutureRows(data.table(), future, known),
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
    Rows rows = data.withClock(new FutureRows(data.table(), future, known));
    return said -> each.accept(combination.combine(said, targets, rows, known - 1));
  }
}
