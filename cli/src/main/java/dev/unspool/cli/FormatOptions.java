// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.cli.run.UsageException;
import dev.unspool.data.TimeColumn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a table is written that is not the one a model was trained on. */
final class FormatOptions {
  /** Help for the separator, but for its default. */
  static final String SEPARATOR = "Separator of the table's fields; 'tab' for a tabulator. ";

  /** Help for decimals, but for their default. */
  static final String DECIMAL = "What stands before the decimals: '.' or ','. ";

  @Option(
      names = "--separator",
      paramLabel = "CHAR",
      description = SEPARATOR + "Default: that of the table the model comes from.")
  @Nullable String separator;

  @Option(
      names = "--decimal",
      paramLabel = "CHAR",
      description = DECIMAL + "Default: that of the table the model comes from.")
  @Nullable String decimal;

  @Option(
      names = "--skip-bad-rows",
      description =
          "Leave out rows that cannot be read. Default: as with the table the model comes from.")
  boolean skipBadRows;

  @Option(
      names = "--time",
      paramLabel = "COLUMN",
      description = TimeOptions.TIME + "Default: that of the table the model comes from.")
  @Nullable List<String> time;

  @Option(
      names = "--time-format",
      paramLabel = "PATTERN",
      description = TimeOptions.FORMAT + "Default: that of the table the model comes from.")
  @Nullable String timeFormat;

  @Option(
      names = "--zone",
      paramLabel = "ZONE",
      description =
          "Whose clocks times without an offset are of. Default: as with the table the model comes"
              + " from.")
  @Nullable String zone;

  @Option(
      names = "--sort",
      paramLabel = "ORDER",
      completionCandidates = Choices.Orders.class,
      description = TimeOptions.SORT + "Default: as with the table the model comes from.")
  TimeOptions.@Nullable Order sort;

  @Option(
      names = "--duplicates",
      paramLabel = "WHICH",
      completionCandidates = Choices.DuplicateRows.class,
      description = TimeOptions.DUPLICATES + "Default: as with the table the model comes from.")
  TimeColumn.@Nullable Duplicates duplicates;

  /** Another table of a model, or its own where it is now. */
  CsvConfig at(CsvConfig table, String path, TableFormat written) {
    CsvConfig there = table.at(path, written);
    boolean given =
        time != null || timeFormat != null || zone != null || sort != null || duplicates != null;
    return given ? TimeOptions.in(there, time, timeFormat, zone, sort, duplicates) : there;
  }

  /** Another table than that one; {@code given} says whether there is one. */
  TableFormat format(TableFormat own, boolean given) {
    requireOther(given || (separator == null && decimal == null && !skipBadRows));
    boolean timed =
        time != null || timeFormat != null || zone != null || sort != null || duplicates != null;
    if (!given && timed) {
      throw new UsageException(
          "--time, --time-format, --zone, --sort and --duplicates are for another table than the run's own");
    }
    return new TableFormat(
        separator == null ? own.separator() : separator(separator),
        decimal == null ? own.decimal() : decimal(decimal),
        own.skipBadRows() || skipBadRows);
  }

  /** Refuses what says how a table is written where there is none but the run's own. */
  static void requireOther(boolean condition) {
    UsageException.require(
        condition,
        "--separator, --decimal and --skip-bad-rows are for another table than the run's own");
  }

  /** A run over data that are elsewhere, perhaps written in another way; null: where they were. */
  RunConfig at(RunConfig config, @Nullable Path elsewhere) {
    CsvConfig table = config.csv();
    if (table == null) {
      UsageException.requireNone(given(), "is for tables, and this is a model of text");
      return elsewhere == null ? config : config.at(elsewhere);
    }
    TableFormat written = format(table.format(), elsewhere != null);
    return elsewhere == null
        ? config
        : config.with(at(table, elsewhere.toAbsolutePath().toString(), written));
  }

  private Map<String, Boolean> given() {
    var given = new LinkedHashMap<String, Boolean>();
    given.put("--separator", separator != null);
    given.put("--decimal", decimal != null);
    given.put("--skip-bad-rows", skipBadRows);
    given.put("--time", time != null);
    given.put("--time-format", timeFormat != null);
    given.put("--zone", zone != null);
    given.put("--sort", sort != null);
    given.put("--duplicates", duplicates != null);
    return given;
  }

  /** The format that options say; null is a comma, and a decimal point. */
  static TableFormat of(FieldOptions fields, boolean skipBadRows) {
    return new TableFormat(separator(fields.separator), decimal(fields.decimal), skipBadRows);
  }

  static char separator(@Nullable String separator) {
    if (separator == null) {
      return ',';
    }
    if (separator.equalsIgnoreCase("tab") || separator.equals("\\t")) {
      return '\t';
    }
    if (separator.length() != 1) {
      throw new UsageException(
          "--separator must be one character or 'tab', found '%s'".formatted(separator));
    }
    return separator.charAt(0);
  }

  static char decimal(@Nullable String decimal) {
    if (decimal == null) {
      return '.';
    }
    if (!decimal.equals(".") && !decimal.equals(",")) {
      throw new UsageException("--decimal must be '.' or ',', found '%s'".formatted(decimal));
    }
    return decimal.charAt(0);
  }

  /**
   * The columns that an option names, once or several times: separated by commas, in double quotes
   * where a name has a comma in it.
   */
  static List<String> columns(String option, List<String> given) {
    var columns = new ArrayList<String>();
    for (String names : given) {
      try {
        columns.addAll(CsvLine.fields(names));
      } catch (IllegalArgumentException e) {
        throw new UsageException("%s %s: %s".formatted(option, names, e.getMessage()));
      }
    }
    if (columns.contains("")) {
      throw new UsageException(
          "%s '%s' names a column without a name".formatted(option, String.join(" ", given)));
    }
    return columns;
  }
}
