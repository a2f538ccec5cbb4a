// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.online.RecordFormat;
import dev.unspool.cli.online.StreamColumns;
import dev.unspool.cli.online.StreamConfig;
import dev.unspool.cli.run.OutputConfig;
import dev.unspool.cli.run.Prediction;
import dev.unspool.cli.run.SeriesLoss;
import dev.unspool.cli.run.UsageException;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.Fill;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is read of a stream. What is not given stays as it was, or is as a new stream has it. */
final class OnlineStreamOptions extends SeriesOptions {
  @Option(
      names = "--key",
      paramLabel = "COLUMN",
      description =
          "Column that says which sequence a record is of, such as a host or a sensor: each has its"
              + " own memory, all have the same weights. Default: none, all records are one sequence.")
  @Nullable String key;

  @Option(
      names = "--time",
      paramLabel = "COLUMN",
      description = TimeOptions.TIME + "Default: none.")
  @Nullable List<String> time;

  @Option(
      names = "--calendar",
      paramLabel = "PART",
      split = ",",
      completionCandidates = Choices.CalendarParts.class,
      description = TimeOptions.CALENDAR + "Default: nothing.")
  @Nullable List<Calendar.Part> calendar;

  @Option(
      names = "--fill",
      paramLabel = "HOW",
      converter = Choices.StreamFill.class,
      completionCandidates = Choices.StreamFills.class,
      description =
          "What stands for an input that is missing: ${COMPLETION-CANDIDATES} (last: its newest"
              + " value; none: the record cannot be used). Default: last.")
  @Nullable Fill fill;

  @Option(
      names = "--predict",
      paramLabel = "WHAT",
      completionCandidates = Choices.Predictions.class,
      description =
          "What the network says about a target: ${COMPLETION-CANDIDATES} (change: how far it moves"
              + " from its newest value; residual: how far it lies from what its baselines say together;"
              + " all results are in the target's own units either way)."
              + " Default: change where every horizon is ahead.")
  @Nullable Prediction predict;

  @Option(
      names = "--loss",
      paramLabel = "LOSS",
      completionCandidates = Choices.StreamLosses.class,
      description = "What is made small: ${COMPLETION-CANDIDATES}. Default: mse.")
  @Nullable SeriesLoss loss;

  @Option(
      names = {"--season", "--seasons"},
      paramLabel = "ROWS",
      split = ",",
      description =
          "After how many records of a key the stream repeats, such as 336,48: the network is told what"
              + " targets did so long before, from the same place on. The first is also that of the"
              + " baselines, and told as a mean of four. Default: none.")
  @Nullable List<Integer> seasons;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      completionCandidates = Choices.RecordFormats.class,
      description =
          "How records are written: ${COMPLETION-CANDIDATES} (csv: the first line names the columns;"
              + " json: an object a line). Default: csv.")
  RecordFormat.@Nullable Kind format;

  @ArgGroup(validate = false)
  ClockOptions clock = new ClockOptions();

  @ArgGroup(validate = false)
  FieldOptions fields = new FieldOptions();

  /**
   * What is read, where nothing was before.
   *
   * @param messages whether messages bring it
   */
  StreamConfig config(boolean messages) {
    if (target == null) {
      throw new UsageException("say with --target COLUMN which column is to be predicted");
    }
    List<String> targets = FormatOptions.columns("--target", target);
    var columns =
        new StreamColumns(
            input == null ? targets : FormatOptions.columns("--input", input),
            targets,
            key,
            times(List.of()));
    return config(
        new StreamConfig(
            columns,
            new RecordFormat(messages ? RecordFormat.Kind.JSON : RecordFormat.Kind.CSV, ',', '.'),
            null,
            null,
            List.of(),
            Fill.LAST,
            List.of(),
            messages ? StreamConfig.Messages.of(columns) : null));
  }

  private List<String> times(List<String> otherwise) {
    return time == null ? otherwise : FormatOptions.columns("--time", time);
  }

  /** The same with what is given here. */
  StreamConfig config(StreamConfig base) {
    StreamColumns before = base.columns();
    var columns =
        new StreamColumns(
            input == null ? before.inputs() : FormatOptions.columns("--input", input),
            target == null ? before.targets() : FormatOptions.columns("--target", target),
            key == null ? before.key() : key,
            times(before.time()));
    RecordFormat written = base.format();
    return new StreamConfig(
        columns,
        new RecordFormat(
            format == null ? written.kind() : format,
            fields.separator == null
                ? written.separator()
                : FormatOptions.separator(fields.separator),
            fields.decimal == null ? written.decimal() : FormatOptions.decimal(fields.decimal)),
        clock.timeFormat == null ? base.timeFormat() : clock.timeFormat,
        clock.zone == null ? base.zone() : clock.zone,
        calendar == null ? base.calendar() : calendar,
        fill == null ? base.fill() : fill,
        seasons == null ? base.seasons() : seasons,
        base.messages());
  }

  /** What is said about the targets of a new stream. */
  OutputConfig output(StreamColumns columns) {
    boolean feedBack = columns.targets().stream().anyMatch(columns.inputs()::contains);
    List<Integer> ahead = horizon != null ? Horizons.parse(horizon) : List.of(feedBack ? 1 : 0);
    UsageException.require(
        !feedBack || ahead.getFirst() > 0,
        "--horizon must be at least 1 where a target is also an input, found " + ahead.getFirst());
    boolean later = ahead.getFirst() > 0;
    Prediction what = predict != null ? predict : later ? Prediction.CHANGE : Prediction.LEVEL;
    UsageException.require(
        later || what != Prediction.CHANGE,
        "--predict change needs horizons of at least 1: in its own row a target has not moved");
    return new OutputConfig(ahead, what, loss == null ? SeriesLoss.MSE : loss, List.of());
  }

  /** The same with what is given here. */
  OutputConfig output(OutputConfig base) {
    return new OutputConfig(
        horizon == null ? base.horizons() : Horizons.parse(horizon),
        predict == null ? base.predict() : predict,
        loss == null ? base.loss() : loss,
        base.quantiles());
  }
}
