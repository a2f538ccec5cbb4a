// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.UsageException;
import dev.unspool.data.NumberText;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records that are lines of a pipe or a file, as CSV or JSON. */
final class LineSource implements RecordSource {
  /** Bytes of the longest line that is read as a record. */
  static final int LONGEST = RecordForm.LONGEST;

  private static final String HEADER = "header";

  /** Where lines begin. */
  enum Start {
    /** In the same file, behind what was consumed. */
    BEHIND,
    /** With whatever a pipe has next. */
    NEXT,
    /** With the first line of a file of which nothing was consumed. */
    FIRST,
    /** With the first line of the stream: what was consumed comes once more. */
    AGAIN
  }

  private final LineReader lines;
  private final StreamColumns columns;
  private final RecordFormat format;
  private final ColumnWatch watch;
  private final Consumer<String> remarks;

  /** What was consumed when it was left, and the header that was known there. */
  private final Position consumed;

  private final @Nullable String headerThere;
  private final Utf8 utf8 = new Utf8();
  private @Nullable RecordForm form;

  /** Records that are there once more, and were consumed before. */
  private long toPass;

  /** What was consumed: lines that were refused were not. */
  private long records;

  private long line;
  private long offset;

  /** Whether the next line is the first of the stream, or of what it has become. */
  private boolean first = true;

  /** Whether that is the first line of a file, which names its columns. */
  private boolean ofFile;

  /** Where the line begins, behind a byte order mark. */
  private int from;

  /**
   * A source.
   *
   * @param consumed what was consumed before
   * @param about what {@link #about} said there; empty at the very beginning
   * @param start where the lines begin
   * @param remarks takes what people should know
   */
  LineSource(
      LineReader lines,
      StreamColumns columns,
      RecordFormat format,
      Position consumed,
      Map<String, String> about,
      Start start,
      Consumer<String> remarks) {
    this.lines = lines;
    this.columns = columns;
    this.format = format;
    this.watch = new ColumnWatch(columns, about, remarks);
    this.remarks = remarks;
    this.consumed = consumed;
    this.headerThere = about.get(HEADER);
    this.toPass = start == Start.AGAIN ? consumed.records() : 0;
    this.records = consumed.records() - toPass;
    this.line = start == Start.BEHIND ? consumed.line() : 0;
    this.offset = start == Start.BEHIND ? consumed.offset() : 0;
    this.ofFile = start == Start.FIRST || start == Start.AGAIN;
    if (format.kind() == RecordFormat.Kind.JSON) {
      form = new JsonForm(columns);
    } else if (headerThere != null) {
      form = csv(CsvLine.fields(headerThere));
    }
  }

  private CsvForm csv(List<String> header) {
    return new CsvForm(columns, header, format.separator(), format.decimal());
  }

  @Override
  public Found next(Observation into, long waitMillis) throws IOException {
    while (true) {
      switch (lines.next(waitMillis)) {
        case NONE -> {
          return Found.NONE;
        }
        case END -> {
          requireHeader();
          requirePassed();
          return Found.END;
        }
        case ANEW -> {
          first = true;
          ofFile = true;
          line = 0;
          offset = 0;
        }
        case LINE -> {
          if (takes(into)) {
            return Found.RECORD;
          }
        }
      }
    }
  }

  /** Consumes a line, unless it is refused; whether it is a record that was not consumed before. */
  private boolean takes(Observation into) throws RunException {
    boolean begins = first;
    first = false;
    boolean isRecord = isRecord(begins);
    boolean isPassed = isRecord && toPass > 0;
    boolean isNew = isRecord && !isPassed;
    if (isNew) {
      read(into);
    }
    line++;
    offset = lines.consumed();
    records += isRecord ? 1 : 0;
    toPass -= isPassed ? 1 : 0;
    return isNew;
  }

  private void requireHeader() throws RunException {
    if (form == null && line > 0) {
      throw new RunException(
          "the stream has nothing but blank lines, expected one that names columns");
    }
  }

  private void requirePassed() throws RunException {
    if (toPass > 0) {
      throw new RunException(
          "the input has %s records, and %s were consumed before; with --input-from-start it has to begin where the stream did: leave that out if it goes on behind them"
              .formatted(records, consumed.records()));
    }
  }

