// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A file of comma-separated values: UTF-8, the first line names the columns, every further line is
 * one step in time (RFC 4180: fields may be quoted, and contain line breaks if they are). A byte
 * order mark, either kind of line break, blank lines, rows of empty fields at the end, and gzip are
 * tolerated. Only the columns that are asked for must be numbers, and have a name of their own.
 *
 * <p>Numbers are read as float64. An empty, infinite or unreadable number, and a row with more or
 * fewer fields than the first line, are errors unless bad rows are skipped: a gap in time should be
 * somebody's decision. Where missing numbers are kept they are NaN, and with a column that says
 * when rows are, missing rows are, too.
 */
public final class CsvFile {
  /** Lines without anything that may stand above the names of columns, at most. */
  private static final int MOST_ABOVE = 100;

  private final Path path;
  private final char separator;
  private final char decimal;
  private final BadRows bad;
  private final boolean keepMissing;
  private final long heapLimit;

  private CsvFile(
      Path path, char separator, char decimal, BadRows bad, boolean keepMissing, long heapLimit) {
    this.path = path;
    this.separator = separator;
    this.decimal = decimal;
    this.bad = bad;
    this.keepMissing = keepMissing;
    this.heapLimit = heapLimit;
  }

  /** The file at {@code path}, which is opened when it is read. */
  public static CsvFile of(Path path) {
    return new CsvFile(path, ',', '.', BadRows.REFUSED, false, SegmentWriter.HEAP_LIMIT);
  }

  /** The same file with another character between fields, for example a semicolon or a tab. */
  public CsvFile withSeparator(char newSeparator) {
    if (newSeparator == '"' || newSeparator == '\n' || newSeparator == '\r') {
      throw new IllegalArgumentException(
          "a quote or a line break cannot separate fields, found the character U+%s"
              .formatted(HexFormat.of().withUpperCase().toHexDigits(newSeparator)));
    }
    return new CsvFile(path, newSeparator, decimal, bad, keepMissing, heapLimit);
  }

  /**
   * The same file with a comma, or again a point, before the decimals. Where fields are separated
   * by commas as well, such numbers stand in quotes.
   */
  public CsvFile withDecimal(char newDecimal) {
    if (newDecimal != '.' && newDecimal != ',') {
      throw new IllegalArgumentException(
          "before decimals stands a point or a comma, found '%s'".formatted(newDecimal));
    }
    return new CsvFile(path, separator, newDecimal, bad, keepMissing, heapLimit);
  }

  /** The same file, whose bad rows are left out and counted instead of being errors. */
  public CsvFile skippingBadRows() {
    return new CsvFile(path, separator, decimal, bad.skipped(), keepMissing, heapLimit);
  }

  /**
   * The same file, whose errors say what the users of a program can do about a row: by itself it is
   * only to correct the file.
   *
   * @param ofBad how an error ends
   * @param ofMissing how it ends where it is only that a number is missing
   */
  public CsvFile withAdvice(String ofBad, String ofMissing) {
    BadRows advising = bad.advising(ofBad, ofMissing);
    return new CsvFile(path, separator, decimal, advising, keepMissing, heapLimit);
  }

  /**
   * The same file, in which a number may be missing: an empty field, NA, NaN, null and the like are
   * NaN. Another text that is no number still makes a row a bad one.
   */
  public CsvFile keepingMissing() {
    return new CsvFile(path, separator, decimal, bad, true, heapLimit);
  }

  /** The same file, with another limit above which a table is mapped; for tests. */
  CsvFile withHeapLimit(long bytes) {
    return new CsvFile(path, separator, decimal, bad, keepMissing, bytes);
  }

  /**
   * Names of the columns: the fields of the first line, without surrounding blanks. They may be
   * empty or occur several times.
   *
   * @throws DataException if there is no readable file, or it is empty
   */
  public List<String> header() throws IOException {
    return readHeader().names();
  }

  /**
   * Refuses a file that has not each of these columns once.
   *
   * @throws IllegalArgumentException if there is no such column; the message lists those there are,
   *     and says so if another separator would make it one
   * @throws DataException if the file cannot be used, or two columns have that name
   */
  public void requireColumns(List<String> columns) throws IOException {
    requirePresent(readHeader(), columns);
  }

