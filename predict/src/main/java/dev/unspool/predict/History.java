// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * What is known of the columns of a stream: of the past no more than a model can still ask for, of
 * the future whatever was told in advance.
 */
final class History implements Rows {
  /** What is known of a column: rows in their order, and a number for each. */
  private static final class Column {
    long[] rows = new long[4];
    double[] values = new double[4];
    int size;

    /** The place of a row, or {@code −1 −} the place where it would stand. */
    int place(long row) {
      return Arrays.binarySearch(rows, 0, size, row);
    }

    void put(long row, double value) {
      int place = place(row);
      if (place >= 0) {
        values[place] = value;
        return;
      }
      if (size == rows.length) {
        rows = Arrays.copyOf(rows, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      int at = -1 - place;
      System.arraycopy(rows, at, rows, at + 1, size - at);
      System.arraycopy(values, at, values, at + 1, size - at);
      rows[at] = row;
      values[at] = value;
      size++;
    }

    void remove(long row) {
      int place = place(row);
      if (place >= 0) {
        size--;
        System.arraycopy(rows, place + 1, rows, place, size - place);
        System.arraycopy(values, place + 1, values, place, size - place);
      }
    }

    /** Forgets all but the two newest of the rows up to this one. */
    void forget(long row) {
      int place = place(row);
      int past = place >= 0 ? place + 1 : -1 - place;
      int old = past - 2;
      if (old > 0) {
        size -= old;
        System.arraycopy(rows, old, rows, 0, size);
        System.arraycopy(values, old, values, 0, size);
      }
    }

    void copy(Column from) {
      rows = from.rows.clone();
      values = from.values.clone();
      size = from.size;
    }
  }

  private final Column[] columns;

  History(int columns) {
    this.columns = new Column[columns];
    Arrays.setAll(this.columns, i -> new Column());
  }

  /** A copy that goes on by itself. */
  History(History other) {
    this(other.columns.length);
    for (int i = 0; i < columns.length; i++) {
      columns[i].copy(other.columns[i]);
    }
  }

  /** Says a number; NaN says nothing. */
  void put(long row, int column, double value) {
    if (!Double.isNaN(value)) {
      columns[column].put(row, value);
    }
  }

  /** Says that nothing is known of a number. */
  void remove(long row, int column) {
    columns[column].remove(row);
  }

  /** Forgets what nobody asks for once this row has been seen. */
  void forget(long row) {
    for (Column column : columns) {
      column.forget(row);
    }
  }

  /** The last row in which a column is known, be it in the future; −1 if there is none. */
  long last(int column) {
    Column c = columns[column];
    return c.size == 0 ? -1 : c.rows[c.size - 1];
  }

  @Override
  public double get(long row, int column) {
    int place = columns[column].place(row);
    return place < 0 ? Double.NaN : columns[column].values[place];
  }

  @Override
  public long known(long row, int column) {
    Column c = columns[column];
    int place = c.place(row);
    int at = place >= 0 ? place : -2 - place;
    return at < 0 ? -1 : c.rows[at];
  }

  void write(DataOutput out) throws IOException {
    for (Column column : columns) {
      out.writeInt(column.size);
      for (int i = 0; i < column.size; i++) {
        out.writeLong(column.rows[i]);
        out.writeDouble(column.values[i]);
      }
    }
  }

  static History read(DataInput in, int columns) throws IOException {
    var history = new History(columns);
    for (int column = 0; column < columns; column++) {
      int size = in.readInt();
      for (int i = 0; i < size; i++) {
        history.put(in.readLong(), column, in.readDouble());
      }
    }
    return history;
  }
}
