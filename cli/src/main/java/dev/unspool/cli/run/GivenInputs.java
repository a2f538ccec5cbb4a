// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.CsvFile;
import dev.unspool.data.Table;
import dev.unspool.data.TimedTable;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The inputs that a forecast does not predict: in which rows it reads them, and who says them, the
 * table or a file of the future. In rows to be predicted, a number of the table counts, and where
 * it has none, one of the file; what a file says of rows before those is not read.
 */
final class GivenInputs {
  private final SeriesData data;
  private final long known;
  private final List<String> columns;

  /**
   * Those of a forecast.
   *
   * @param known rows of the table whose targets are seen
   */
  GivenInputs(SeriesData data, long known) {
    CsvConfig config = data.config();
    this.data = data;
    this.known = known;
    this.columns =
        Stream.concat(config.inputs().stream(), config.roles().known().stream())
            .filter(input -> !config.targets().contains(input))
            .distinct()
            .toList();
  }

  /** Their names. */
  List<String> columns() {
    return columns;
  }

  /** The row after the last one in which a column must be known. */
  private long neededTo(String column, int steps) {
    CsvConfig config = data.config();
    long end = known + Math.max(steps, config.horizon());
    return config.roles().known().contains(column) ? end : end - config.horizon();
  }

  /** The row after the last one in which it is; before those to be predicted, it may be missing. */
  private long knownTo(String column) {
    Table table = data.table();
    long end = table.known(table.rows() - 1, table.column(column)) + 1;
    return Math.max(end, Math.min(known, table.rows()));
  }

  /** The columns that the table alone does not say. */
  private List<String> lacking(int steps) {
    return columns.stream().filter(column -> neededTo(column, steps) > knownTo(column)).toList();
  }

  /** The columns that say where a file without times begins. */
  private List<String> guides() {
    List<String> inAdvance =
        columns.stream().filter(data.config().roles().known()::contains).toList();
    return inAdvance.isEmpty() ? columns : inAdvance;
  }

  /**
   * The first row that the table does not say. Without times it is where a file begins, whatever
   * number of steps is wanted: so also of columns that are known far enough, and not of inputs that
   * end with the targets beside columns that are known in advance.
   */
  private long first(List<String> lacking, boolean timed) {
    List<String> of = timed ? lacking : guides();
    return of.stream().mapToLong(this::knownTo).min().orElse(known);
  }

  private long end(List<String> lacking, int steps) {
    return lacking.stream().mapToLong(column -> neededTo(column, steps)).max().orElse(known);
  }

  /** Refuses a forecast that the table says too little for. */
  void requireKnown(int steps) throws RunException {
    List<String> lacking = lacking(steps);
    if (lacking.isEmpty()) {
      return;
    }
    long first = first(lacking, data.axis() != null);
    long rows = end(lacking, steps) - first;
    if (rows <= 0) {
      throw unsaid(lacking.getFirst(), steps);
    }
    throw new UsageException(
        "the model also reads %s, which it does not predict; give their next %s%s with --future FILE%s"
            .formatted(
                CsvLine.list(columns),
                Numbers.count(rows, "row"),
                from(first),
                before(first, lacking, steps)));
  }

  /** What a file that begins with a row cannot say. */
  private String before(long first, List<String> lacking, int steps) {
    return lacking.stream()
        .filter(column -> knownTo(column) < first)
        .findFirst()
        .map(
            column ->
                "; before them, %s itself has no number of %s %s"
                    .formatted(
                        data.config().file(),
                        column,
                        span(knownTo(column), Math.min(first, neededTo(column, steps)) - 1)))
        .orElse("");
  }

  /** The same of a simulation, which nothing but the table can say more for. */
  void requireInTable(int steps) throws RunException {
    List<String> lacking = lacking(steps);
    if (!lacking.isEmpty()) {
      throw unsaid(lacking.getFirst(), steps);
    }
  }

  /** Refuses a table that nothing else can say more for. */
  private RunException unsaid(String column, int steps) {
    return new RunException(
        "%s has no number of %s %s, which the model reads; put them in, or leave out the rows at the end"
            .formatted(
                data.config().file(), column, span(knownTo(column), neededTo(column, steps) - 1)));
  }

  private String span(long first, long last) {
    return first == last
        ? "at " + data.label(first)
        : "from %s to %s".formatted(data.label(first), data.label(last));
  }

  /** Where a file has to begin, if that is not behind the table. */
  private String from(long first) {
    return first == data.table().rows() ? "" : ", from %s on,".formatted(data.label(first));
  }

