// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.cli.run.UsageException;
import dev.unspool.data.NumberText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record is a line of fields with a separator between them, as a table has them (RFC 4180), but
 * for one thing: a field does not go on on the next line. So a quote that is missing damages one
 * record and not those behind it.
 */
final class CsvForm implements RecordForm {
  private static final int NOT_WANTED = -1;

  private final List<String> header;
  private final byte separator;
  private final char decimal;

  /** Which of the numbers each field is, and which part of the time; below 0: none. */
  private final int[] number;

  private final int[] time;
  private final int key;
  private byte[] unquoted = new byte[64];
  private int fieldFrom;
  private int fieldTo;
  private byte @Nullable [] fieldText;

  /**
   * A form.
   *
   * @param header names of the fields
   * @throws UsageException if a column that is asked for is not there, or twice
   */
  CsvForm(StreamColumns columns, List<String> header, char separator, char decimal) {
    for (String column : columns.all()) {
      int first = header.indexOf(column);
      UsageException.require(
          first >= 0,
          "the stream has no column '%s': its first line names %s%s"
              .formatted(column, named(header), otherSeparator(header, separator)));
      UsageException.require(
          first == header.lastIndexOf(column),
          "the stream's fields %s and %s are both named '%s'; rename one"
              .formatted(first + 1, header.lastIndexOf(column) + 1, column));
    }
    this.header = header;
    this.separator = (byte) separator;
    this.decimal = decimal;
    this.number = header.stream().mapToInt(columns.numbers()::indexOf).toArray();
    this.time = header.stream().mapToInt(columns.time()::indexOf).toArray();
    this.key = columns.key() == null ? NOT_WANTED : header.indexOf(columns.key());
  }

  /** Names for a message. */
  static String named(List<String> header) {
    return String.join(", ", header.stream().distinct().map(NumberText::shown).toList());
  }

  private static String otherSeparator(List<String> header, char separator) {
    if (header.size() == 1) {
      for (char other : new char[] {';', '\t', '|', ','}) {
        if (other != separator && header.getFirst().indexOf(other) >= 0) {
          return "; if these are several, use --separator "
              + (other == '\t' ? "tab" : "'" + other + "'");
        }
      }
    }
    return "";
  }

  /**
   * The fields of a line, without blanks around them.
   *
   * @return null if its quotes do not match
   */
  static @Nullable List<String> fields(byte[] text, int from, int to, char separator) {
    var form = new CsvForm((byte) separator);
    var fields = new ArrayList<String>();
    int at = from;
    do {
      at = form.field(text, at, to);
      if (at < 0) {
        return null;
      }
      fields.add(form.text());
    } while (at++ < to);
    return fields;
  }

  /** One that only takes lines apart. */
  private CsvForm(byte separator) {
    this.header = List.of();
    this.separator = separator;
    this.decimal = '.';
    this.number = new int[0];
    this.time = new int[0];
    this.key = NOT_WANTED;
  }

  /** Names of the fields. */
  List<String> header() {
    return header;
  }

  /** The same without fields that have none. */
  List<String> names() {
    return header.stream().filter(name -> !name.isEmpty()).toList();
  }

  /** Whether a field holds something that is asked for. */
  boolean isWanted(int field) {
    return number[field] >= 0 || time[field] >= 0 || field == key;
  }

  @Override
  public @Nullable String read(byte[] text, int from, int to, Observation into) {
    String problem = null;
    int count = 0;
    int at = from;
    do {
      at = field(text, at, to);
      if (at < 0) {
        return "field %s: its quotes do not match: a field ends on its line, and a quote inside of a quoted one is written twice"
            .formatted(count + 1);
      }
      if (count < number.length) {
        String found = take(count, into);
        problem = problem == null ? found : problem;
      }
      count++;
    } while (at++ < to);
    return count == number.length
        ? problem
        : "found %s fields, the stream's first line names %s".formatted(count, number.length);
  }

  private @Nullable String take(int field, Observation into) {
    if (time[field] >= 0) {
      into.time[time[field]] = text();
    }
    if (field == key) {
      into.key = text();
      if (into.key.isEmpty()) {
        return "column '%s' is empty, expected the record's key".formatted(header.get(field));
      }
    }
    if (number[field] < 0) {
      return null;
    }
    byte[] bytes = fieldText;
    double value =
        bytes == null ? Double.NaN : NumberText.parse(bytes, fieldFrom, fieldTo, decimal);
    into.numbers[number[field]] = value;
    if (Double.isFinite(value)) {
      return null;
    }
    String text = text();
    if (NumberText.isMissing(text)) {
      into.numbers[number[field]] = Double.NaN;
      return null;
    }
    return NumberText.problem(header.get(field), text, value, decimal);
  }

  private String text() {
    byte[] bytes = fieldText;
    return bytes == null ? "" : new String(bytes, fieldFrom, fieldTo - fieldFrom, UTF_8);
  }

  /**
   * Finds a field.
   *
   * @return where its separator is, or the end of the line; −1 if its quotes do not match
   */
  private int field(byte[] text, int from, int to) {
    int at = from;
    if (at < to && text[at] == '"') {
      return quotedField(text, from + 1, to);
    }
    while (at < to && text[at] != separator) {
      at++;
    }
    strip(text, from, at);
    return at;
  }

  private int quotedField(byte[] text, int from, int to) {
    int length = 0;
    for (int at = from; at < to; at++) {
      if (text[at] == '"') {
        if (at + 1 == to || text[at + 1] == separator) {
          strip(unquoted, 0, length);
          return at + 1;
        }
        if (text[at + 1] != '"') {
          return -1;
        }
        at++;
      }
      if (length == unquoted.length) {
        unquoted = Arrays.copyOf(unquoted, 2 * length);
      }
      unquoted[length++] = text[at];
    }
    return -1;
  }

  private void strip(byte[] text, int from, int to) {
    int first = from;
    int end = to;
    while (first < end && text[first] <= ' ' && text[first] >= 0) {
      first++;
    }
    while (end > first && text[end - 1] <= ' ' && text[end - 1] >= 0) {
      end--;
    }
    fieldText = text;
    fieldFrom = first;
    fieldTo = end;
  }
}
