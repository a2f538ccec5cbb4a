// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Where a model stands in some rows, and what it has said of those to come. */
final class Stream {
  private final RowModel model;
  private final Rows rows;
  private final double[] state;
  private final LongConsumer before;

  /** The newest row that is measured; those behind it are predicted. */
  private final long measured;

  /** Predictions of rows that have not come yet. */
  private final TreeMap<Long, Prediction> pending = new TreeMap<>();

  /** The newest row that was seen; −1 before the first. */
  private long row = -1;

  /** Rows since the stream began, or began anew after a gap. */
  private long age;

  /** When rows are; null while nobody knows. */
  private @Nullable TimeAxis axis;

  /** What the model sees of the rows; null until somebody looks. */
  private Features.@Nullable Seen seen;

  /**
   * At the beginning.
   *
   * @param rows read whenever a step is made
   * @param axis when they are; null where nobody knows
   * @param before told of each row that the model is to see; may refuse it
   */
  Stream(RowModel model, Rows rows, @Nullable TimeAxis axis, LongConsumer before) {
    this(model, rows, axis, before, model.runner().initial(), Long.MAX_VALUE);
  }

  private Stream(
      RowModel model,
      Rows rows,
      @Nullable TimeAxis axis,
      LongConsumer before,
      double[] state,
      long measured) {
    this.model = model;
    this.rows = rows;
    this.axis = axis;
    this.before = before;
    this.state = state;
    this.measured = measured;
  }

  /** A copy that goes on by itself, over other rows. */
  Stream copy(Rows over, LongConsumer told) {
    return copy(over, told, measured);
  }

  /** A copy that goes on over rows of which the next ones are predicted. */
  Stream ahead(PredictedRows over) {
    return copy(over, before, row);
  }

  private Stream copy(Rows over, LongConsumer told, long last) {
    var copy = new Stream(model, over, axis, told, state.clone(), last);
    copy.pending.putAll(pending);
    copy.row = row;
    copy.age = age;
    return copy;
  }

  RowModel model() {
    return model;
  }

  Rows rows() {
    return rows;
  }

  double[] state() {
    return state;
  }

  /** The newest row that was seen; −1 before the first. */
  long row() {
    return row;
  }

  @Nullable TimeAxis axis() {
    return axis;
  }

  /** Says when rows are. */
  void at(TimeAxis times) {
    axis = times;
    seen = null;
  }

  /** Begins anew with the row after this one: what was before is too old to matter. */
  void skipTo(long later) {
    row = later;
    begin();
  }

  /** Whether a sequence begins anew with a row. */
  boolean begins(long of) {
    return seen().begins(of);
  }

  private void begin() {
    double[] initial = model.runner().initial();
    System.arraycopy(initial, 0, state, 0, state.length);
    age = 0;
  }

  /**
   * Lets the model see the row after the newest. One that is refused has not been seen.
   *
   * @return what it says of the row that is the least horizon later
   */
  Prediction advance() {
    long next = row + 1;
    seen(); // whether it can be known when rows are
    before.accept(next);
    double[] x = see(next);
    boolean begins = begins(next);
    double[] entering = begins ? model.runner().initial() : state;
    long steps = begins ? 0 : age;
    double[] outputs = new double[model.outputs().count()];
    boolean says = step(next, x, entering, steps, outputs); // may still refuse it
    System.arraycopy(entering, 0, state, 0, state.length);
    row = next;
    age = steps + 1;
    pending.headMap(row).clear();
    Prediction first = prediction(row, outputs, 0, 0);
    for (int h = 0; says && h < model.outputs().horizons().size(); h++) {
      Prediction prediction = h == 0 ? first : prediction(row, outputs, 0, h);
      if (row <= measured) {
        pending.put(prediction.row(), prediction);
      } else {
        pending.putIfAbsent(prediction.row(), prediction);
      }
    }
    return first;
  }

  /** What the model sees of a row. */
  double[] see(long of) {
    double[] x = new double[seen().count()];
    seen().write(of, x, 0);
    requireFinite(x, of);
    return x;
  }