  /**
   * Reads a file of the future.
   *
   * @param notes gets a line for each column that it says in part only, and one where nothing but
   *     this says where it begins
   * @return rows from the first that is predicted on, with NaN where the file says nothing
   * @throws RunException if it lacks what neither it nor the table says
   */
  Table read(CsvConfig file, int steps, List<String> notes) throws IOException {
    List<String> lacking = lacking(steps);
    boolean timed = file.time() != null && data.axis() != null;
    long first = first(lacking, timed);
    Table future =
        timed ? timed(file, steps, first, lacking.isEmpty()) : untimed(file, steps, first);
    try {
      require(file.file(), future, steps, lacking, first);
      if (!timed && first != data.table().rows()) {
        notes.add(
            "The first row of %s is taken for %s, the first in which %s does not have all of %s"
                .formatted(
                    file.file(), data.label(first), data.config().file(), CsvLine.list(guides())));
      }
      for (String column : lacking) {
        if (!timed && neededTo(column, steps) <= first) {
          throw unsaid(column, steps);
        }
        requireSaid(file.file(), future, column, steps, notes);
      }
      return future;
    } catch (RunException e) {
      future.close();
      throw e;
    }
  }

  private Table untimed(CsvConfig file, int steps, long first) throws IOException {
    CsvFile csv = file.format().open(Path.of(file.file()), columns);
    Table read = (file.gaps() == null ? csv : csv.keepingMissing()).read(columns);
    if (first == known) {
      return read;
    }
    try (read) {
      return shifted(read, first, steps);
    }
  }

  /**
   * Reads a file whose times say which rows it has.
   *
   * @param enough whether the table says everything; then it may begin later, but not leave out a
   *     row behind the table
   */
  private Table timed(CsvConfig file, int steps, long first, boolean enough) throws IOException {
    TimeAxis axis = Objects.requireNonNull(data.axis());
    try (TimedTable timed = TimesOfRun.read(file, columns)) {
      long begin = axis.row(timed.axis().origin().toEpochMilli());
      long last = begin + timed.table().rows() - 1;
      long next = enough ? Math.max(first, Math.min(begin, data.table().rows())) : first;
      if (begin > next || last < next) {
        throw new RunException(
            "%s has the rows %s to %s, and the next one is needed, of %s"
                .formatted(file.file(), data.label(begin), data.label(last), data.label(next)));
      }
      return shifted(timed.table(), begin, steps);
    }
  }

  /** The rows from the first that is predicted on, of a table that begins at another. */
  private Table shifted(Table read, long begin, int steps) {
    int width = columns.size();
    long end = Math.min(begin + read.rows(), readTo(read, begin, steps));
    double[] values = new double[Math.toIntExact((end - known) * width)];
    Arrays.fill(values, Double.NaN);
    for (long row = Math.max(begin, known); row < end; row++) {
      for (int i = 0; i < width; i++) {
        values[(int) (row - known) * width + i] = read.get(row - begin, i);
      }
    }
    return Table.of(columns, values);
  }

  /** The row after the last that may be read: what lies in a gap may depend on what ends it. */
  private long readTo(Table read, long begin, int steps) {
    long end = known + Math.max(steps, data.config().horizon());
    long to = end;
    for (int i = 0; i < columns.size(); i++) {
      long next = read.next(Math.max(end - begin, 0) - 1, i);
      to = Math.max(to, begin + next + 1);
    }
    return to;
  }

  private void require(String file, Table future, int steps, List<String> lacking, long first)
      throws RunException {
    long rows = end(lacking, steps) - first;
    long found = known + future.rows() - first;
    if (found < rows) {
      throw new RunException(
          "a forecast of %s needs %s of %s%s found %s in %s"
              .formatted(
                  Numbers.count(steps, "step"),
                  Numbers.count(rows, "future row"),
                  CsvLine.list(columns),
                  from(first).isEmpty() ? "," : from(first),
                  found,
                  file));
    }
  }

  /** Refuses a column of which nothing is said, and notes one of which not everything is. */
  private void requireSaid(String file, Table future, String column, int steps, List<String> notes)
      throws RunException {
    long from = knownTo(column);
    long to = neededTo(column, steps);
    long missing = 0;
    for (long row = from; row < to; row++) {
      missing += Double.isNaN(future.get(row - known, columns.indexOf(column))) ? 1 : 0;
    }
    if (missing == to - from) {
      throw new RunException(
          "%s has no number of %s %s, which the model reads"
              .formatted(file, column, span(from, to - 1)));
    }
    GapConfig gaps = data.config().gaps();
    if (missing > 0 && gaps != null) {
      notes.add(
          "%s has no number of %s in %s of the %s: in their place is what --fill %s says"
              .formatted(
                  file, column, missing, Numbers.count(to - from, "row"), Labels.of(gaps.fill())));
    }
  }
}
