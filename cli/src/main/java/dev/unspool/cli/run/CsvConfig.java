// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.data.Normalisation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of numbers and what is to be learned from it.
 *
 * @param table where it is
 * @param roles what its columns are for
 * @param output what is said about the targets
 * @param normalise how columns are scaled
 * @param heldOut what is not learned from
 * @param facts what was found in the file
 */
public record CsvConfig(
    TableFile table,
    ColumnRoles roles,
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
   * @param change how far each target moves over the horizon (root mean square; with a robust scale
   *     by the median), in deviations; 1 for a target that is predicted itself
   * @param crc32c checksum of the numbers in the columns, of both tables; null in files that do not
   *     say it
   */
  public record Facts(
      long bytes,
      long rows,
      long skippedRows,
      List<String> columns,
      double[] mean,
      double[] deviation,
      double[] change,
      @Nullable String crc32c) {

    /** The scales of the columns. */
    public Normalisation normalisation() {
      return new Normalisation(columns, mean, deviation);
    }
  }

  /** Checks what its parts alone do not show. */
  public CsvConfig {
    UsageException.require(
        output.horizons().getFirst() >= 1 || !roles.feedBack(),
        "--horizon must be at least 1 where a target is also an input, found "
            + output.horizons().getFirst());
  }

  /** A table of which nothing was measured yet. */
  public static CsvConfig of(
      TableFile table,
      ColumnRoles roles,
      OutputConfig output,
      SeriesScale normalise,
      HeldOut heldOut) {
    return new CsvConfig(table, roles, output, normalise, heldOut, null);
  }

  /** Number of outputs of its network: two a target where a variance is predicted too. */
  int outputs() {
    return targets().size() * (loss() == SeriesLoss.GAUSSIAN ? 2 : 1);
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

  /** Inputs and targets, each once. */
  public List<String> columns() {
    return roles.all();
  }

  /** How many rows ahead. */
  public int horizon() {
    return output.horizons().getLast();
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

  /** The same with what was found in the file. */
  public CsvConfig with(Facts found) {
    return new CsvConfig(table, roles, output, normalise, heldOut, found);
  }

  private CsvConfig with(TableFile other) {
    return new CsvConfig(other, roles, output, normalise, heldOut, facts);
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
        new HeldOut(valid != null ? valid : heldOut.valid(), test != null ? test : heldOut.test());
    return new CsvConfig(table, roles, output, normalise, parts, facts);
  }

  /** The same of which nothing was measured yet, to be scaled in that way. */
  public CsvConfig measuredBy(SeriesScale scale) {
    return new CsvConfig(table, roles, output, scale, heldOut, null);
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
   * How columns become inputs of a model, and its outputs columns; one line each, for whoever runs
   * the model elsewhere. Empty where nothing was measured yet.
   */
  public List<String> scaling() {
    var lines = new ArrayList<String>();
    if (facts == null) {
      return lines;
    }
    Normalisation scales = facts.normalisation();
    for (int i = 0; i < inputs().size(); i++) {
      int column = scales.indexOf(inputs().get(i));
      lines.add(
          "x[%s] = (%s − %s) / %s"
              .formatted(i, inputs().get(i), scales.mean(column), scales.deviation(column)));
    }
    for (int i = 0; i < targets().size(); i++) {
      int column = scales.indexOf(targets().get(i));
      String ahead = horizon() == 0 ? "" : ", %s ahead".formatted(Numbers.count(horizon(), "row"));
      lines.add(
          predictsChange(targets().get(i))
              ? "%s = its newest value + %s · y[%s]%s"
                  .formatted(
                      targets().get(i), scales.deviation(column) * facts.change()[i], i, ahead)
              : "%s = %s + %s · y[%s]%s"
                  .formatted(
                      targets().get(i), scales.mean(column), scales.deviation(column), i, ahead));
    }
    return lines;
  }

  /** Refuses facts that do not go with the columns. */
  void requireUsable() {
    if (facts != null) {
      List<String> scaled = facts.normalisation().columns();
      if (!scaled.containsAll(columns()) || facts.change().length != targets().size()) {
        throw new IllegalArgumentException("its scales are not those of its columns");
      }
    }
  }
}
