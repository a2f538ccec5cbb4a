// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.UsageException;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.Features;
import dev.unspool.predict.Fill;
import dev.unspool.predict.ModelDescription;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.TimeAxis;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a stream has from the run whose weights it began with, and which does not change.
 *
 * @param inputs columns, in the model's order
 * @param calendarAhead the calendar is that of so many rows later
 * @param clock how far rows are from each other; null where the run does not say
 * @param targets how outputs become values
 */
public record Inherited(
    List<Input> inputs,
    int calendarAhead,
    ModelDescription.@Nullable Clock clock,
    List<Target> targets) {

  /**
   * A column that goes in.
   *
   * @param name of the column
   * @param mean what becomes 0
   * @param deviation what becomes 1
   * @param fill what stands for a missing number
   * @param flag whether the model sees that it is missing
   */
  public record Input(String name, double mean, double deviation, Fill fill, boolean flag) {}

  /**
   * A target.
   *
   * @param change whether the model says how far it moves
   * @param origin what an output of 0 says, where it does not
   * @param units what an output of 1 moves it by, by horizon
   */
  public record Target(boolean change, double origin, List<Double> units) {}

  /**
   * What a run hands on.
   *
   * @throws UsageException if its model sees what a stream does not know
   */
  public static Inherited of(String run, RunConfig config) {
    CsvConfig csv = config.csv();
    if (csv == null || config.narx() != null) {
      throw new UsageException(
          "--from %s: it is a %s, and a stream is learned by a network of a table ('unspool train --csv')"
              .formatted(run, csv == null ? "model of text" : "NARX model"));
    }
    Features seen = csv.features(csv.columns());
    for (Features.Column column : seen.columns()) {
      UsageException.require(
          column.ahead() == 0,
          "--from %s: its model reads '%s' %s rows ahead (--known), which a stream does not know yet; train one without it"
              .formatted(run, column.name(), column.ahead()));
      UsageException.require(
          column.fill() != Fill.LINEAR,
          "--from %s: its model fills gaps of '%s' with the next value (--fill linear), which a stream does not know yet; train one with --fill last"
              .formatted(run, column.name()));
    }
    UsageException.require(
        seen.gap() < 0,
        "--from %s: its model begins anew after %s empty rows (--gap), and a stream has no empty rows; train one without it"
            .formatted(run, seen.gap()));
    UsageException.require(
        !csv.inputs().isEmpty(), "--from %s: its model has no inputs".formatted(run));
    TimeAxis axis = csv.axis();
    return new Inherited(
        seen.columns().stream()
            .map(c -> new Input(c.name(), c.mean(), c.deviation(), c.fill(), c.flag()))
            .toList(),
        seen.calendarAhead(),
        axis == null ? null : ModelDescription.Clock.of(axis),
        csv.outputs().targets().stream()
            .map(t -> new Target(t.change(), t.origin(), t.units()))
            .toList());
  }

  /** How outputs become values, under the targets' names. */
  List<Outputs.Target> outputs(List<String> names) {
    return IntStream.range(0, names.size())
        .mapToObj(
            i ->
                new Outputs.Target(
                    names.get(i),
                    targets.get(i).change(),
                    targets.get(i).origin(),
                    targets.get(i).units()))
        .toList();
  }

  /** The calendar that its model sees; empty for none. */
  public static List<Calendar.Part> calendar(CsvConfig csv) {
    return csv.time() == null ? List.of() : csv.time().calendar();
  }
}
