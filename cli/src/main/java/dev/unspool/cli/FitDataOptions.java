// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.ColumnRoles;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.HeldOut;
import dev.unspool.cli.run.OutputConfig;
import dev.unspool.cli.run.SeriesScale;
import dev.unspool.cli.run.TableFile;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.cli.run.TimeConfig;
import dev.unspool.cli.run.UsageException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The measurements of a plant. */
final class FitDataOptions {
  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Measurements, one row a sample; the first row names the columns.")
  @Nullable Path csv;

  @Option(
      names = "--input",
      paramLabel = "COLUMN",
      description =
          "Columns that drive the plant. A name with a comma in it stands in double quotes:"
              + " --input '\"valve, mm\",load'.")
  @Nullable List<String> input;

  @Option(names = "--target", paramLabel = "COLUMN", description = "Columns that it answers with.")
  @Nullable List<String> target;

  @Option(
      names = "--test-csv",
      paramLabel = "FILE",
      description =
          "Judge the model on this table, which has the same columns. Default: the end of --csv.")
  @Nullable Path testCsv;

  @Option(
      names = "--skip-bad-rows",
      description =
          "Leave out rows that cannot be read, and count them, instead of refusing the file. The"
              + " rows around them then count as neighbours.")
  boolean skipBadRows;

  @Option(
      names = "--time",
      paramLabel = "COLUMN",
      description =
          TimeOptions.TIME
              + "'none': take rows as they stand. Default: the one column that is a time; rows must"
              + " then be a step of it apart.")
  @Nullable List<String> time;

  @ArgGroup(validate = false)
  ClockOptions clock = new ClockOptions();

  @ArgGroup(validate = false)
  FieldOptions fields = new FieldOptions();

  @Option(
      names = "--valid",
      paramLabel = "FRACTION",
      description =
          "Part of the rows, just before the test part, that chooses the model. Default: "
              + FitDefaults.VALID
              + ".")
  double valid = FitDefaults.VALID;

  @Option(
      names = "--test",
      paramLabel = "FRACTION",
      description =
          "Part of the rows, at the end, that judges it. Default: "
              + FitDefaults.TEST
              + ", with --test-csv 0.")
  @Nullable Double test;

  @Option(
      names = "--normalise",
      paramLabel = "HOW",
      completionCandidates = Choices.SeriesScales.class,
      description =
          "What is done to the columns before the model sees them: ${COMPLETION-CANDIDATES}"
              + " (standard: mean 0 and deviation 1; robust: median 0, quartiles as with deviation 1,"
              + " which a few wild values do not move; rms: divided by the root mean square, so that 0"
              + " stays 0). Default: standard.")
  SeriesScale normalise = SeriesScale.STANDARD;

  /** How a table is written that replaces another. */
  TableFormat format(CsvConfig other) {
    boolean given = fields.given() || skipBadRows;
    FormatOptions.requireOther(csv != null || !given);
    return given ? FormatOptions.of(fields, skipBadRows) : other.format();
  }

  CsvConfig data() {
    if (csv == null) {
      throw new UsageException("nothing to fit to: give --csv FILE --input COLUMN --target COLUMN");
    }
    if (target == null || target.isEmpty()) {
      throw new UsageException("--target is missing: which column is the plant's answer?");
    }
    if (input == null || input.isEmpty()) {
      throw new UsageException(
          "--input is missing: which columns drive the plant? For a series that nothing drives, use 'unspool train'");
    }
    if (testCsv != null && test != null && test > 0) {
      throw new UsageException("--test and --test-csv exclude each other");
    }
    List<String> inputs = FormatOptions.columns("--input", input);
    List<String> targets = FormatOptions.columns("--target", target);
    for (String column : inputs) {
      if (targets.contains(column)) {
        throw new UsageException(
            "'%s' is both --input and --target: the model would only copy it. Earlier values of a target reach the model by --output-delays; leave it out of --input"
                .formatted(column));
      }
    }
    TableFormat format = FormatOptions.of(fields, skipBadRows);
    ColumnRoles roles = ColumnRoles.of(inputs, targets);
    CsvConfig untimed =
        CsvConfig.of(
            new TableFile(csv.toString(), testCsv == null ? null : testCsv.toString(), format),
            roles,
            OutputConfig.simulated(),
            normalise,
            new HeldOut(valid, test != null ? test : testCsv != null ? 0 : FitDefaults.TEST));
    TimeConfig found = times().time(csv, format, roles);
    return found == null ? untimed : untimed.with(found);
  }

  private TimeOptions times() {
    var times = new TimeOptions();
    times.time = time;
    times.clock = clock;
    return times;
  }

  /** Another table of a model, or its own elsewhere, with what is said of its times. */
  CsvConfig in(CsvConfig table) {
    return times().in(table);
  }

  /** What people should know about columns that seem to say the time, one line each. */
  List<String> doubts(CsvConfig table) {
    return times().doubts(table);
  }
}
