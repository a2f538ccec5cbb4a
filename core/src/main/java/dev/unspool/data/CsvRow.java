// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the wanted fields of one row after the other as numbers. There is one object for all rows:
 * files are large, and the fields nobody asked for should not even become strings.
 */
final class CsvRow extends AbstractBaseCsvCallbackHandler<CsvRow> {
  private final List<String> header;
  private final int[] slots;
  private final int[] timeSlots;
  private final double[] values;
  private final String[] times;
  private final char decimal;
  private final boolean missing;
  private int fields;
  private boolean anything;
  private @Nullable String problem;
  private boolean onlyMissing;

  /**
   * A handler that has not read a row yet.
   *
   * @param header names of all fields
   * @param columns names of the wanted ones, each of which the header has once
   * @param times names of those that say when the row is, as texts
   * @param decimal what stands before the decimals, a point or a comma
   * @param missing whether an empty field, and what programs write in its place, is NaN; else it is
   *     a problem
   */
  CsvRow(
      List<String> header,
      List<String> columns,
      List<String> times,
      char decimal,
      boolean missing) {
    this.header = header;
    this.slots = header.stream().mapToInt(columns::indexOf).toArray();
    this.timeSlots = header.stream().mapToInt(times::indexOf).toArray();
    this.values = new double[columns.size()];
    this.times = new String[times.size()];
    this.decimal = decimal;
    this.missing = missing;
  }

  /** The wanted fields, valid until the next row is read. */
  double[] values() {
    return values;
  }

  /** The texts that say when the row is, without surrounding blanks, valid as long. */
  String[] times() {
    return times;
  }

  /** Line of the file in which the row begins, from 1. */
  long line() {
    return getStartingLineNumber();
  }

  /** Whether this is a line without anything in it but blanks. */
  boolean isBlank() {
    return !anything && fields <= 1;
  }

  /** Whether there are fields with nothing in them, as spreadsheets write them below a table. */
  boolean isEmpty() {
    return !anything;
  }

  /** Why the row cannot be used, or null. */
  @Nullable String problem() {
    return fields == slots.length || isBlank()
        ? problem
        : "found %s field%s, the first line names %s"
            .formatted(fields, fields == 1 ? "" : "s", slots.length);
  }

  /** Whether it cannot be used because a number is missing, and is not just badly written. */
  boolean isOnlyMissing() {
    return onlyMissing && fields == slots.length;
  }

  @Override
  protected void handleBegin(long startingLineNumber) {
    fields = 0;
    anything = false;
    problem = null;
    onlyMissing = false;
    Arrays.fill(times, "");
  }

  @Override
  protected void handleEmpty() {}

  @Override
  protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
    fields++;
    anything = anything || !isBlank(buffer, offset, length);
    int slot = index < slots.length ? slots[index] : -1;
    int timeSlot = index < slots.length ? timeSlots[index] : -1;
    if (slot < 0 && timeSlot < 0) {
      return;
    }
    String text = new String(buffer, offset, length).strip();
    if (timeSlot >= 0) {
      times[timeSlot] = text;
    }
    if (slot < 0) {
      return;
    }
    if (missing && NumberText.isMissing(text)) {
      values[slot] = Double.NaN;
      return;
    }
    double value = NumberText.parse(text, decimal);
    values[slot] = value;
    if (!Double.isFinite(value) && problem == null) {
      onlyMissing = NumberText.isMissing(text);
      problem = NumberText.problem(header.get(index), text, value, decimal);
    }
  }

  @Override
  protected CsvRow buildRecord() {
    return this;
  }

  private static boolean isBlank(char[] buffer, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (!Character.isWhitespace(buffer[i])) {
        return false;
      }
    }
    return true;
  }
}
