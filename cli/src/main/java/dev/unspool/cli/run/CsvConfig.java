// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.SaidLater;
import dev.unspool.data.Normalisation;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.Features;
import dev.unspool.predict.Fill;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.TimeAxis;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A table of numbers and what is to be learned from it.
 *
 * @param table where it is
 * @param roles what its columns are for
 * @param time when its rows are; null where nobody knows
 * @param gaps what is made of numbers that are missing; null where none may be
 * @param output what is said about the targets
 * @param normalise how columns are scaled
 * @param heldOut what is not learned from
 * @param facts what was found in the file
 */
public record CsvConfig(
    TableFile table,
    ColumnRoles roles,
    @Nullable TimeConfig time,
    @Nullable GapConfig gaps,
    OutputConfig output,
    SeriesScale normalise,
    HeldOut heldOut,
    @Nullable Facts facts) {

  /**
   * What was found in the file when training began; all scales are of the training part.
   *
   * @param bytes size of the file
   * @param rows rows that were read
   * @param skippedRows bad rows that were left out
   * @param columns the columns of the scales
   * @param mean of each column; with a robust scale its median
   * @param deviation of each column; with a robust scale by its quartiles
   * @param change by target, then by horizon: how far it moves until then (root mean square; with a
   *     robust scale by the median), in deviations; 1 for a target that is predicted itself
   * @param crc32c checksum of the numbers in the columns, of both tables; null in files that do not
   *     say it; where there is an extent, of the rows up to the newest known target
   * @param extent what was found about missing numbers and time; null where there can be neither
   * @param before rows that the table had before it grew last; 0 if it never did
   */
  public record Facts(
      long bytes,
      long rows,
      long skippedRows,
      List<String> columns,
      double[] mean,
      double[] deviation,
      double[] change,
      @Nullable String crc32c,
      @Nullable Extent extent,
      @SaidLater long before) {

    /** The scales of the columns. */
    public Normalisation normalisation() {
      return new Normalisation(columns, mean, deviation);
    }

    /** The same of a table that has grown. */
    Facts grownFrom(long earlier) {
      return new Facts(
          bytes, rows, skippedRows, columns, mean, deviation, change, crc32c, extent, earlier);
    }

    /** Rows up to the newest known target, of which the checksum is. */
    public long learned() {
      return extent == null ? rows : extent.end();
    }

    private boolean isFlagged(String column) {
      return extent != null && extent.flagged().contains(column);
    }
  }

  /** Checks what its parts alone do not show. */
  public CsvConfig {
    UsageException.require(
        output.horizons().getFirst() >= 1 || !roles.feedBack(),
        "--horizon must be at least 1 where a target is also an input, found "
            + output.horizons().getFirst());
    UsageException.require(
        gaps != null || roles.known().isEmpty(), "what is known in advance may have gaps");
  }

  /** A table of which nothing was measured yet. */
  public static CsvConfig of(
      TableFile table,
      ColumnRoles roles,
      OutputConfig output,
      SeriesScale normalise,
      HeldOut heldOut) {
    return new CsvConfig(table, roles, null, null, output, normalise, heldOut, null);
  }

  /** The same with a time, and with gaps; either may be null. */
  public CsvConfig with(@Nullable TimeConfig newTime, @Nullable GapConfig newGaps) {
    return new CsvConfig(table, roles, newTime, newGaps, output, normalise, heldOut, facts);
  }

  /** The same whose rows do not say when they are. */
  public CsvConfig untimed() {
    return with(null, gaps);
  }

  /** The same whose rows say in another way when they are. */
  public CsvConfig with(TimeConfig newTime) {
    return with(newTime, gaps);
  }

  /** Number of outputs of its network. */
  int outputCount() {
    return output.outputs(targets().size());
  }

  /** What the outputs of its network say; needs what was found in the file. */
  public Outputs outputs() {
    Facts measured = Objects.requireNonNull(facts);
    Normalisation scales = measured.normalisation();
    int ahead = output.horizons().size();
    var said = new ArrayList<Outputs.Target>();
    for (int i = 0; i < targets().size(); i++) {
      String target = targets().get(i);
      int scale = scales.indexOf(target);
      var units = new ArrayList<Double>();
      for (int h = 0; h < ahead; h++) {
        units.add(scales.deviation(scale) * measured.change()[i * ahead + h]);
      }
      said.add(new Outputs.Target(target, predictsChange(target), scales.mean(scale), units));
    }
    return new Outputs(said, output.horizons(), output.law(), output.said());
  }

  /** Where the table is. */
  public String file() {
    return table.file();
  }

  /** Where a table of its own to judge the model on is; null for the end of the first one. */
  public @Nullable String testFile() {
    return table.testFile();
  }

  /** How the table is written. */
  public TableFormat format() {
    return table.format();
  }

  /** Names of the columns that go in. */
  public List<String> inputs() {
    return roles.inputs();
  }

  /** Names of the columns that are predicted. */
  public List<String> targets() {
    return roles.targets();
  }

  /** Inputs, targets, and what is known in advance, each once. */
  public List<String> columns() {
    return roles.columns();
  }

  /** How many rows ahead the farthest forecast is. */
  public int horizon() {
    return output.horizons().getLast();
  }

  /** How many rows ahead the nearest forecast is. */
  int nearest() {
    return output.horizons().getFirst();
  }

  /** What is made small. */
  public SeriesLoss loss() {
    return output.loss();
  }

  /** Fraction of the rows that choose the weights. */
  public double valid() {
    return heldOut.valid();
  }

  /** Fraction of the rows that judge them. */
  public double test() {
    return heldOut.test();
  }

  /** How forecasts are judged. */
  public JudgementConfig judged() {
    return Objects.requireNonNullElse(heldOut.judged(), JudgementConfig.DEFAULT);
  }

  /** The same with what was found in the file. */
  public CsvConfig with(Facts found) {
    return new CsvConfig(table, roles, time, gaps, output, normalise, heldOut, found);
  }

  private CsvConfig with(TableFile other) {
    return new CsvConfig(other, roles, time, gaps, output, normalise, heldOut, facts);
  }

  /** The same table elsewhere. */
  public CsvConfig at(String path) {
    return at(path, format());
  }

  /** Another table, written in another way. */
  public CsvConfig at(String path, TableFormat written) {
    return with(table.at(path, written));
  }

  /** The same, whatever folder a command is run in. */
  CsvConfig absolute() {
    return with(table.absolute());
  }

  /** The same cut into other parts; null stays as it was. */
  public CsvConfig parts(@Nullable Double valid, @Nullable Double test) {
    var parts =
        new HeldOut(
            valid != null ? valid : heldOut.valid(),
            test != null ? test : heldOut.test(),
            heldOut.judged());
    return new CsvConfig(table, roles, time, gaps, output, normalise, parts, facts);
  }

  /** The same, to be scaled in that way; what was measured stays until it is measured anew. */
  public CsvConfig scaledBy(SeriesScale scale) {
    return new CsvConfig(table, roles, time, gaps, output, scale, heldOut, facts);
  }

  /** The same of which nothing was measured yet, to be scaled in that way. */
  public CsvConfig measuredBy(SeriesScale scale) {
    return new CsvConfig(table, roles, time, gaps, output, scale, heldOut, null);
  }

  /** When the rows of the table that was measured are; null where nobody knows. */
  public @Nullable TimeAxis axis() {
    return facts == null || facts.extent() == null ? null : facts.extent().axis();
  }

  /** How many numbers the network sees of a row. */
  int seen() {
    return facts == null ? inputs().size() : features(columns()).count();
  }

  /** What the network sees, of a table with these columns in this order. */
  public Features features(List<String> order) {
    Facts measured = Objects.requireNonNull(facts);
    var columns = new ArrayList<Features.Column>();
    inputs().forEach(input -> columns.add(feature(measured, input, 0, order)));
    for (String name : roles.known()) {
      output.horizons().forEach(ahead -> columns.add(feature(measured, name, ahead, order)));
    }
    return new Features(
        columns,
        time == null || time.calendar().isEmpty() ? null : new Calendar(time.calendar()),
        output.horizons().getFirst(),
        gaps == null ? -1 : gaps.gap());
  }

  private Features.Column feature(Facts measured, String name, int ahead, List<String> order) {
    Normalisation scales = measured.normalisation();
    int scale = scales.indexOf(name);
    return new Features.Column(
        name,
        order.indexOf(name),
        ahead,
        scales.mean(scale),
        scales.deviation(scale),
        fill(name),
        measured.isFlagged(name));
  }

  /** What stands for a missing number; a target's next one is never known. */
  private Fill fill(String column) {
    if (gaps == null) {
      return Fill.NONE;
    }
    boolean looksAhead = gaps.fill() == Fill.LINEAR && targets().contains(column);
    return looksAhead ? Fill.LAST : gaps.fill();
  }

  /** Whether a target's newest value is known where the next one is predicted. */
  boolean knows(String target) {
    return inputs().contains(target);
  }

  /** Whether the network says how far a target moves. */
  boolean predictsChange(String target) {
    return output.predict() == Prediction.CHANGE && knows(target);
  }

  /**
   * What the network says of the targets, in words: {@code 'load'}, {@code the change of 'load'}.
   */
  public String predicted() {
    return targets().stream()
        .map(target -> (predictsChange(target) ? "the change of " : "") + "'%s'".formatted(target))
        .collect(Collectors.joining(" and "));
  }

  /**
   * How columns become inputs of a model, and its outputs columns; one line each, for whoever runs
   * the model elsewhere. Empty where nothing was measured yet.
   */
  public List<String> scaling() {
    var lines = new ArrayList<String>();
    if (facts == null) {
      return lines;
    }
    Normalisation scales = facts.normalisation();
    Features seen = features(columns());
    List<String> names = seen.names();
    for (int i = 0; i < names.size(); i++) {
      lines.add(
          i < seen.columns().size()
              ? "x[%s] = (%s − %s) / %s"
                  .formatted(
                      i,
                      names.get(i),
                      seen.columns().get(i).mean(),
                      seen.columns().get(i).deviation())
              : "x[%s] = %s".formatted(i, names.get(i)));
    }
    for (Outputs.Target target : outputs().targets()) {
      for (int h = 0; h < output.horizons().size(); h++) {
        lines.addAll(said(target, h, lines.size() - names.size()));
      }
    }
    return lines;
  }

  private List<String> said(Outputs.Target target, int h, int first) {
    int ahead = output.horizons().get(h);
    String origin = target.change() ? "its newest value" : Double.toString(target.origin());
    String when = ahead == 0 ? "" : ", %s ahead".formatted(Numbers.count(ahead, "row"));
    var lines = new ArrayList<String>();
    for (int i = 0; i < (loss() == SeriesLoss.QUANTILE ? output.quantiles().size() : 1); i++) {
      String quantile =
          loss() == SeriesLoss.QUANTILE ? " " + Numbers.probability(output.quantiles().get(i)) : "";
      lines.add(
          "%s%s = %s + %s · y[%s]%s"
              .formatted(target.name(), quantile, origin, target.units().get(h), first + i, when));
    }
    return lines;
  }

  /** Refuses facts that do not go with the columns. */
  void requireUsable() {
    if (facts != null) {
      List<String> scaled = facts.normalisation().columns();
      if (!scaled.containsAll(columns())
          || facts.change().length != targets().size() * output.horizons().size()) {
        throw new IllegalArgumentException("its scales are not those of its columns");
      }
    }
  }
}
