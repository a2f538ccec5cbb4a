// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.SaidLater;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.cli.run.UsageException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measurements of a plant, as the command line names them.
 *
 * @param csv the table
 * @param testCsv a table of its own to judge the model on, or null for the end of the first one
 * @param separator between fields
 * @param decimal before the decimals; a point in files of versions that knew no other
 * @param skipBadRows whether rows that cannot be read are left out
 * @param inputs names of the columns that drive the plant
 * @param targets names of the columns that it answers with
 * @param valid fraction of the rows, before the test part, that choose the model
 * @param test fraction of the rows, at the end, that judge it
 * @param normalise what is done to the columns
 */
public record FitData(
    String csv,
    @Nullable String testCsv,
    char separator,
    @SaidLater char decimal,
    boolean skipBadRows,
    List<String> inputs,
    List<String> targets,
    double valid,
    double test,
    Normalising normalise) {

  /** Checks what can be checked without the file. */
  public FitData {
    decimal = decimal == 0 ? '.' : decimal; // as Gson leaves what a file does not say
    FitFolder.requireSaid("csv", csv);
    FitFolder.requireSaid("normalise", normalise);
    inputs = List.copyOf(inputs);
    targets = List.copyOf(targets);
    requireDistinct("--input", inputs);
    requireDistinct("--target", targets);
    for (String input : inputs) {
      if (targets.contains(input)) {
        throw new UsageException(
            "'%s' is both --input and --target: the model would only copy it. Earlier values of a target reach the model by --output-delays; leave it out of --input"
                .formatted(input));
      }
    }
    require(valid >= 0 && valid < 1, "--valid must be at least 0 and below 1, found " + valid);
    require(test >= 0 && test < 1, "--test must be at least 0 and below 1, found " + test);
    require(
        valid + test < 1,
        "--valid and --test leave nothing to train on: %s + %s".formatted(valid, test));
  }

  /** The same, whatever folder a command is run in. */
  FitData absolute() {
    return at(absolute(csv), testCsv == null ? null : absolute(testCsv), format());
  }

  private static String absolute(String file) {
    return Path.of(file).toAbsolutePath().normalize().toString();
  }

  /** The same in another file, written in another way; that of the test part stays. */
  public FitData at(String file, TableFormat written) {
    return at(file, testCsv, written);
  }

  private FitData at(String file, @Nullable String testFile, TableFormat written) {
    return new FitData(
        file,
        testFile,
        written.separator(),
        written.decimal(),
        written.skipBadRows(),
        inputs,
        targets,
        valid,
        test,
        normalise);
  }

  /** How the tables are written. */
  public TableFormat format() {
    return new TableFormat(separator, decimal, skipBadRows);
  }

  private static void requireDistinct(String option, List<String> columns) {
    require(!columns.isEmpty(), option + " names no column");
    require(
        new HashSet<>(columns).size() == columns.size(),
        "%s names a column twice: %s".formatted(option, CsvLine.list(columns)));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new UsageException(message);
    }
  }
}
