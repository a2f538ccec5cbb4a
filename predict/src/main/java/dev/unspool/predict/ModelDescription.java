// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything about a model but its weights: {@code forecaster.json} in a run's folder.
 *
 * @param format of the file
 * @param run name of the run whose weights it goes with
 * @param columns of a row, in the order in which they are given
 * @param time where the rows of its table are in time; null if nobody said so
 * @param features what it sees of rows
 * @param outputs what its outputs say
 * @param precision in which it was trained
 * @param plant how it takes measured outputs, if it is a model of a plant; else null
 * @param step its equations
 */
public record ModelDescription(
    int format,
    String run,
    List<String> columns,
    @Nullable Clock time,
    Features features,
    Outputs outputs,
    Precision precision,
    @Nullable Plant plant,
    RecordedStep step) {
  /** The newest format that is read, and the one that is written. */
  public static final int FORMAT = 1;

  /**
   * A {@link TimeAxis} in a file.
   *
   * @param origin time of row 0 of the table, as ISO 8601 has it
   * @param every units from one row to the next
   * @param unit of these
   * @param zone whose clocks show the time
   * @param endsOfMonths whether each row is at the last day of a month
   */
  public record Clock(
      String origin, long every, TimeAxis.Unit unit, String zone, boolean endsOfMonths) {
    /** What an axis is in a file. */
    public static Clock of(TimeAxis axis) {
      return new Clock(
          axis.origin().toString(),
          axis.every(),
          axis.unit(),
          axis.zone().getId(),
          axis.isAtEndsOfMonths());
    }

    /** The axis. */
    public TimeAxis axis() {
      Instant first = Instant.parse(origin);
      ZoneId in = ZoneId.of(zone);
      return switch (unit) {
        case MILLISECOND -> TimeAxis.every(first, every, in);
        case DAY -> TimeAxis.days(first, every, in);
        case MONTH ->
            endsOfMonths
                ? TimeAxis.endsOfMonths(first, every, in)
                : TimeAxis.months(first, every, in);
      };
    }
  }

  /**
   * A model that feeds its outputs back through delays, which a state each holds.
   *
   * @param outputs states of the outputs of one step ago, two, and so on
   * @param inputs the same of the inputs
   * @param past rows at the beginning of a sequence that fill the delays and are not predicted
   * @param forgets whether it remembers nothing else: then measured outputs take the place of its
   *     own wherever they are known, otherwise at the beginning of a sequence only
   */
  public record Plant(List<String> outputs, List<String> inputs, int past, boolean forgets) {
    /** Copies the lists. */
    public Plant {
      outputs = List.copyOf(outputs);
      inputs = List.copyOf(inputs);
    }
  }

  /** Copies the list and refuses what does not fit together. */
  public ModelDescription {
    columns = List.copyOf(columns);
    Objects.requireNonNull(run, "'run' is missing");
    Objects.requireNonNull(precision, "'precision' is missing");
    if (features.count() != step.inputs()) {
      throw new IllegalArgumentException(
          "the model takes %s numbers, and sees %s of a row"
              .formatted(step.inputs(), features.count()));
    }
    if (outputs.count() != step.outputs()) {
      throw new IllegalArgumentException(
          "the model yields %s numbers, expected %s".formatted(step.outputs(), outputs.count()));
    }
  }

  /** The content of its file. */
  public byte[] toJson() {
    return SignedJson.write(this);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  static ModelDescription parse(String json) {
    if (Json.parse(json) instanceof Map<?, ?> members
        && members.get("format") instanceof Double number
        && number > FORMAT) {
      throw new IllegalArgumentException(
          "it has format %s, this version reads formats 1 to %s; use a newer one"
              .formatted(Json.line(number), FORMAT));
    }
    return Records.read(ModelDescription.class, SignedJson.parse(json, true));
  }
}
