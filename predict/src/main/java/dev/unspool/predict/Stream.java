// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where a model stands in the rows of one table, and what it has said of those to come. */
final class Stream {
  private final LoadedModel model;
  private final ModelDescription description;
  final History history;
  private final double[] state;

  /** Predictions of rows that have not come yet. */
  private final TreeMap<Long, Prediction> pending = new TreeMap<>();

  /** For each column the last row of which something was said, if only that it is missing. */
  final long[] told;

  /** The newest row; −1 before the first. */
  long row = -1;

  /** Rows since the stream began, or began anew after a gap. */
  private long age;

  /** Whether it is known when rows are; then row 0 is row {@code offset} of the axis. */
  private boolean timed;

  private long offset;

  /** What the model sees of the rows; null until somebody looks. */
  private Features.@Nullable Seen seen;

  Stream(LoadedModel model) {
    this(model, new History(model.description().columns().size()), model.runner().initial());
    Arrays.fill(told, -1);
  }

  private Stream(LoadedModel model, History history, double[] state) {
    this.model = model;
    this.description = model.description();
    this.history = history;
    this.state = state;
    this.told = new long[description.columns().size()];
  }

  /** A copy that goes on by itself. */
  Stream copy() {
    var copy = new Stream(model, new History(history), state.clone());
    copy.pending.putAll(pending);
    System.arraycopy(told, 0, copy.told, 0, told.length);
    copy.row = row;
    copy.age = age;
    copy.timed = timed;
    copy.offset = offset;
    return copy;
  }

  /**
   * Takes the next row. One that is refused has not been.
   *
   * @param values one for each column; NaN where it is missing
   * @return what the model says of the row that is the least horizon later
   */
  Prediction take(double[] values) {
    long next = row + 1;
    double[] before = new double[values.length];
    long[] toldBefore = told.clone();
    for (int i = 0; i < values.length; i++) {
      before[i] = history.get(next, i);
      history.put(next, i, values[i]);
      told[i] = Math.max(told[i], next);
    }
    try {
      return advance(true);
    } catch (RuntimeException e) {
      for (int i = 0; i < values.length; i++) {
        history.remove(next, i);
        history.put(next, i, before[i]);
      }
      System.arraycopy(toldBefore, 0, told, 0, told.length);
      throw e;
    }
  }

  /**
   * Lets the model see the row after the newest, of which everything has been said.
   *
   * @param measured whether it was given; else it is one of a forecast, whose predictions do not
   *     replace those that were made of given rows
   * @return what it says of the row that is the least horizon later
   */
  Prediction advance(boolean measured) {
    long next = row + 1;
    requireTold(next);
    Features.Seen rows = seen();
    double[] x = new double[rows.count()];
    rows.write(next, x, 0);
    requireFinite(x, next);
    if (rows.begins(next)) {
      double[] initial = model.runner().initial();
      System.arraycopy(initial, 0, state, 0, state.length);
      pending.clear();
      age = 0;
    }
    double[] outputs = new double[description.step().outputs()];
    step(next, x, outputs);
    row = next;
    age++;
    pending.headMap(row).clear();
    Prediction first = prediction(outputs, 0);
    say(first, measured);
    for (int horizon = 1; horizon < description.outputs().horizons().size(); horizon++) {
      say(prediction(outputs, horizon), measured);
    }
    history.forget(row);
    return first;
  }

  private Features.Seen seen() {
    Features.Seen known = seen;
    if (known == null) {
      TimeAxis axis = model.axis();
      known = description.features().over(history, axis == null ? null : axis.from(offset));
      seen = known;
    }
    return known;
  }

  /** Whether it is known when rows are. */
  boolean isTimed() {
    return timed;
  }

  /** Says which row of the axis the next one is. */
  void begin(long of) {
    timed = true;
    offset = of - (row + 1);
    seen = null;
  }

  /** The row of the axis that a row is; only where it is known. */
  long onAxis(long of) {
    return of + offset;
  }

  /** Refuses to let the model see a row of which too little is known. */
  private void requireTold(long next) {
    for (Features.Column column : description.features().columns()) {
      long missing = next + column.ahead() - told[column.column()];
      if (missing > 0 && (model.isGiven(column.column()) || column.ahead() > 0)) {
        throw new IllegalStateException(
            "the model reads '%s', which it does not predict, and nothing is known of its %s: say it with future(\"%s\", …)"
                .formatted(
                    column.name(),
                    missing == 1 ? "next row" : "next %s rows".formatted(missing),
                    column.name()));
      }
    }
  }

  private void say(Prediction prediction, boolean measured) {
    if (measured) {
      pending.put(prediction.row(), prediction);
    } else {
      pending.putIfAbsent(prediction.row(), prediction);
    }
  }

  private void requireFinite(double[] x, long at) {
    for (int i = 0; i < x.length; i++) {
      if (!Float.isFinite((float) x[i])) {
        throw new IllegalArgumentException(
            "row %s: '%s' is %s"
                .formatted(
                    at,
                    description.features().names().get(i),
                    Double.isNaN(x[i])
                        ? "missing, and the model was trained on a table without gaps"
                        : "out of range for float32, which the model computes in"));
      }
    }
  }

