// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A trained model at work: takes the rows of one stream as they come, and says what follows.
 *
 * <pre>{@code
 * Forecaster forecaster = Forecaster.load(Path.of("runs/load"));
 * forecaster.step(3120, 11.5); // a row, in the order of columns()
 * double next = forecaster.step(3190, 11.2).value();
 * List<Prediction> day = forecaster.forecast(24); // feeding predictions back
 * }</pre>
 *
 * <p>Numbers are in the units of the table that the model was trained on, and NaN where they are
 * missing. A forecaster has the state of one stream; {@link #fresh} gives another one over the same
 * weights. A forecaster is for one thread at a time; several of them, over the same weights, may be
 * used by as many threads.
 */
public final class Forecaster {
  private static final String MAGIC = "unspool-stream-2";

  /** The same with the older rows that a line reads. */
  private static final String COMBINED = "unspool-stream-2-combined";

  /** Rows of a forecast that is one list. */
  private static final int LONGEST = 100_000;

  private final LoadedModel loaded;
  private Feed feed;

  private Forecaster(LoadedModel loaded) {
    this.loaded = loaded;
    this.feed = loaded.feed();
  }

  /**
   * Loads the model of a run, with its best weights. Where the class path has an engine of faster
   * loops, as Unspool's library for Java 25 is, that one runs it.
   *
   * @param run the folder that {@code unspool train} or {@code unspool fit} made; of several seeds
   *     the best one is taken
   * @throws ForecasterException with one line, if there is none or something is damaged
   */
  public static Forecaster load(Path run) throws IOException {
    return load(run, ServiceLoader.load(StepEngine.class).findFirst().orElse(StepEngine.PLAIN));
  }

  /** The same, run by an engine that the caller chooses. */
  public static Forecaster load(Path run, StepEngine engine) throws IOException {
    return new Forecaster(LoadedModel.load(run, engine));
  }

  /**
   * A model that is in memory.
   *
   * @param runner of its step
   */
  public static Forecaster of(ModelDescription description, StepRunner runner) {
    return new Forecaster(LoadedModel.of(description, runner, null, null));
  }

  /** Another stream, at its beginning, over the same weights. May be called by any thread. */
  public Forecaster fresh() {
    return new Forecaster(loaded);
  }

  /**
   * Another stream, at its beginning, over the same weights, of which predictions are weighted
   * means of the model's and those of a linear autoregression, as {@code unspool forecast
   * --combine} has them, with the bands of these. While fewer rows were given than a line reads,
   * and farther ahead than was judged, the model is alone.
   *
   * @throws IllegalStateException if the run has none: {@code combined.json}
   */
  public Forecaster combined() {
    return new Forecaster(loaded.combined());
  }

  /** All about the model. */
  public ModelDescription description() {
    return loaded.description();
  }

  /** The columns of a row, in the order in which {@link #step(double...)} takes them. */
  public List<String> columns() {
    return description().columns();
  }

  /** The columns that are predicted. */
  public List<String> targets() {
    return description().outputs().targets().stream().map(Outputs.Target::name).toList();
  }

  /**
   * The columns that are read and not predicted: a forecast over several rows needs their {@link
   * #future}.
   */
  public List<String> needed() {
    var needed = new ArrayList<String>();
    for (int column = 0; column < columns().size(); column++) {
      if (loaded.model().isGiven(column)) {
        needed.add(columns().get(column));
      }
    }
    return needed;
  }

  /** Number of rows so far, with those that {@link #step(Instant, double...)} found missing. */
  public long rows() {
    return feed.row() + 1;
  }

  // ----- rows

  /**
   * Takes the next row.
   *
   * @param values one for each of {@link #columns}; NaN where it is missing
   * @return what the model says of the row that is a horizon later, with several the least; NaN of
   *     a NARX model that still waits for the rows that it begins with
   * @throws IllegalArgumentException if there are more or fewer values, or one is missing or out of
   *     range that the model cannot do without
   * @throws IllegalStateException if the model must be told more: a time, or the {@link #future} of
   *     a column that it knows in advance
   */
  public Prediction step(double... values) {
    requireValues(values);
    return loaded.said(feed.take(values), feed);
  }

  /** The next row by names of columns, all of which must be there; null where one is missing. */
  public Prediction step(Map<String, ? extends @Nullable Number> values) {
    return step(ordered(values));
  }

  /** The row of a time by names of columns. */
  public Prediction step(Instant time, Map<String, ? extends @Nullable Number> values) {
    return step(time, ordered(values));
  }

  /**
   * Takes the row of a time: the nearest one of the grid of the model's table. Rows in between that
   * were never given are taken as missing, as they were in the table.
   *
   * @param time later than that of the row before
   * @param values one for each of {@link #columns}; NaN where it is missing
   * @return what the model says of the row that is a horizon later
   */
  public Prediction step(Instant time, double... values) {
    requireValues(values);
    TimeAxis axis = loaded.axis();
    if (axis == null) {
      throw new IllegalStateException(
          "the model was trained on a table without a time: give rows without one");
    }
    long at = axis.row(require(time, "a time"));
    boolean follows = feed.isTimed() && at == feed.onAxis(feed.row() + 1);
    Feed ahead = follows ? feed : feed.copy(); // what is refused has not been
    if (!ahead.isTimed()) {
      ahead.begin(at);
    }
    long next = at - ahead.onAxis(0);
    if (next <= ahead.row()) {
      throw new IllegalArgumentException(
          "%s is not after the newest row, %s (rows come %s); leave out what has come already"
              .formatted(axis.label(time), axis.label(ahead.onAxis(ahead.row())), axis.describe()));
    }
    long missing = next - ahead.row() - 1;
    boolean leavesOut = ahead.leavesOut(next, values);
    if (missing > ahead.mostMissing() && !leavesOut) {
      throw new IllegalArgumentException(
          "%s rows are missing between %s and %s, at most %s are stepped through; if the time is right, begin anew with fresh()"
              .formatted(
                  missing,
                  axis.label(ahead.onAxis(ahead.row())),
                  axis.label(time),
                  ahead.mostMissing()));
    }
    ahead.skip(next, leavesOut);
    Prediction prediction = ahead.take(values);
    feed = ahead;
    return loaded.said(prediction, feed);
  }

  /**
   * Tells the values that a column will have in the rows to come: of one that is known in advance,
   * such as a holiday, or, for a forecast, of any that is not predicted.
   *
   * @param values of the rows after the last one of which something is known of it; NaN where one
   *     will be missing
   */
  public Forecaster future(String column, double... values) {
    int number = columns().indexOf(require(column, "the name of a column"));
    if (number < 0) {
      throw noColumn(column);
    }
    for (double value : require(values, "values")) {
      requireFinite(column, value);
    }
    feed.tell(number, values);
    return this;
  }

  private double[] ordered(Map<String, ? extends @Nullable Number> values) {
    for (@Nullable String name : require(values, "a row").keySet()) {
      if (name == null || !columns().contains(name)) {
        throw noColumn(name);
      }
    }
    double[] row = new double[columns().size()];
    for (int i = 0; i < row.length; i++) {
      String name = columns().get(i);
      if (!values.containsKey(name)) {
        throw new IllegalArgumentException(
            "column '%s' is missing; a row has %s, each with a number or null"
                .formatted(name, columns()));
      }
      Number value = values.get(name);
      row[i] = value == null ? Double.NaN : value.doubleValue();
    }
    return row;
  }

  private IllegalArgumentException noColumn(@Nullable String name) {
    return new IllegalArgumentException(
        "no column '%s'; the model has %s".formatted(name, columns()));
  }

  private void requireValues(double[] values) {
    if (require(values, "a row").length != columns().size()) {
      throw new IllegalArgumentException(
          "a row has %s values, %s; found %s"
              .formatted(columns().size(), columns(), values.length));
    }
    for (int i = 0; i < values.length; i++) {
      requireFinite(columns().get(i), values[i]);
    }
  }

  private static void requireFinite(String column, double value) {
    if (Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "'%s': found %s, expected a number, or NaN for a missing one".formatted(column, value));
    }
  }

  /** Whoever gives a service nothing should be told so. */
  private static <T> T require(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalArgumentException("found null, expected " + what);
    }
    return value;
  }

  // ----- forecasts

  /**
   * Says what follows the newest row, as {@code unspool forecast} does: with {@link
   * Sampling#DEFAULT}.
   *
   * @param steps number of rows, from 1 to 100 000
   * @return the rows after the newest one, in their order
   * @throws IllegalStateException if not enough rows were given yet, or not enough is known of the
   *     {@link #future}; the message says of what
   */
  public List<Prediction> forecast(int steps) {
    return forecast(steps, Sampling.DEFAULT);
  }

  /**
   * Says what follows the newest row. What the model was trained to say of these rows directly is
   * taken; from then on it goes on with its own predictions in place of targets. The stream itself
   * stays where it is.
   *
   * @param steps number of rows, from 1 to 100 000
   * @param sampling how a model that says a distribution goes on
   */
  public List<Prediction> forecast(int steps, Sampling sampling) {
    if (steps > LONGEST) {
      throw new IllegalArgumentException(
          "a forecast that is a list has at most %s rows, found %s; take them one by one, forecast(steps, sampling, each)"
              .formatted(LONGEST, steps));
    }
    var forecast = new ArrayList<Prediction>();
    forecast(steps, sampling, forecast::add);
    return forecast;
  }

  /**
   * The same of any length, of which nothing is kept.
   *
   * @param steps number of rows, at least 1
   * @param each takes the rows one after the other
   */
  public void forecast(int steps, Sampling sampling, Consumer<Prediction> each) {
    if (steps < 1) {
      throw new IllegalArgumentException("a forecast needs at least 1 row, found " + steps);
    }
    require(each, "a listener");
    long first = feed.row() + 1;
    new Continuation(feed.stream())
        .run(
            first,
            first + steps,
            require(sampling, "a sampling"),
            prediction -> each.accept(loaded.said(prediction, feed)));
  }

  /**
   * Shares of the rows that bands were calibrated to hold, ascending; of none where there are no
   * bands.
   */
  public List<Double> bandLevels() {
    Bands bands = loaded.bands();
    return bands == null ? List.of() : bands.shares();
  }

  /**
   * The band around a prediction, as the run's own table calibrated it: {@code bands.json}.
   *
   * @param prediction of this model
   * @param level share of the rows that shall lie in it, one of {@link #bandLevels}
   * @return NaN where nothing was calibrated: further ahead than was judged
   * @throws IllegalStateException if the run has no bands
   */
  public Bands.Band band(Prediction prediction, double level) {
    Bands bands = loaded.bands();
    if (bands == null) {
      throw new IllegalStateException(
          "the run has no bands.json, so nobody knows how wide bands must be; 'unspool evaluate RUN --horizon 24' calibrates them, then load it anew");
    }
    return bands.around(prediction, description().outputs(), level);
  }

  // ----- state

  /**
   * The state of the stream, to go on from later, elsewhere or after a restart.
   *
   * @return for {@link #restore}
   */
  public byte[] save() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeUTF(loaded.combines() ? COMBINED : MAGIC);
      out.writeUTF(description().run());
      feed.write(out);
    } catch (IOException e) {
      throw new IllegalStateException(e); // there is no disk that could fail
    }
    return Sealed.seal(bytes.toByteArray());
  }

  /**
   * Goes to a state that was saved.
   *
   * @param saved by {@link #save} of a stream of the same run; not modified
   * @throws IllegalArgumentException if it is of another run, or damaged; then nothing has changed
   */
  public void restore(byte[] saved) {
    try (var in =
        new DataInputStream(
            new ByteArrayInputStream(Sealed.open(require(saved, "what save() gave"))))) {
      String magic = in.readUTF();
      if (magic.equals(loaded.combines() ? MAGIC : COMBINED)) {
        throw new IllegalArgumentException(
            loaded.combines()
                ? "the state is of a stream that was not combined(), and kept no rows for a line; restore it without, or begin anew with fresh()"
                : "the state is of a stream that was combined(); restore it into one that is, too");
      }
      if (!magic.equals(loaded.combines() ? COMBINED : MAGIC)) {
        throw new IllegalArgumentException(
            "these bytes are no state that save() of this version gave; begin anew with fresh()");
      }
      String run = in.readUTF();
      if (!run.equals(description().run())) {
        throw new IllegalArgumentException(
            "the state belongs to another run (found the name %s, expected %s); begin anew with fresh()"
                .formatted(run, description().run()));
      }
      feed = loaded.read(in);
    } catch (IOException e) {
      throw new IllegalArgumentException("the saved state is damaged: it ends too early", e);
    }
  }
}