  private Features.Seen seen() {
    Features.Seen known = seen;
    if (known == null) {
      if (model.features().calendar() != null && axis == null) {
        throw new IllegalStateException(
            "the model reads the calendar: give the first row with its time, step(time, …)");
      }
      known = model.features().over(rows, axis);
      seen = known;
    }
    return known;
  }

  /**
   * What outputs say of a row.
   *
   * @param of the row that was seen
   * @param at where the outputs begin
   * @param horizon its number
   */
  Prediction prediction(long of, double[] outputs, int at, int horizon) {
    return model.prediction(outputs, at, horizon, of, rows, measured, axis);
  }

  /** Of a row that is predicted, what is made of predictions may be anything. */
  private void requireFinite(double[] x, long at) {
    var columns = model.features().columns();
    for (int i = 0; i < x.length; i++) {
      boolean predicted =
          at > measured && i < columns.size() && model.targets().contains(columns.get(i).column());
      if (!predicted && !Float.isFinite((float) x[i])) {
        throw new IllegalArgumentException(
            "row %s: '%s' is %s"
                .formatted(
                    at,
                    model.features().names().get(i),
                    Double.isNaN(x[i])
                        ? "missing, and the model was trained on a table without gaps"
                        : "out of range for float32, which the model computes in"));
      }
    }
  }

  /** Whether it says anything: a model of a plant waits for the rows that it begins with. */
  private boolean step(long at, double[] x, double[] entering, long steps, double[] outputs) {
    PlantTaps plant = model.plant();
    if (plant == null) {
      model.runner().step(x, entering, outputs);
      return true;
    }
    double[] found = new double[model.targets().size()];
    for (int i = 0; i < found.length; i++) {
      double value = rows.get(at, model.targets().get(i));
      found[i] = model.outputs().targets().get(i).encode(0, value, 0);
    }
    boolean waits = steps < plant.plant().past();
    if (waits) {
      plant.fill(entering, x, found);
      Arrays.fill(outputs, Double.NaN);
    } else {
      model.runner().step(x, entering, outputs);
      plant.see(entering, found);
    }
    return !waits;
  }

  /** What was said of a row that has not come yet; null if nothing was. */
  @Nullable Prediction said(long of) {
    return pending.get(of);
  }

  // ----- bytes

  void write(DataOutput out) throws IOException {
    out.writeLong(row);
    out.writeLong(age);
    out.writeInt(state.length);
    for (double value : state) {
      out.writeDouble(value);
    }
    out.writeInt(pending.size());
    for (Map.Entry<Long, Prediction> each : pending.entrySet()) {
      out.writeLong(each.getKey());
      out.writeInt(each.getValue().ahead());
      write(each.getValue(), out);
    }
  }

  /** Goes to where another one was when it was written. */
  void read(DataInput in) throws IOException {
    row = in.readLong();
    age = in.readLong();
    if (in.readInt() != state.length) {
      throw new IllegalArgumentException("the saved state is that of another model");
    }
    for (int i = 0; i < state.length; i++) {
      state[i] = in.readDouble();
    }
    for (int count = in.readInt(); count > 0; count--) {
      long of = in.readLong();
      pending.put(of, read(of, in.readInt(), in));
    }
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

  private Prediction read(long of, int ahead, DataInput in) throws IOException {
    int targets = model.targets().size();
    double[] values = new double[targets];
    double[] deviations = new double[targets];
    double[][] quantiles = new double[targets][model.outputs().quantiles().size()];
    for (int i = 0; i < targets; i++) {
      values[i] = in.readDouble();
      deviations[i] = in.readDouble();
      for (int q = 0; q < quantiles[i].length; q++) {
        quantiles[i][q] = in.readDouble();
      }
    }
    boolean sure = model.outputs().law() == Outputs.Law.GAUSSIAN;
    return new Prediction(
        of, axis == null ? null : axis.at(of), ahead, values, sure ? deviations : null, quantiles);
  }
}