  private void step(long at, double[] x, double[] outputs) {
    if (description.plant() == null) {
      model.runner().step(x, state, outputs);
      return;
    }
    double[] measured = new double[model.targets().size()];
    for (int i = 0; i < measured.length; i++) {
      double value = history.get(at, model.targets().get(i));
      measured[i] = description.outputs().targets().get(i).encode(0, value, 0);
    }
    var taps = new PlantTaps(description.plant(), description.step());
    if (age < description.plant().past()) {
      taps.fill(state, x, measured);
      Arrays.fill(outputs, Double.NaN);
    } else {
      model.runner().step(x, state, outputs);
      taps.see(state, measured);
    }
  }

  private Prediction prediction(double[] raw, int horizon) {
    Outputs outputs = description.outputs();
    int count = outputs.targets().size();
    double[] values = new double[count];
    double[][] quantiles = new double[count][];
    boolean sure = outputs.law() == Outputs.Law.GAUSSIAN;
    double[] deviations = new double[sure ? count : 0];
    float[] numbers = new float[raw.length]; // as the model was trained to put them out
    for (int i = 0; i < raw.length; i++) {
      numbers[i] = (float) raw[i];
    }
    for (int i = 0; i < count; i++) {
      int column = model.targets().get(i);
      long known = history.known(row, column);
      double newest = known < 0 ? outputs.targets().get(i).origin() : history.get(known, column);
      values[i] =
          description.precision() == Precision.FLOAT64
              ? outputs.targets().get(i).decode(horizon, raw[i], newest)
              : outputs.point(numbers, 0, i, horizon, newest);
      quantiles[i] = outputs.quantiles(numbers, 0, i, horizon, newest);
      if (sure) {
        deviations[i] = outputs.deviation(numbers, 0, i, horizon);
      }
    }
    long of = row + outputs.horizons().get(horizon);
    return new Prediction(of, time(of), values, sure ? deviations : null, quantiles);
  }

  private @Nullable Instant time(long of) {
    TimeAxis axis = model.axis();
    return axis == null || !timed ? null : axis.at(of + offset);
  }

  /** What was said of a row that has not come yet; null if nothing was. */
  @Nullable Prediction said(long of) {
    Prediction prediction = pending.get(of);
    return prediction == null || Double.isNaN(prediction.value()) ? null : prediction;
  }

  /** Takes a prediction for what is known of the targets. */
  void feedBack(Prediction prediction) {
    for (int i = 0; i < model.targets().size(); i++) {
      history.put(prediction.row(), model.targets().get(i), prediction.values()[i]);
    }
  }

  // ----- bytes

  void write(DataOutput out) throws IOException {
    out.writeLong(row);
    out.writeLong(age);
    out.writeBoolean(timed);
    out.writeLong(offset);
    for (long each : told) {
      out.writeLong(each);
    }
    history.write(out);
    out.writeInt(state.length);
    for (double value : state) {
      out.writeDouble(value);
    }
    out.writeInt(pending.size());
    for (Map.Entry<Long, Prediction> each : pending.entrySet()) {
      out.writeLong(each.getKey());
      write(each.getValue(), out);
    }
  }

  /** A stream that goes on where another one was when it was written. */
  static Stream read(LoadedModel model, DataInput in) throws IOException {
    long row = in.readLong();
    long age = in.readLong();
    boolean timed = in.readBoolean();
    long offset = in.readLong();
    int columns = model.description().columns().size();
    long[] told = new long[columns];
    for (int i = 0; i < columns; i++) {
      told[i] = in.readLong();
    }
    History history = History.read(in, columns);
    double[] state = new double[model.description().step().stateSize()];
    if (in.readInt() != state.length) {
      throw new IllegalArgumentException("the saved state is that of another model");
    }
    for (int i = 0; i < state.length; i++) {
      state[i] = in.readDouble();
    }
    var stream = new Stream(model, history, state);
    System.arraycopy(told, 0, stream.told, 0, columns);
    stream.row = row;
    stream.age = age;
    stream.timed = timed;
    stream.offset = offset;
    for (int count = in.readInt(); count > 0; count--) {
      long of = in.readLong();
      stream.pending.put(of, stream.read(of, in));
    }
    return stream;
  }

  private static void write(Prediction prediction, DataOutput out) throws IOException {
    double[] deviations = prediction.deviations();
    for (int i = 0; i < prediction.values().length; i++) {
      out.writeDouble(prediction.values()[i]);
      out.writeDouble(deviations == null ? Double.NaN : deviations[i]);
      for (double quantile : prediction.quantiles()[i]) {
        out.writeDouble(quantile);
      }
    }
  }

  private Prediction read(long of, DataInput in) throws IOException {
    int targets = model.targets().size();
    double[] values = new double[targets];
    double[] deviations = new double[targets];
    double[][] quantiles = new double[targets][description.outputs().quantiles().size()];
    for (int i = 0; i < targets; i++) {
      values[i] = in.readDouble();
      deviations[i] = in.readDouble();
      for (int q = 0; q < quantiles[i].length; q++) {
        quantiles[i][q] = in.readDouble();
      }
    }
    boolean sure = description.outputs().law() == Outputs.Law.GAUSSIAN;
    return new Prediction(of, time(of), values, sure ? deviations : null, quantiles);
  }
}
