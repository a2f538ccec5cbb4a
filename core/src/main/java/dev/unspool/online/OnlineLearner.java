// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import dev.unspool.rtrl.Rtrl;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Learns from streams that do not end: says what will come before it learns from what has come, by
 * TBPTT(k1, k2) on the newest steps of each stream. Memory does not grow, and from a stored state
 * it goes on to the bit.
 *
 * <pre>{@code
 * try (var learner = OnlineLearner.builder(network, theta).horizons(1, 5).build()) {
 *   for (…) {
 *     learner.learn(key, learner.rows(key), y);     // the truth of this row, predicted before
 *     Prediction p = learner.predict(key, x);       // of the rows 1 and 5 ahead
 *     System.out.println(p.value(0, 0));
 *   }
 * }
 * }</pre>
 *
 * <p>The records of a key are <em>rows</em>, counted from 0 by the calls of {@link #predict}. What
 * is said at row t with a horizon of h is the targets of row t + h. Truths come when they come, in
 * any order that the horizon gives, later ({@link LearnerBuilder#delay}), in part (NaN where a
 * target is not known), or never. Every truth counts once: each k1 rows of a key, a sweep reads
 * those outputs whose truths have come, and goes k2 steps back from the newest of these.
 *
 * <p>A record of which nothing can be made changes neither weights nor state, see {@link Incident};
 * it is a row all the same. In the long run, nothing is allocated by a record. Not thread-safe.
 */
public final class OnlineLearner implements AutoCloseable {
  /** The time of a record that has none. */
  public static final long NO_TIME = Long.MIN_VALUE;

  private final Model model;
  private final Parameters theta;
  private final int[] horizons;
  private final int targets;
  private final int values;
  private final int slots;
  private final int k1;
  private final double stateLimit;
  private final int patience;
  private final long gap;
  private final boolean scalesPerKey;
  private final ScalingRule rule;
  private final Scales scales;
  private final Reading reading;
  private final Keys keys;
  private final Sweeps sweeps;
  private final Counters counters = new Counters();
  private final Judge judge;
  private final @Nullable Seats seats;
  private final @Nullable SharedTape shared;
  private final Steps input;
  private final Prediction prediction;
  private final Lesson lesson;
  private final List<String> arrays;

  OnlineLearner(LearnerBuilder builder) {
    this.model = builder.model;
    this.theta = builder.theta;
    this.horizons = builder.horizons;
    this.values = builder.loss.targets(model.outputs());
    if (values % horizons.length != 0) {
      throw new IllegalArgumentException(
          ("the model predicts %s values, which is no multiple of the %s horizons %s; it puts out a"
                  + " value of each target for each horizon")
              .formatted(values, horizons.length, Arrays.toString(horizons)));
    }
    this.targets = values / horizons.length;
    this.k1 = builder.k1;
    this.stateLimit = builder.stateLimit;
    this.patience = builder.patience;
    this.gap = builder.gap;
    this.scalesPerKey = builder.scalesPerKey;
    this.rule =
        new ScalingRule(
            builder.inputs,
            builder.targets,
            builder.changes(),
            builder.known,
            new ScalingRule.Sizes(model.inputs(), targets, horizons.length),
            builder.warmUp);
    this.scales = new Scales(rule);
    this.reading = Reading.of(builder.loss);
    int reach = Math.addExact(horizons[horizons.length - 1], builder.delay);
    this.judge = new Judge(builder, targets, reach);
    this.slots = Math.addExact(reach, k1);
    int window = Math.max(Math.addExact(builder.k2, reach), slots);
    WeightPolicy policy = builder.weights();
    if (policy == WeightPolicy.REPLAY && !builder.rtrl) {
      var options = TapeOptions.inference(1).withCapacity(window).withOutputWindow(slots);
      var tape = model.open(theta, options.withWeightPolicy(WeightPolicy.AS_APPLIED));
      this.seats = null;
      this.shared = new SharedTape(model, tape, builder.loss, Math.max(k1, 8));
    } else {
      this.shared = null;
      this.seats =
          new Seats(
              model,
              opener(builder, policy, window),
              builder.loss,
              Math.min(builder.lanes, builder.keys));
    }
    this.keys = new Keys(builder.keys, this::add, counters);
    this.sweeps =
        new Sweeps(
            builder,
            model,
            theta,
            builder.rtrl ? Integer.MAX_VALUE : builder.k2,
            slots,
            values,
            counters,
            this::changed);
    this.input = Steps.allocate(1, 1, model.inputs());
    this.prediction = new Prediction(targets, horizons);
    this.lesson = new Lesson(targets, horizons.length);
    var names = new ArrayList<String>();
    model.state().arrays().forEach(array -> names.add(array.name()));
    this.arrays = List.copyOf(names);
  }

  private Supplier<Tape> opener(LearnerBuilder builder, WeightPolicy policy, int window) {
    if (builder.rtrl) {
      Function<TapeOptions, Tape> tapes = Rtrl.tapes(model, theta, slots);
      var options = TapeOptions.inference(1).withCapacity(slots + Math.max(k1, 8));
      var traced = options.withOutputWindow(slots).withWeightPolicy(WeightPolicy.AS_APPLIED);
      return () -> tapes.apply(traced);
    }
    var options = TapeOptions.inference(1).withCapacity(window);
    var applied = options.withOutputWindow(slots).withWeightPolicy(policy);
    return () -> model.open(theta, applied);
  }

  /**
   * Begins to describe a learner.
   *
   * @param model whose outputs are, for each target, a value for each horizon
   * @param theta parameters, from which it begins and which it changes; shared
   */
  public static LearnerBuilder builder(Model model, Parameters theta) {
    return new LearnerBuilder(model, theta);
  }

  private Key add(String name) {
    Memory memory =
        shared != null ? new Window(shared) : new OwnTape(Objects.requireNonNull(seats));
    return new Key(
        name,
        memory,
        new Waiting(slots, values),
        scalesPerKey ? new Scales(rule) : scales,
        judge.baselines(),
        values,
        horizons[0]);
  }

  private void changed() {
    if (shared != null) {
      shared.parametersChanged();
    } else if (seats != null) {
      seats.parametersChanged();
    }
  }

  /**
   * The number that the next row of a key will have: how many it has had.
   *
   * @return 0 for a key that is not known
   */
  public long rows(String key) {
    Key known = keys.find(key);
    return known == null ? 0 : known.rows;
  }

  /** Lets a new sequence begin with the next row of a key: it knows nothing of those before. */
  public void begin(String key) {
    begin(keys.touch(key));
  }

  private static void begin(Key of) {
    of.begins = true;
    for (var baseline : of.baselines) {
      baseline.begin();
    }
  }

  /** The same for a record without a time. */
  public Prediction predict(String key, double[] x) {
    return predict(key, NO_TIME, x);
  }

  /**
   * Says what will come, from the next row of a key.
   *
   * @param key of the stream; one that is not known begins
   * @param time of the record, in whatever unit; {@link #NO_TIME} if it has none
   * @param x as many as the model has inputs, in their own units; not modified, not kept
   * @return a view that the next call overwrites
   * @throws IncidentsException if as many records in a row were not usable as are allowed
   */
  public Prediction predict(String key, long time, double[] x) {
    if (x.length != model.inputs()) {
      throw new IllegalArgumentException(
          "a record of %s inputs was given, the model has %s".formatted(x.length, model.inputs()));
    }
    Key of = keys.touch(key);
    counters.record();
    if (time != NO_TIME && of.time != NO_TIME && time - of.time > gap) {
      begin(of);
    }
    of.time = time == NO_TIME ? of.time : time;
    long row = of.rows;
    if (of.waiting.holdsFresh(row)) {
      lesson.begin(row);
      sweeps.run(of, lesson); // what waits for other rows to come would be lost
    }
    prediction.begin(key, time, row);
    if (of.begins) {
      of.first = row;
      of.begins = false;
      of.anew = true;
    }
    of.waiting.open(row, of.first);
    of.rows++;
    if (!isFinite(x)) {
      return refuse(Incident.INPUT);
    }
    judge.predict(of, row);
    of.scales.see(x);
    if (!of.scales.ready() || !isPredictable(of)) {
      prediction.warmsUp();
      for (int value = 0; value < values; value++) {
        persist(of, row, value);
      }
      combine(of, row);
      counters.usable();
      return prediction;
    }
    of.scales.normalise(x, input.values());
    Steps outputs = of.memory.step(input, of.anew);
    Incident wrong = judge(outputs, of.memory.tried());
    if (wrong != null) {
      of.memory.drop();
      if (of.memory.known() == 0) {
        of.waiting.close();
      }
      return refuse(wrong);
    }
    of.memory.keep();
    of.waiting.stepped(row, of.steps++);
    of.anew = false;
    say(of, row, outputs);
    combine(of, row);
    counters.usable();
    return prediction;
  }

  private boolean isPredictable(Key of) {
    for (int value = 0; value < values; value++) {
      if (!Double.isNaN(of.scales.unit(value / horizons.length, value))) {
        return true;
      }
    }
    return false;
  }

  private Prediction refuse(Incident why) {
    prediction.refuse(why);
    counters.incident(why, patience);
    return prediction;
  }

  private static boolean isFinite(double[] x) {
    for (double each : x) {
      if (!Double.isFinite(each)) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Incident judge(Steps outputs, State state) {
    for (int i = 0; i < outputs.size(); i++) {
      if (!Float.isFinite(outputs.values()[outputs.offset() + i])) {
        return Incident.OUTPUT;
      }
    }
    double squares = 0;
    for (int i = 0; i < arrays.size(); i++) {
      for (float each : state.array(arrays.get(i))) {
        squares += (double) each * each;
      }
    }
    return squares <= stateLimit * stateLimit ? null : Incident.STATE;
  }

  private void combine(Key of, long row) {
    for (int value = 0; value < values; value++) {
      prediction.combine(value, judge.combine(of, row, value));
    }
  }

  private void persist(Key of, long row, int value) {
    double newest = of.newest[value / horizons.length];
    prediction.set(value, newest, Double.NaN);
    of.waiting.say(row, value, newest, Double.NaN, newest, Double.NaN);
  }

  private void say(Key of, long row, Steps outputs) {
    for (int value = 0; value < values; value++) {
      int target = value / horizons.length;
      double base = of.scales.base(target, of.newest[target]);
      double unit = of.scales.unit(target, value);
      if (Double.isNaN(unit) || Double.isNaN(base)) {
        persist(of, row, value);
        of.waiting.closeValue(row, value);
        continue;
      }
      double said = base + unit * reading.point(outputs.values(), outputs.offset(), value);
      double offset = judge.offset(value);
      prediction.set(value, said, unit * offset);
      of.waiting.say(row, value, base, unit, said, offset);
    }
  }

  /**
   * Learns the truth of the oldest row of a key that was predicted and has not been told.
   *
   * @param y of each target, in its own unit; NaN where it is not known; not modified, not kept
   * @return a view that the next call overwrites
   * @throws IllegalStateException if no row waits for its truth
   * @throws IncidentsException if as many sweeps in a row gave nothing as are allowed
   */
  public Lesson learn(String key, double[] y) {
    Key of = keys.touch(key);
    long first = of.begins ? of.rows : of.first;
    long row = of.untold >= first ? Math.max(of.untold, first + horizons[0]) : of.untold;
    if (row >= of.rows + horizons[horizons.length - 1]) {
      throw new IllegalStateException(
          "no row of '%s' waits for its truth: the truths of all that were predicted are known"
              .formatted(key));
    }
    return learn(key, row, y);
  }

  /**
   * Learns the truth of a row.
   *
   * @param row of the key; also one that nobody has predicted, from which only scales and the
   *     newest value are learned
   * @param y of each target, in its own unit; NaN where it is not known; not modified, not kept
   * @return a view that the next call overwrites
   * @throws IncidentsException if as many sweeps in a row gave nothing as are allowed
   */
  public Lesson learn(String key, long row, double[] y) {
    if (y.length != targets || row < 0) {
      throw new IllegalArgumentException(
          "the truth of row %s has %s targets, expected a row of at least 0 and %s targets"
              .formatted(row, y.length, targets));
    }
    Key of = keys.touch(key);
    counters.truth();
    lesson.begin(row);
    of.untold = Math.max(of.untold, row + 1);
    boolean known = false;
    boolean late = false;
    boolean infinite = false;
    for (int target = 0; target < targets; target++) {
      double truth = y[target];
      if (!Double.isFinite(truth)) {
        infinite |= !Double.isNaN(truth);
        continue;
      }
      of.scales.see(target, truth);
      for (int i = 0; i < horizons.length; i++) {
        int value = target * horizons.length + i;
        long at = row - horizons[i];
        if (at < 0 || at >= of.rows || crosses(of, at, row)) {
          continue;
        }
        if (at < of.rows - slots) {
          late = true;
          continue;
        }
        known |= meet(of, at, value, truth);
      }
      of.baselines[target].learn(row, truth);
      if (row >= of.newestRow[target]) {
        of.newest[target] = truth;
        of.newestRow[target] = row;
      }
    }
    if (late) {
      counters.missed();
    }
    if (infinite) {
      counters.incident(Incident.TRUTH, patience);
    }
    if (known && ++of.sinceSweep >= k1) {
      sweeps.run(of, lesson);
    }
    return lesson;
  }

  /** Whether a new sequence begins between two rows. */
  private boolean crosses(Key of, long from, long row) {
    if (row >= of.rows) {
      return of.begins || of.first > from;
    }
    return row >= of.rows - slots
        ? of.waiting.first(row) > from
        : of.first > from && row >= of.first;
  }

  /** A truth meets what was said of it; whether a sweep can learn from it. */
  private boolean meet(Key of, long at, int value, double truth) {
    double said = of.waiting.said(at, value);
    if (!Double.isNaN(said)) {
      lesson.met(value, of.waiting.forecasts(), of.waiting.forecast(at, value), truth);
      judge.meet(of, at, value, truth);
      of.scales.moved(value, truth - of.waiting.base(at, value));
      of.waiting.told(at, value);
    }
    return of.waiting.target(at, value, truth);
  }

  /** How good what was said has been. */
  public Judge judge() {
    return judge;
  }

  /** What has happened so far. */
  public Counters counters() {
    return counters;
  }

  /** The parameters, which updates change. */
  public Parameters parameters() {
    return theta;
  }

  /** Number of keys that are remembered. */
  public int keys() {
    return keys.size();
  }

  /** Number of targets of a row. */
  public int targets() {
    return targets;
  }

  /** Number of horizons. */
  public int horizons() {
    return horizons.length;
  }

  /**
   * Stores everything: weights, moments, scales, bands, counters, and of every key what is known of
   * it. Going on from it is bit-identical to never having stopped, after every record.
   */
  public void save(Snapshot snapshot) {
    snapshot.put("theta", theta.values().clone());
    counters.save(snapshot);
    sweeps.save(snapshot);
    judge.save(snapshot);
    scales.save(snapshot.in("scales"));
    snapshot.put("keys", (long) keys.size());
    int number = 0;
    for (Key key = keys.oldest(); key != null; key = key.newer) {
      Snapshot room = snapshot.in("key" + number++);
      byte[] name = key.name.getBytes(StandardCharsets.UTF_8);
      long[] bytes = new long[name.length];
      Arrays.setAll(bytes, i -> name[i]);
      room.put("name", bytes);
      key.save(room, scalesPerKey);
    }
  }

  /** Goes on from what {@link #save} stored, in a learner that was built alike and has no key. */
  public void load(Snapshot snapshot) {
    if (keys.size() > 0) {
      throw new IllegalStateException(
          "this learner knows %s keys; load into one that is new".formatted(keys.size()));
    }
    float[] weights = snapshot.floats("theta");
    if (weights.length != theta.values().length) {
      throw new IllegalArgumentException(
          "%s weights are stored, the model has %s; the snapshot is another model's"
              .formatted(weights.length, theta.values().length));
    }
    System.arraycopy(weights, 0, theta.values(), 0, weights.length);
    changed();
    sweeps.load(snapshot);
    judge.load(snapshot);
    scales.load(snapshot.in("scales"));
    long count = snapshot.number("keys");
    for (int number = 0; number < count; number++) {
      Snapshot room = snapshot.in("key" + number);
      long[] bytes = room.longs("name");
      byte[] name = new byte[bytes.length];
      for (int i = 0; i < name.length; i++) {
        name[i] = (byte) bytes[i];
      }
      keys.touch(new String(name, StandardCharsets.UTF_8)).load(room, scalesPerKey);
    }
    counters.load(snapshot);
  }

  @Override
  public void close() {
    if (shared != null) {
      shared.close();
    }
    if (seats != null) {
      seats.close();
    }
  }
}