  private boolean isRecord(boolean begins) throws RunException {
    from = lines.from();
    if (begins) {
      from = afterByteOrderMark(lines.bytes(), from, lines.to());
    }
    if (isBlank()) {
      first = begins; // what comes is still the first
      return form instanceof CsvForm csv && csv.header().size() == 1;
    }
    return form instanceof JsonForm || !(begins || form == null) || !isHeader();
  }

  private static int afterByteOrderMark(byte[] text, int from, int to) {
    boolean marked =
        to - from >= 3
            && text[from] == (byte) 0xef
            && text[from + 1] == (byte) 0xbb
            && text[from + 2] == (byte) 0xbf;
    return marked ? from + 3 : from;
  }

  private boolean isBlank() {
    for (int at = from; at < lines.to(); at++) {
      byte c = lines.bytes()[at];
      if (c < 0 || c > ' ' || c == 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the line names the columns; the first one of all must. */
  private boolean isHeader() throws RunException {
    byte[] text = lines.bytes();
    String problem = lines.isCut() ? tooLong() : utf8.problem(text, from, lines.to());
    List<String> names =
        problem != null ? null : CsvForm.fields(text, from, lines.to(), format.separator());
    if (form == null && names == null) {
      throw new RunException(
          "the stream's first line names no columns: %s"
              .formatted(problem != null ? problem : "its quotes do not match"));
    }
    if (names == null) {
      return false;
    }
    if (form instanceof CsvForm known) {
      return isNewHeader(known, names);
    }
    form = csv(names);
    return true;
  }

  /** The same where columns are known; whatever is refused there ends a stream that has begun. */
  private boolean isNewHeader(CsvForm known, List<String> names) throws RunException {
    if (!names.containsAll(columns.all())) {
      if (ofFile && isNames(known, names)) {
        requireRecord(known, names);
      }
      return false;
    }
    try {
      form = csv(names);
    } catch (UsageException e) {
      throw new RunException(String.valueOf(e.getMessage()));
    }
    return true;
  }

  /**
   * Takes what could be names of columns, or a bad record of a file without such a line, for what
   * it is. Known names beside it say that it is no record, and all behind would be read as the
   * columns before; without them nobody can tell, and a file is not refused for one bad record.
   */
  private void requireRecord(CsvForm known, List<String> fields) throws RunException {
    if (!Collections.disjoint(fields, known.names())) {
      throw new RunException(
          "the first line of the file names %s, expected also %s; correct that line, or choose another --out for other columns"
              .formatted(CsvForm.named(fields), missing(fields)));
    }
    if (fields.size() == known.header().size()) {
      remarks.accept(
          "the first line of the file is '%s', taken for a record; if these are names of columns, end the stream and correct them: what is behind is read as %s"
              .formatted(CsvForm.named(fields), CsvForm.named(known.header())));
    }
  }

  /**
   * Whether fields look like names of columns. In a record there is a number, a time, or something
   * that stands for a missing one.
   */
  private static boolean isNames(CsvForm known, List<String> fields) {
    for (int i = 0; i < fields.size(); i++) {
      String field = fields.get(i);
      boolean isName =
          NumberText.isMissing(field)
              ? field.isEmpty() && !(fields.size() == known.header().size() && known.isWanted(i))
              : Character.isJavaIdentifierStart(field.charAt(0));
      if (!isName) {
        return false;
      }
    }
    return true;
  }

  private String missing(List<String> names) {
    return CsvForm.named(columns.all().stream().filter(column -> !names.contains(column)).toList());
  }

  private void read(Observation into) {
    into.clear();
    into.number = records + 1;
    into.line = line + 1;
    into.text = lines.bytes();
    into.from = from;
    into.to = lines.to();
    into.length = lines.length();
    RecordForm known = form;
    if (lines.isCut()) {
      into.problem = tooLong();
      return;
    }
    into.problem = utf8.problem(into.text, into.from, into.to);
    if (into.problem == null && known != null) {
      into.problem = known.read(into.text, into.from, into.to, into);
      watch.look(known, into);
    }
  }

  private String tooLong() {
    return "the line has %s bytes, a record at most %s".formatted(lines.length(), LONGEST);
  }

  @Override
  public Position position() throws IOException {
    return toPass > 0 ? consumed : new Position(records, line, offset, lines.mark(offset));
  }

  @Override
  public Map<String, String> about() {
    if (toPass > 0 && headerThere != null) {
      return Map.of(HEADER, headerThere);
    }
    return form instanceof CsvForm csv
        ? Map.of(HEADER, String.join(",", csv.header().stream().map(CsvLine::quoted).toList()))
        : watch.about();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
