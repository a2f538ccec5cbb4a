// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.SaidLater;
import dev.unspool.data.Normalisation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table of numbers and what is to be learned from it.
 *
 * @param file the table
 * @param testFile a table of its own to judge the model on; null for the end of the first one
 * @param separator between fields
 * @param decimal before the decimals; a point in files of versions that knew no other
 * @param skipBadRows whether rows that cannot be read are left out
 * @param inputs names of the columns that go in
 * @param targets names of the columns that are predicted
 * @param horizon how many rows ahead
 * @param predict what the network says about targets that are also inputs
 * @param loss what is made small
 * @param normalise how columns are scaled; standard in files of versions that knew nothing else
 * @param valid fraction of the rows, before the test part, that choose the weights
 * @param test fraction of the rows, at the end, that judge them
 * @param facts what was found in the file
 */
public record CsvConfig(
    String file,
    @Nullable String testFile,
    char separator,
    @SaidLater char decimal,
    boolean skipBadRows,
    List<String> inputs,
    List<String> targets,
    int horizon,
    Prediction predict,
    SeriesLoss loss,
    @SaidLater SeriesScale normalise,
    double valid,
    double test,
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

  /** Number of outputs of its network: two a target where a variance is predicted too. */
  int outputs() {
    return targets.size() * (loss == SeriesLoss.GAUSSIAN ? 2 : 1);
  }

  /** Checks what can be checked without the file. */
  public CsvConfig {
    decimal = decimal == 0 ? '.' : decimal; // as Gson leaves what a file does not say
    normalise = Objects.requireNonNullElse(normalise, SeriesScale.STANDARD);
    UsageException.require(!targets.isEmpty(), "--target names no column");
    requireDistinct("--target", targets);
    requireDistinct("--input", inputs);
    UsageException.require(horizon >= 0, "--horizon must be at least 0, found " + horizon);
    boolean fedBack = targets.stream().anyMatch(inputs::contains);
    UsageException.require(
        horizon >= 1 || !fedBack,
        "--horizon must be at least 1 where a target is also an input, found " + horizon);
    UsageException.require(
        valid >= 0 && valid < 1, "--valid must be at least 0 and below 1, found " + valid);
    UsageException.require(
        test >= 0 && test < 1, "--test must be at least 0 and below 1, found " + test);
    UsageException.require(
        valid + test < 1,
        "--valid and --test leave nothing to train on: %s + %s".formatted(valid, test));
  }

  /** The same with what was found in the file. */
  public CsvConfig with(Facts found) {
    return with(file, testFile, format(), found);
  }

  /** The same table elsewhere. */
  public CsvConfig at(String path) {
    return with(path, testFile, format(), facts);
  }

  /** Another table, written in another way. */
  public CsvConfig at(String path, TableFormat written) {
    return with(path, testFile, written, facts);
  }

  /** The same cut into other parts; null stays as it was. */
  public CsvConfig parts(@Nullable Double newValid, @Nullable Double newTest) {
    return with(
        file,
        testFile,
        format(),
        normalise,
        newValid != null ? newValid : valid,
        newTest != null ? newTest : test,
        facts);
  }

  /** The same of which nothing was measured yet, to be scaled in that way. */
  public CsvConfig measuredBy(SeriesScale scale) {
    return with(file, testFile, format(), scale, valid, test, null);
  }

  /** The same, whatever folder a command is run in. */
  CsvConfig absolute() {
    return with(absolute(file), testFile == null ? null : absolute(testFile), format(), facts);
  }

  private static String absolute(String file) {
    return Path.of(file).toAbsolutePath().normalize().toString();
  }

  private CsvConfig with(
      String path, @Nullable String testPath, TableFormat written, @Nullable Facts found) {
    return with(path, testPath, written, normalise, valid, test, found);
  }

  private CsvConfig with(
      String path,
      @Nullable String testPath,
      TableFormat written,
      SeriesScale scale,
      double newValid,
      double newTest,
      @Nullable Facts found) {
    return new CsvConfig(
        path,
        testPath,
        written.separator(),
        written.decimal(),
        written.skipBadRows(),
        inputs,
        targets,
        horizon,
        predict,
        loss,
        scale,
        newValid,
        newTest,
        found);
  }

  /** How the table is written. */
  public TableFormat format() {
    return new TableFormat(separator, decimal, skipBadRows);
  }

  /** Whether a target's newest value is known where the next one is predicted. */
  boolean knows(String target) {
    return inputs.contains(target);
  }

  /** Whether the network says how far a target moves. */
  boolean predictsChange(String target) {
    return predict == Prediction.CHANGE && knows(target);
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
    for (int i = 0; i < inputs.size(); i++) {
      int column = scales.indexOf(inputs.get(i));
      lines.add(
          "x[%s] = (%s − %s) / %s"
              .formatted(i, inputs.get(i), scales.mean(column), scales.deviation(column)));
    }
    for (int i = 0; i < targets.size(); i++) {
      int column = scales.indexOf(targets.get(i));
      String ahead = horizon == 0 ? "" : ", %s ahead".formatted(Numbers.count(horizon, "row"));
      lines.add(
          predictsChange(targets.get(i))
              ? "%s = its newest value + %s · y[%s]%s"
                  .formatted(targets.get(i), scales.deviation(column) * facts.change()[i], i, ahead)
              : "%s = %s + %s · y[%s]%s"
                  .formatted(
                      targets.get(i), scales.mean(column), scales.deviation(column), i, ahead));
    }
    return lines;
  }

  /** Refuses facts that do not go with the columns. */
  void requireUsable() {
    if (facts != null) {
      List<String> scaled = facts.normalisation().columns();
      if (!scaled.containsAll(columns()) || facts.change().length != targets.size()) {
        throw new IllegalArgumentException("its scales are not those of its columns");
      }
    }
  }

  /** Inputs and targets, each once. */
  public List<String> columns() {
    var columns = new ArrayList<>(inputs);
    targets.stream().filter(target -> !inputs.contains(target)).forEach(columns::add);
    return columns;
  }

  private static void requireDistinct(String option, List<String> columns) {
    UsageException.require(
        columns.stream().distinct().count() == columns.size(),
        "%s names a column twice: %s".formatted(option, CsvLine.list(columns)));
  }
}
