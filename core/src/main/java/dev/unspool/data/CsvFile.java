// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;

/**
 * A file of comma-separated values: UTF-8, the first line names the columns, every further line is
 * one step in time (RFC 4180: fields may be quoted, and contain line breaks if they are). A byte
 * order mark, either kind of line break and blank lines are tolerated. Only the columns that are
 * asked for must be numbers.
 *
 * <p>An empty, infinite or unreadable number, and a row with more or fewer fields than the first
 * line, are errors unless bad rows are skipped: a gap in time should be somebody's decision.
 */
public final class CsvFile {
  private final Path path;
  private final char separator;
  private final boolean skipBadRows;
  private final long heapLimit;

  private CsvFile(Path path, char separator, boolean skipBadRows, long heapLimit) {
    this.path = path;
    this.separator = separator;
    this.skipBadRows = skipBadRows;
    this.heapLimit = heapLimit;
  }

  /** The file at {@code path}, which is opened when it is read. */
  public static CsvFile of(Path path) {
    return new CsvFile(path, ',', false, SegmentWriter.HEAP_LIMIT);
  }

  /** The same file with another character between fields, for example a semicolon or a tab. */
  public CsvFile withSeparator(char newSeparator) {
    if (newSeparator == '"' || newSeparator == '\n' || newSeparator == '\r') {
      throw new IllegalArgumentException(
          "a quote or a line break cannot separate fields, found the character U+%s"
              .formatted(HexFormat.of().withUpperCase().toHexDigits(newSeparator)));
    }
    return new CsvFile(path, newSeparator, skipBadRows, heapLimit);
  }

  /** The same file, whose bad rows are left out and counted instead of being errors. */
  public CsvFile skippingBadRows() {
    return new CsvFile(path, separator, true, heapLimit);
  }

  /** The same file, with another limit above which a table is mapped; for tests. */
  CsvFile withHeapLimit(long bytes) {
    return new CsvFile(path, separator, skipBadRows, bytes);
  }

  /**
   * Names of the columns: the fields of the first line, without surrounding blanks.
   *
   * @throws DataException if there is no readable file, it is empty, or two columns have one name
   */
  public List<String> header() throws IOException {
    try (Reader reader = InputFile.open(path);
        var csv = builder().skipEmptyLines(true).ofCsvRecord(reader)) {
      var records = csv.iterator();
      if (!records.hasNext()) {
        throw DataException.in(path, "the file is empty, expected a line of column names");
      }
      var first = records.next();
      var names = first.getFields().stream().map(String::strip).toList();
      requireDifferent(names, first.getStartingLineNumber());
      return names;
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
    List<String> header = header();
    requirePresent(header, columns);
    try (sink;
        Reader reader = InputFile.open(path);
        var csv = builder().skipEmptyLines(false).build(new CsvRow(header, columns), reader)) {
      return sink.finish(columns, readRows(csv.iterator(), header.size(), sink));
    } catch (CsvParseException | UncheckedIOException | IOException e) {
      throw explained(e);
    }
  }

  /** Reads every row into {@code sink} and returns how many were skipped. */
  private long readRows(Iterator<CsvRow> csv, int fields, RowSink sink) throws IOException {
    boolean inHeader = true;
    long blankLine = 0;
    long rows = 0;
    long skipped = 0;
    while (csv.hasNext()) {
      CsvRow row = csv.next();
      if (row.isBlank()) {
        blankLine = inHeader ? 0 : row.line();
        continue;
      }
      if (inHeader) {
        inHeader = false;
        continue;
      }
      if (blankLine > 0 && fields == 1) {
        // In a file of one column a blank line is a missing number, unless only blank lines follow.
        skipped += skip(blankLine, "the line is blank, expected a number");
      }
      blankLine = 0;
      String problem = row.problem();
      if (problem == null) {
        sink.add(row.values());
        rows++;
      } else {
        skipped += skip(row.line(), problem);
      }
    }
    if (rows == 0) {
      throw DataException.in(
          path,
          skipped == 0
              ? "there is nothing below the line of column names, expected rows of numbers"
              : "all %s rows are bad; read it without --skip-bad-rows to see why"
                  .formatted(skipped));
    }
    return skipped;
  }

  private long skip(long line, String problem) throws DataException {
    if (!skipBadRows) {
      throw DataException.at(path, line, problem + "; fix it or use --skip-bad-rows");
    }
    return 1;
  }

  private void requirePresent(List<String> header, List<String> columns) {
    for (String column : columns) {
      if (!header.contains(column)) {
        String hint =
            header.size() > 1
                ? ""
                : "; if these are several, the separator is not '%s'".formatted(separator);
        throw new IllegalArgumentException(
            "%s: there is no column '%s'; there are %s%s"
                .formatted(path, column, Table.quoted(header), hint));
      }
    }
  }

  private void requireDifferent(List<String> names, long line) throws DataException {
    for (int i = 0; i < names.size(); i++) {
      int first = names.indexOf(names.get(i));
      if (first < i) {
        throw DataException.at(
            path,
            line,
            "fields %s and %s are both named '%s'; rename one"
                .formatted(first + 1, i + 1, names.get(i)));
      }
    }
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
