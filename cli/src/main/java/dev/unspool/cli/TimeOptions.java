// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.run.ColumnRoles;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.GapConfig;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.cli.run.TimeConfig;
import dev.unspool.cli.run.UsageException;
import dev.unspool.data.TimeColumn.Duplicates;
import dev.unspool.data.TimeGuess;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.Fill;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** When the rows of a table are, and what is made of what is missing. */
final class TimeOptions {
  /** Help for a column of times, but for its default. */
  static final String TIME =
      "Column that says when a row is: ISO 8601, or seconds or milliseconds since 1970; several"
          + " columns (date,time or year,month,day,hour,minute) may say it together. ";

  /** Help for its form. */
  static final String FORMAT =
      "How times are written, in the pattern letters of java.time: 'dd.MM.yyyy HH:mm', also where"
          + " two columns say it. ";

  /** Help for the order of rows. */
  static final String SORT = "Rows that are not in the order of time: ${COMPLETION-CANDIDATES}. ";

  /** Help for several rows of one time. */
  static final String DUPLICATES =
      "Of several rows of one time, which counts: ${COMPLETION-CANDIDATES}. ";

  /** Help for what a network is told of the time, but for its default. */
  static final String CALENDAR =
      "What the network is told of the time, as sines and cosines: ${COMPLETION-CANDIDATES}, separated"
          + " by commas. ";

  /** What stands in place of a column where there is to be no time. */
  private static final String NONE = "none";

  /** What happens to rows that are not in the order of time. */
  enum Order {
    /** The table is refused. */
    REFUSE,
    /** They are sorted. */
    ASCENDING
  }

  @Option(
      names = "--time",
      paramLabel = "COLUMN",
      description =
          TIME + "'" + NONE + "': take rows as they stand. Default: the one column that is a time.")
  @Nullable List<String> time;

  @ArgGroup(validate = false)
  ClockOptions clock = new ClockOptions();

  @Option(
      names = "--sort",
      paramLabel = "ORDER",
      completionCandidates = Choices.Orders.class,
      description = SORT + "Default: refuse.")
  @Nullable Order sort;

  @Option(
      names = "--duplicates",
      paramLabel = "WHICH",
      completionCandidates = Choices.DuplicateRows.class,
      description = DUPLICATES + "Default: refuse.")
  @Nullable Duplicates duplicates;

  @Option(
      names = "--calendar",
      paramLabel = "PART",
      split = ",",
      completionCandidates = Choices.CalendarParts.class,
      description = CALENDAR + "It is known for the future, too. Default: nothing.")
  @Nullable List<Calendar.Part> calendar;

  @Option(
      names = "--known",
      paramLabel = "COLUMN",
      description =
          "Columns that are known in advance, such as holidays or a weather forecast: they are read"
              + " in the row that is predicted. Default: none.")
  @Nullable List<String> known;

  @Option(
      names = "--fill",
      paramLabel = "HOW",
      completionCandidates = Choices.Fills.class,
      description =
          "What stands for a missing number, beside a flag that it is missing:"
              + " ${COMPLETION-CANDIDATES} (last: the newest known one; linear: between that and the"
              + " next, but for targets). Default: last, where there is a time; else a missing number"
              + " is refused.")
  @Nullable Fill fill;

  @Option(
      names = "--gap",
      paramLabel = "ROWS",
      description = "After more missing rows than these, a sequence begins anew. Default: never.")
  @Nullable Long gap;

  /** What is known in advance. */
  List<String> known() {
    return known == null ? List.of() : FormatOptions.columns("--known", known);
  }

  /** Which options were given. */
  Map<String, Boolean> given() {
    Map<String, Boolean> given = ofTime();
    given.put("--time", time != null);
    given.put("--known", known != null);
    given.put("--fill", fill != null);
    given.put("--gap", gap != null);
    return given;
  }

  private Map<String, Boolean> ofTime() {
    var given = new LinkedHashMap<String, Boolean>();
    given.put("--time-format", clock.timeFormat != null);
    given.put("--zone", clock.zone != null);
    given.put("--sort", sort != null);
    given.put("--duplicates", duplicates != null);
    given.put("--calendar", calendar != null);
    return given;
  }

  /** When the rows of a new run's table are; null where nobody says so. */
  @Nullable TimeConfig time(Path csv, TableFormat format, ColumnRoles roles) {
    List<String> columns = columns(csv, format, roles);
    if (columns.isEmpty()) {
      requireNothingOfTime(csv, format, roles);
      return null;
    }
    return new TimeConfig(
        columns,
        clock.timeFormat,
        clock.zone,
        sort == Order.ASCENDING,
        duplicates == null ? Duplicates.REFUSE : duplicates,
        calendar == null ? List.of() : calendar);
  }