  private CsvHeader readHeader() throws IOException {
    try (Reader reader = InputFile.open(path);
        var csv = builder().skipEmptyLines(true).ofCsvRecord(reader)) {
      for (var record : csv) {
        var names = record.getFields().stream().map(String::strip).toList();
        if (!names.stream().allMatch(String::isEmpty)) {
          return new CsvHeader(names, record.getStartingLineNumber());
        }
      }
      throw DataException.in(path, "the file is empty, expected a line of column names");
    } catch (CsvParseException | UncheckedIOException | IOException e) {
      throw explained(e);
    }
  }

  /**
   * Reads some columns of all rows.
   *
   * @param columns names, all different, at least one
   * @return the columns in the order in which they were asked for; the caller closes it
   * @throws IllegalArgumentException if there is no such column; the message lists those there are
   * @throws DataException if the file cannot be used, or a row is bad and bad rows are not skipped
   */
  public Table read(List<String> columns) throws IOException {
    Table.requireDifferent(columns);
    return read(columns, new RowSink.All(heapLimit));
  }

  /**
   * Reads some columns of the newest (last) rows; the whole file is read and checked, but no more
   * than these rows are held.
   *
   * @param columns names, all different, at least one
   * @param rows largest number of rows, at least 1
   */
  public Table readNewest(List<String> columns, int rows) throws IOException {
    Table.requireDifferent(columns);
    if (rows < 1) {
      throw new IllegalArgumentException("at least 1 row must be read, found " + rows);
    }
    return read(columns, new RowSink.Newest(rows, columns.size()));
  }

  private Table read(List<String> columns, RowSink sink) throws IOException {
    try (sink) {
      var taker = keepMissing ? new RowSink.Missing(sink, columns.size()) : new RowSink.Plain(sink);
      return sink.finish(columns, readRows(columns, List.of(), taker));
    }
  }

  /**
   * Reads some columns of all rows, and puts these where they belong in time. A row whose numbers
   * cannot be read keeps its place, if bad rows are skipped.
   *
   * @param columns names, all different, at least one; their numbers may be missing
   * @param time which columns say when a row is
   * @throws IllegalArgumentException if there is no such column; the message lists those there are
   * @throws DataException if the file cannot be used, or its times are at no equal steps
   */
  public TimedTable readTimed(List<String> columns, TimeColumn time) throws IOException {
    Table.requireDifferent(columns);
    CsvFile file = keepingMissing();
    TimedRows.Clock clock = () -> timeOfDay(time);
    try (var rows = new TimedRows(path, time, columns.size(), new RowSink.All(heapLimit), clock);
        Table raw = rows.finish(columns, file.readRows(columns, time.columns(), rows))) {
      return new TimeGrid(path, time, raw, rows.text(), rows.isInOrder()).write(heapLimit);
    }
  }

  private @Nullable String timeOfDay(TimeColumn time) throws IOException {
    CsvHeader header = readHeader();
    return looked(new ClockSearch(header, time)::in);
  }

  /**
   * Looks for columns that say when rows are, in the usual form or another.
   *
   * @param without columns that are something else
   * @param format in the letters of {@link java.time.format.DateTimeFormatter}; null for the usual
   *     one
   * @return each possibility: one column, or several that say it together
   */
  public List<List<String>> timeColumns(List<String> without, @Nullable String format)
      throws IOException {
    CsvHeader header = readHeader();
    return looked(new TimeSearch(header, without, format, leftOut(header, without))::in);
  }

  /**
   * Looks for columns that seem to say when rows are, in no form that would be read.
   *
   * @param without columns that are something else
   * @param format the form that is read; null for the usual one
   */
  public List<TimeGuess> unreadTimes(List<String> without, @Nullable String format)
      throws IOException {
    CsvHeader header = readHeader();
    return looked(new TimeSearch(header, without, format, leftOut(header, without))::unread);
  }

  /** Which rows are skipped whatever their time is, so that they do not decide what a time is. */
  private Predicate<CsvRecord> leftOut(CsvHeader header, List<String> columns) {
    List<String> there = columns.stream().filter(header.names()::contains).toList();
    return row ->
        bad.skip()
            && (row.getFieldCount() != header.names().size()
                || Arrays.stream(header.texts(row, there)).anyMatch(text -> !mayBeNumber(text)));
  }

  private boolean mayBeNumber(String text) {
    return NumberText.isMissing(text) || Double.isFinite(NumberText.parse(text, decimal));
  }

