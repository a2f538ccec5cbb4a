// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.zip.ZipException;

/**
 * A file of comma-separated values: UTF-8, the first line names the columns, every further line is
 * one step in time (RFC 4180: fields may be quoted, and contain line breaks if they are). A byte
 * order mark, either kind of line break, blank lines, rows of empty fields at the end, and gzip are
 * tolerated. Only the columns that are asked for must be numbers, and have a name of their own.
 *
 * <p>Numbers are read as float64. An empty, infinite or unreadable number, and a row with more or
 * fewer fields than the first line, are errors unless bad rows are skipped: a gap in time should be
 * somebody's decision.
 */
public final class CsvFile {
  private final Path path;
  private final char separator;
  private final char decimal;
  private final boolean skipBadRows;
  private final long heapLimit;

  private CsvFile(Path path, char separator, char decimal, boolean skipBadRows, long heapLimit) {
    this.path = path;
    this.separator = separator;
    this.decimal = decimal;
    this.skipBadRows = skipBadRows;
    this.heapLimit = heapLimit;
  }

  /** The file at {@code path}, which is opened when it is read. */
  public static CsvFile of(Path path) {
    return new CsvFile(path, ',', '.', false, SegmentWriter.HEAP_LIMIT);
  }

  /** The same file with another character between fields, for example a semicolon or a tab. */
  public CsvFile withSeparator(char newSeparator) {
    if (newSeparator == '"' || newSeparator == '\n' || newSeparator == '\r') {
      throw new IllegalArgumentException(
          "a quote or a line break cannot separate fields, found the character U+%s"
              .formatted(HexFormat.of().withUpperCase().toHexDigits(newSeparator)));
    }
    return new CsvFile(path, newSeparator, decimal, skipBadRows, heapLimit);
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
    return new CsvFile(path, separator, newDecimal, skipBadRows, heapLimit);
  }

  /** The same file, whose bad rows are left out and counted instead of being errors. */
  public CsvFile skippingBadRows() {
    return new CsvFile(path, separator, decimal, true, heapLimit);
  }

  /** The same file, with another limit above which a table is mapped; for tests. */
  CsvFile withHeapLimit(long bytes) {
    return new CsvFile(path, separator, decimal, skipBadRows, bytes);
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
    CsvHeader header = readHeader();
    requirePresent(header, columns);
    try (sink;
        Reader reader = InputFile.open(path);
        var csv =
            builder()
                .skipEmptyLines(false)
                .build(new CsvRow(header.names(), columns, decimal), reader)) {
      return sink.finish(columns, readRows(csv.iterator(), header.names().size(), sink));
    } catch (CsvParseException | UncheckedIOException | IOException e) {
      throw explained(e);
    }
  }

  /** Reads every row into {@code sink} and returns how many were skipped. */
  private long readRows(Iterator<CsvRow> csv, int fields, RowSink sink) throws IOException {
    boolean inHeader = true;
    // Rows without anything are missing numbers, unless nothing but such rows follows.
    long emptyLine = 0;
    long emptyRows = 0;
    String emptyProblem = "";
    long rows = 0;
    long skipped = 0;
    while (csv.hasNext()) {
      CsvRow row = csv.next();
      String problem = row.problem();
      if (row.isEmpty()) {
        // A blank line between rows of several columns is none of them.
        if (!inHeader && (!row.isBlank() || fields == 1)) {
          if (emptyRows++ == 0) {
            emptyLine = row.line();
            emptyProblem =
                row.isBlank() || problem == null ? "the line is blank, expected a number" : problem;
          }
        }
        continue;
      }
      if (inHeader) {
        inHeader = false;
        continue;
      }
      if (emptyRows > 0) {
        skip(emptyLine, emptyProblem);
        skipped += emptyRows;
        emptyRows = 0;
      }
      if (problem == null) {
        sink.add(row.values());
        rows++;
      } else {
        skip(row.line(), problem);
        skipped++;
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

  /** Refuses a bad row, unless they are skipped. */
  private void skip(long line, String problem) throws DataException {
    if (!skipBadRows) {
      throw DataException.at(path, line, problem + "; fix it or use --skip-bad-rows");
    }
  }

  private void requirePresent(CsvHeader header, List<String> columns) throws IOException {
    for (String column : columns) {
      int first = header.names().indexOf(column);
      if (first < 0) {
        throw new IllegalArgumentException(
            "%s: there is no column '%s'; there are %s%s"
                .formatted(path, column, header.described(), otherSeparator(header, columns)));
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
