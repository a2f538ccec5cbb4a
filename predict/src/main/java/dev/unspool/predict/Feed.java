// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows that come one by one, what was told of those to come, and where a model stands in them. */
final class Feed {
  /**
   * Missing rows that are stepped through, one by one, as in a table, whatever the model knows of
   * gaps. A longer gap is a new beginning, where it is one in a table, or else more likely a wrong
   * clock.
   */
  private static final int MOST_MISSING = 10_000;

  /** The same where so long a gap is none to the model: some seconds of steps. */
  private static final int MOST_WITHIN_GAP = 1_000_000;

  private final RowModel model;
  private final @Nullable TimeAxis axis;
  private final History history;
  private final Stream stream;
  private final int remembered;

  /** For each column the last row of which something was said, if only that it is missing. */
  private final long[] told;

  /** Whether it is known when rows are; then row 0 is row {@code offset} of the axis. */
  private boolean timed;

  private long offset;

  /**
   * At the beginning.
   *
   * @param columns number of columns of a row
   * @param axis when the rows of the model's table are; null where nobody knows
   * @param remembered rows before the newest one that somebody reads whom the model does not know
   */
  Feed(RowModel model, @Nullable TimeAxis axis, int columns, int remembered) {
    this.model = model;
    this.remembered = remembered;
    this.axis = axis;
    this.history = new History(columns);
    this.told = new long[columns];
    this.stream = new Stream(model, history, null, this::requireTold);
    Arrays.fill(told, -1);
  }

  private Feed(Feed from, History history) {
    this.model = from.model;
    this.axis = from.axis;
    this.remembered = from.remembered;
    this.history = history;
    this.told = from.told.clone();
    this.stream = from.stream.copy(history, this::requireTold);
    this.timed = from.timed;
    this.offset = from.offset;
  }

  /** A copy that goes on by itself. */
  Feed copy() {
    return new Feed(this, new History(history));
  }

  /** The newest row; −1 before the first. */
  long row() {
    return stream.row();
  }

  /** Where the model stands. */
  Stream stream() {
    return stream;
  }

  /**
   * Takes the next row. One that is refused has not been.
   *
   * @param values one for each column; NaN where it is missing
   * @return what the model says of the row that is the least horizon later
   */
  Prediction take(double[] values) {
    long next = row() + 1;
    double[] before = new double[values.length];
    long[] toldBefore = told.clone();
    for (int i = 0; i < values.length; i++) {
      before[i] = history.get(next, i);
      history.put(next, i, values[i]);
      told[i] = Math.max(told[i], next);
    }
    try {
      Prediction prediction = stream.advance();
      history.forget(next - remembered);
      return prediction;
    } catch (RuntimeException e) {
      for (int i = 0; i < values.length; i++) {
        history.remove(next, i);
        history.put(next, i, before[i]);
      }
      System.arraycopy(toldBefore, 0, told, 0, told.length);
      throw e;
    }
  }

  /** Whether it is known when rows are. */
  boolean isTimed() {
    return timed;
  }

  /** Says which row of the axis the next one is. */
  void begin(long of) {
    timed = true;
    offset = of - (row() + 1);
    if (axis != null) {
      stream.at(axis.from(offset));
    }
  }

  /** The row of the axis that a row is; only where it is known. */
  long onAxis(long of) {
    return of + offset;
  }

  /** How many rows that nobody gave are stepped through. */
  long mostMissing() {
    return Math.max(MOST_MISSING, Math.min(MOST_WITHIN_GAP, model.features().gap()));
  }

  /**
   * Whether rows that nobody gave are left out, for they are many, and what comes after them begins
   * anew: as it does in a table, and there alone.
   *
   * @param values of the next row that somebody gives
   */
  boolean leavesOut(long next, double[] values) {
    if (next - row() - 1 <= MOST_MISSING) {
      return false;
    }
    var with = new History(history);
    for (int i = 0; i < values.length; i++) {
      with.put(next, i, values[i]);
    }
    return model.features().over(with, axis).begins(next);
  }

  /**
   * Takes rows that nobody gave, up to the one before.
   *
   * @param leavesOut whether they are left out, and the next one begins anew
   */
  void skip(long next, boolean leavesOut) {
    if (leavesOut) {
      stream.skipTo(next - 1);
      return;
    }
    double[] nothing = new double[told.length];
    Arrays.fill(nothing, Double.NaN);
    for (long missing = next - row() - 1; missing > 0; missing--) {
      take(nothing);
    }
  }

  /** Says values of a column in the rows after the last one of which something is known. */
  void tell(int column, double[] values) {
    for (double value : values) {
      told[column]++;
      history.put(told[column], column, value);
    }
  }

  /** Refuses to let the model see a row of which too little is known. */
  private void requireTold(long next) {
    for (Features.Column column : model.features().columns()) {
      long missing = next + column.ahead() - told[column.column()];
      if (missing > 0 && (model.isGiven(column.column()) || column.ahead() > 0)) {
        throw untold(next, column);
      }
    }
  }

  /** Says of how many rows: those as far ahead as any output reads them. */
  private IllegalStateException untold(long next, Features.Column of) {
    long last =
        next
            + model.features().columns().stream()
                .filter(column -> column.column() == of.column())
                .mapToInt(Features.Column::ahead)
                .max()
                .orElse(of.ahead());
    long missing = last - told[of.column()];
    long known = Math.max(0, told[of.column()] - next);
    long wanted = missing + known;
    return new IllegalStateException(
        "the model reads '%s', which it does not predict, and %s known of its %s: say %s with future(\"%s\", …)"
            .formatted(
                of.name(),
                known == 0
                    ? "nothing is"
                    : known == 1 ? "only 1 is" : "only %s are".formatted(known),
                wanted == 1 ? "next row" : "next %s rows".formatted(wanted),
                wanted == 1 ? "it" : known == 0 ? "them" : "the other %s".formatted(missing),
                of.name()));
  }

  void write(DataOutput out) throws IOException {
    out.writeBoolean(timed);
    out.writeLong(offset);
    for (long each : told) {
      out.writeLong(each);
    }
    history.write(out);
    stream.write(out);
  }

  /** A feed that goes on where another one was when it was written. */
  static Feed read(
      RowModel model, @Nullable TimeAxis axis, int columns, int remembered, DataInput in)
      throws IOException {
    boolean timed = in.readBoolean();
    long offset = in.readLong();
    var empty = new Feed(model, axis, columns, remembered);
    empty.timed = timed;
    empty.offset = offset;
    for (int i = 0; i < columns; i++) {
      empty.told[i] = in.readLong();
    }
    var feed = new Feed(empty, History.read(in, columns));
    if (timed && axis != null) {
      feed.stream.at(axis.from(offset));
    }
    feed.stream.read(in);
    return feed;
  }
}