  private <T extends @Nullable Object> T looked(Function<Iterator<CsvRecord>, T> at)
      throws IOException {
    try (Reader reader = InputFile.open(path);
        var csv = builder().skipEmptyLines(true).ofCsvRecord(reader)) {
      return at.apply(csv.iterator());
    } catch (CsvParseException | UncheckedIOException | IOException e) {
      throw explained(e);
    }
  }

  private long readRows(List<String> columns, List<String> times, CsvRows.Taker taker)
      throws IOException {
    CsvHeader header = readHeader();
    requirePresent(header, columns);
    requirePresent(header, times);
    try (Reader reader = InputFile.open(path);
        var csv =
            builder()
                .skipEmptyLines(false)
                .build(new CsvRow(header.names(), columns, times, decimal, keepMissing), reader)) {
      return new CsvRows(path, header.names().size(), bad).read(csv.iterator(), taker);
    } catch (CsvParseException | UncheckedIOException | IOException e) {
      throw explained(e);
    }
  }

  private void requirePresent(CsvHeader header, List<String> columns) throws IOException {
    for (String column : columns) {
      int first = header.names().indexOf(column);
      if (first < 0) {
        String second = secondLine(header, column);
        throw new IllegalArgumentException(
            "%s: there is no column '%s'; there are %s%s"
                .formatted(
                    path,
                    column,
                    header.described(),
                    second.isEmpty() ? otherSeparator(header, columns) : second));
      }
      if (!header.isUnique(column)) {
        throw DataException.at(
            path,
            header.line(),
            "fields %s and %s are both named '%s'; rename one"
                .formatted(first + 1, header.names().lastIndexOf(column) + 1, column));
      }
    }
  }

  /** What to add where a column is missing that the line below the first one has. */
  private String secondLine(CsvHeader header, String column) {
    try {
      CsvRecord second =
          looked(
              records -> {
                List<CsvRecord> rows = header.first(records, MOST_ABOVE);
                return rows.isEmpty() ? null : rows.getFirst();
              });
      return second != null
              && second.getFields().stream().map(String::strip).anyMatch(column::equals)
          ? "; line %s has it: the line of column names must be the first"
              .formatted(second.getStartingLineNumber())
          : "";
    } catch (IOException _) {
      return ""; // said when the file is read
    }
  }

  /** What to add where a column is missing because the separator is another one. */
  private String otherSeparator(CsvHeader header, List<String> columns) {
    String some = "";
    for (char other : new char[] {';', '\t', '|', ','}) {
      CsvHeader split = other == separator ? header : splitAt(other);
      if (split.hasAll(columns)) {
        return "; fields are separated by %s: use --separator %s"
            .formatted(name(other), option(other));
      }
      if (some.isEmpty() && header.names().size() == 1 && split.names().size() > 1) {
        some =
            "; if these are several, they are separated by %s: use --separator %s"
                .formatted(name(other), option(other));
      }
    }
    return some;
  }

  private CsvHeader splitAt(char other) {
    try {
      return withSeparator(other).readHeader();
    } catch (IOException _) {
      return new CsvHeader(List.of(), 0); // quoted for the separator it has
    }
  }

  private static String name(char separator) {
    return separator == '\t' ? "tabulators" : "'" + separator + "'";
  }

  private static String option(char separator) {
    return separator == '\t' ? "tab" : "'" + separator + "'";
  }

  private CsvReader.CsvReaderBuilder builder() {
    return CsvReader.builder()
        .fieldSeparator(separator)
        .commentStrategy(CommentStrategy.NONE)
        .allowUnclosedQuote(false)
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE);
  }

  /** The error for users; the CSV reader wraps what it finds once or twice. */
  private IOException explained(Exception error) throws IOException {
    String found = String.valueOf(error.getMessage());
    for (Throwable e = error; e != null; e = e.getCause()) {
      switch (e) {
        case DataException known -> {
          return known;
        }
        case ZipException _, EOFException _ -> {
          return InputFile.damaged(path, e);
        }
        case CharacterCodingException _ -> {
          return InputFile.malformed(path);
        }
        case CsvParseException syntax -> found = String.valueOf(syntax.getMessage());
        default -> {}
      }
    }
    if (error instanceof IOException io) {
      return io;
    }
    return new DataException(
        "%s: %s; a quote inside of a quoted field is written twice"
            .formatted(path, withLatinDigits(found)),
        error);
  }

  /** The CSV reader writes numbers as the default locale does. */
  private static String withLatinDigits(String text) {
    return text.codePoints()
        .map(c -> Character.isDigit(c) ? '0' + Character.digit(c, 10) : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