  /** Refuses options of a time where there is none, unless the table cannot even be read. */
  private void requireNothingOfTime(Path csv, TableFormat format, ColumnRoles roles) {
    List<String> given =
        ofTime().entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
    List<TimeGuess> unread =
        given.isEmpty() || time != null ? List.of() : unread(csv, format, roles);
    if (given.isEmpty() || unread == null) {
      return;
    }
    if (time == null && clock.timeFormat != null) {
      throw new UsageException(fitsNothing(unread));
    }
    throw new UsageException(
        "%s needs a column that says when a row is; name it with --time%s"
            .formatted(given.getFirst(), unread.isEmpty() ? "" : ": " + described(unread)));
  }

  private String fitsNothing(List<TimeGuess> unread) {
    return "--time-format '%s' reads no column%s"
        .formatted(
            clock.timeFormat,
            unread.isEmpty()
                ? "; name the one that says when a row is with --time"
                : ": " + described(unread));
  }

  private static String described(List<TimeGuess> guesses) {
    return String.join("; ", guesses.stream().map(TimeGuess::described).toList());
  }

  private List<String> columns(Path csv, TableFormat format, ColumnRoles roles) {
    if (time == null) {
      List<List<String>> found = found(csv, format, roles);
      return found.size() == 1 ? found.getFirst() : List.of();
    }
    List<String> named = FormatOptions.columns("--time", time);
    if (named.equals(List.of(NONE))) {
      return List.of();
    }
    var taken = new ArrayList<>(roles.columns());
    taken.retainAll(named);
    UsageException.require(
        taken.isEmpty(),
        "%s cannot both say the time and be an input or a target; for the time of day as an input use --calendar"
            .formatted(CsvLine.list(taken)));
    return named;
  }

  private List<List<String>> found(Path csv, TableFormat format, ColumnRoles roles) {
    try {
      return format.open(csv).timeColumns(roles.columns(), clock.timeFormat);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--time-format '%s': %s".formatted(clock.timeFormat, e.getMessage()));
    } catch (IOException _) {
      return List.of(); // said when the table is read
    }
  }

  /** Columns that look like a time in another form; null of a table that cannot be read. */
  private @Nullable List<TimeGuess> unread(Path csv, TableFormat format, ColumnRoles roles) {
    try {
      return format.open(csv).unreadTimes(roles.columns(), clock.timeFormat);
    } catch (IOException _) {
      return null; // why is said when the table is read
    }
  }

  /**
   * What to say where none was named and several columns could be the time, or one seems to be in a
   * form that nobody has named; else nothing.
   */
  List<String> doubts(CsvConfig table) {
    if (time != null || table.time() != null) {
      return List.of();
    }
    Path csv = Path.of(table.file());
    List<List<String>> found = found(csv, table.format(), table.roles());
    if (found.size() > 1) {
      return List.of(
          "%s could each say when a row is, so none does; name one with --time"
              .formatted(CsvLine.list(found.stream().map(List::getFirst).toList())));
    }
    List<TimeGuess> unread = unread(csv, table.format(), table.roles());
    return (unread == null ? List.<TimeGuess>of() : unread)
        .stream()
            .map(
                guess ->
                    "Rows are taken as they stand, though a column looks like a time: %s; --time none says that it is none"
                        .formatted(guess.described()))
            .toList();
  }

  /** Another table of a run, or its own elsewhere, with what is said of its times. */
  CsvConfig in(CsvConfig table) {
    boolean given = time != null || ofTime().containsValue(true);
    return given ? in(table, time, clock.timeFormat, clock.zone, sort, duplicates) : table;
  }

  /** The same; what is null stays as it was. */
  static CsvConfig in(
      CsvConfig table,
      @Nullable List<String> time,
      @Nullable String format,
      @Nullable String zone,
      @Nullable Order sort,
      @Nullable Duplicates duplicates) {
    TimeConfig own = table.time();
    boolean none = time != null && FormatOptions.columns("--time", time).equals(List.of(NONE));
    boolean alone = Stream.of(format, zone, sort, duplicates).allMatch(Objects::isNull);
    if (own == null && none && alone) {
      return table; // as it is
    }
    if (own != null && none) {
      throw new UsageException(
          "--time none does not go with a model that knows the time of a row, as this one does by %s; name the column of this table that says it"
              .formatted(CsvLine.list(own.columns())));
    }
    if (own == null) {
      throw new UsageException(
          "--time, --time-format, --zone, --sort and --duplicates are for models that know the time of a row, and this one was trained without");
    }
    return table.with(
        own.in(
            time == null ? own.columns() : FormatOptions.columns("--time", time),
            format == null ? own.format() : format,
            zone == null ? own.zone() : zone,
            sort == null ? own.sort() : sort == Order.ASCENDING,
            duplicates == null ? own.duplicates() : duplicates));
  }

  /** What is made of what is missing; null where nothing may be. */
  @Nullable GapConfig gaps(boolean isTimed) {
    if (gap != null && gap < 0) {
      throw new UsageException("--gap must be at least 0 rows, found " + gap);
    }
    boolean mayMiss = isTimed || fill != null || gap != null || known != null;
    return mayMiss ? new GapConfig(fill == null ? Fill.LAST : fill, gap == null ? -1 : gap) : null;
  }
}
