// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.run.RunException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records that are lines of a pipe or a file, as CSV or JSON. */
final class LineSource implements RecordSource {
  /** Bytes of the longest line that is read as a record. */
  static final int LONGEST = RecordForm.LONGEST;

  private static final String HEADER = "header";

  private final LineReader lines;
  private final StreamColumns columns;
  private final RecordFormat format;
  private final ColumnWatch watch;
  private final Utf8 utf8 = new Utf8();
  private @Nullable RecordForm form;

  /** Records that are there once more, and were consumed before. */
  private long toPass;

  private long records;
  private long line;

  /** Whether the next line is the first of the stream, or of what it has become. */
  private boolean first = true;

  /** Where the line begins, behind a byte order mark. */
  private int from;

  /**
   * A source.
   *
   * @param begin what was consumed before; its line and offset are where the lines begin
   * @param about what {@link #about} said there; empty at the very beginning
   * @param toPass records of the stream that come once more and were consumed before
   * @param remarks takes what people should know
   */
  LineSource(
      LineReader lines,
      StreamColumns columns,
      RecordFormat format,
      Position begin,
      Map<String, String> about,
      long toPass,
      Consumer<String> remarks) {
    this.lines = lines;
    this.columns = columns;
    this.format = format;
    this.watch = new ColumnWatch(columns, about, remarks);
    this.toPass = toPass;
    this.records = begin.records() - toPass;
    this.line = begin.line();
    String header = about.get(HEADER);
    if (format.kind() == RecordFormat.Kind.JSON) {
      form = new JsonForm(columns);
    } else if (header != null) {
      form = csv(CsvLine.fields(header));
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
          return Found.END;
        }
        case ANEW -> {
          first = true;
          line = 0;
        }
        case LINE -> {
          line++;
          boolean begins = first;
          first = false;
          if (isRecord(begins)) {
            records++;
            if (toPass > 0) {
              toPass--;
            } else {
              read(into);
              return Found.RECORD;
            }
          }
        }
      }
    }
  }

  private void requireHeader() throws RunException {
    if (form == null && line > 0) {
      throw new RunException(
          "the stream has nothing but blank lines, expected one that names columns");
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
    if (names == null || (form != null && !names.containsAll(columns.all()))) {
      return false;
    }
    form = csv(names);
    return true;
  }

  private void read(Observation into) {
    into.clear();
    into.number = records;
    into.line = line;
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
    return new Position(records, line, lines.consumed(), lines.mark(lines.consumed()));
  }

  @Override
  public Map<String, String> about() {
    return form instanceof CsvForm csv
        ? Map.of(HEADER, String.join(",", csv.header().stream().map(CsvLine::quoted).toList()))
        : watch.about();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
