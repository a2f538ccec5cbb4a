// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the wanted fields of one row after the other as numbers. There is one object for all rows:
 * files are large, and the fields nobody asked for should not even become strings.
 */
final class CsvRow extends AbstractBaseCsvCallbackHandler<CsvRow> {
  private static final int LONGEST_QUOTE = 40;

  private final List<String> header;
  private final int[] slots;
  private final float[] values;
  private int fields;
  private boolean blank;
  private @Nullable String problem;

  /**
   * A handler that has not read a row yet.
   *
   * @param header names of all fields
   * @param columns names of the wanted ones, which the header has
   */
  CsvRow(List<String> header, List<String> columns) {
    this.header = header;
    this.slots = header.stream().mapToInt(columns::indexOf).toArray();
    this.values = new float[columns.size()];
  }

  /** The wanted fields, valid until the next row is read. */
  float[] values() {
    return values;
  }

  /** Line of the file in which the row begins, from 1. */
  long line() {
    return getStartingLineNumber();
  }

  /** Whether this is a line without anything in it. */
  boolean isBlank() {
    return blank;
  }

  /** Why the row cannot be used, or null. */
  @Nullable String problem() {
    return fields == slots.length || blank
        ? problem
        : "found %s fields, the first line names %s".formatted(fields, slots.length);
  }

  @Override
  protected void handleBegin(long startingLineNumber) {
    fields = 0;
    blank = false;
    problem = null;
  }

  @Override
  protected void handleEmpty() {
    blank = true;
  }

  @Override
  protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
    fields++;
    int slot = index < slots.length ? slots[index] : -1;
    if (slot < 0) {
      return;
    }
    String text = new String(buffer, offset, length).strip();
    float value = parse(text);
    values[slot] = value;
    if (!Float.isFinite(value) && problem == null) {
      problem = problem(header.get(index), text);
    }
  }

  @Override
  protected CsvRow buildRecord() {
    return this;
  }

  private static String problem(String column, String text) {
    if (text.isEmpty()) {
      return "column '%s' is empty, expected a number".formatted(column);
    }
    String shown = text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "…" : text;
    return "column '%s' is '%s', expected a number"
        .formatted(column, shown.replaceAll("\\p{Cntrl}", " "));
  }

  /** The number, or one that is not finite if there is none that a float can hold. */
  private static float parse(String text) {
    if (text.isEmpty()) {
      return Float.NaN;
    }
    // Java also reads 1f, 1d and 0x1p3, which in data are more likely to be labels.
    char last = text.charAt(text.length() - 1);
    if ((last != '.' && (last < '0' || last > '9'))
        || text.indexOf('x') >= 0
        || text.indexOf('X') >= 0) {
      return Float.NaN;
    }
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException _) {
      return Float.NaN;
    }
  }
}
