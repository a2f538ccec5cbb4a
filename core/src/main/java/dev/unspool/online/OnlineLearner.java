// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import java.util.Arrays;
import java.util.function.Consumer;

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
 * those outputs whose truths have come, and goes k2 steps back from the newest of these. A row is
 * one of the k1 when the first of its targets comes; what comes of it later waits for a next sweep.
 *
 * <p>A record of which nothing can be made changes neither weights nor state, see {@link Incident};
 * it is a row all the same. In the long run, nothing is allocated by a record. Not thread-safe.
 */
public final class OnlineLearner implements AutoCloseable {
  /** The time of a record that has none. */
  public static final long NO_TIME = Long.MIN_VALUE;

  private final int inputs;
  private final Goals goals;
  private final long gap;
  private final int patience;
  private final Parameters theta;
  private final Counters counters = new Counters();
  private final Judge judge;
  private final Memories memories;
  private final Keys keys;
  private final Forecasts forecasts;
  private final Truths truths;
  private final Stored stored;

  OnlineLearner(LearnerBuilder builder) {
    var reading = Reading.of(builder.loss);
    this.inputs = builder.model.inputs();
    this.goals = Goals.of(builder);
    this.gap = builder.gap;
    this.patience = builder.patience;
    this.theta = builder.theta;
    this.judge = new Judge(builder, goals);
    var rule = ScalingRule.of(builder, goals);
    var scales = new Scales(rule);
    this.memories = Memories.of(builder, goals);
    this.keys =
        new Keys(
            builder.keys,
            name ->
                new Key(
                    name,
                    memories.create(),
                    new Waiting(goals.slots(), goals.values(), goals.furthest()),
                    builder.scalesPerKey ? new Scales(rule) : scales,
                    judge.baselines(),
                    goals.values(),
                    goals.nearest()),
            counters);
    Runnable changed = memories::parametersChanged;
    var sweeps = new Sweeps(builder, goals, counters, changed);
    this.forecasts = new Forecasts(builder, reading, goals, judge, counters);
    this.truths = new Truths(builder.k1, goals, judge, counters, sweeps);
    this.stored = new Stored(builder, counters, sweeps, judge, scales, keys, changed);
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
    keys.touch(key).begin();
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
   * @throws IllegalArgumentException if x has another number of inputs
   * @throws IncidentsException if as many records in a row were not usable as are allowed, or as
   *     many sweeps in a row gave nothing: where truths are few ({@link
   *     LearnerBuilder#truncation}), one is made here, too; the record is a row all the same
   */
  public Prediction predict(String key, long time, double[] x) {
    requireInputs(x);
    Key of = keys.touch(key);
    counters.record();
    if (of.isLater(time, gap)) {
      of.begin();
    }
    if (time != NO_TIME) {
      of.time = time;
    }
    truths.makeRoom(of);
    long row = of.open();
    Prediction prediction = forecasts.of(of, time, row, x);
    counters.require(patience);
    return prediction;
  }

  /** The same for records without a time. */
  public void predict(String key, double[][] block, Consumer<? super Prediction> said) {
    long[] times = new long[block.length];
    Arrays.fill(times, NO_TIME);
    predict(key, times, block, said);
  }

  /**
   * Says what will come, from each of the next rows of a key: what is said, and what is remembered,
   * is as if they had come one by one, to the bit. Truths of a block that is predicted from first
   * come late, see {@link LearnerBuilder#delay}.
   *
   * @param times of the rows
   * @param block x of each row, shape [rows][inputs]; not modified, not kept
   * @param said hears of each row in order; what it is given is overwritten by the next
   * @throws IllegalArgumentException if a row has another number of inputs; none was taken then
   * @throws IncidentsException if as many records, or sweeps, in a row gave nothing as are allowed;
   *     the newest is a row all the same, those behind it are not
   */
  public void predict(
      String key, long[] times, double[][] block, Consumer<? super Prediction> said) {
    if (times.length != block.length) {
      throw new IllegalArgumentException(
          "a block of %s rows was given with %s times".formatted(block.length, times.length));
    }
    for (double[] x : block) {
      requireInputs(x);
    }
    for (int i = 0; i < block.length; i++) {
      said.accept(predict(key, times[i], block[i]));
    }
  }

  /**
   * Learns the truth of the next row of a key in turn: the oldest that was predicted, behind all
   * that were told. A truth that was told with its number passes over the rows before it; these can
   * be told with their numbers still.
   *
   * @param y of each target, in its own unit; NaN where it is not known; not modified, not kept
   * @return a view that the next call overwrites
   * @throws IllegalStateException if no row waits for its truth, also since the key was forgotten
   *     ({@link LearnerBuilder#keys})
   * @throws IncidentsException if as many sweeps in a row gave nothing as are allowed
   */
  public Lesson learn(String key, double[] y) {
    Key known = keys.find(key);
    if (known == null) {
      throw new IllegalStateException(
          "no row of '%s' waits for its truth: nothing was predicted of it%s"
              .formatted(key, forgotten()));
    }
    return learn(key, truths.due(known), y);
  }

  /**
   * Learns the truth of a row.
   *
   * @param row of the key, at most as far ahead as the furthest that is predicted; also one that
   *     nobody has predicted, from which only scales, baselines and the newest value are learned
   * @param y of each target, in its own unit; NaN where it is not known; not modified, not kept
   * @return a view that the next call overwrites
   * @throws IllegalArgumentException if the row is below 0 or lies further ahead, as one that was
   *     predicted may, too, if its key was forgotten since ({@link LearnerBuilder#keys})
   * @throws IncidentsException if as many sweeps in a row gave nothing as are allowed
   */
  public Lesson learn(String key, long row, double[] y) {
    requireTargets(y);
    requireRow(key, row);
    Key of = keys.touch(key);
    counters.truth();
    Lesson lesson = truths.learn(of, row, y);
    counters.require(patience);
    return lesson;
  }

  /**
   * Learns the truths of successive rows of a key, as if they had come one by one, to the bit.
   *
   * @param first row of them
   * @param block y of each row, shape [rows][targets]; NaN where it is not known; not modified, not
   *     kept
   * @param learned hears of each row in order; what it is given is overwritten by the next
   * @throws IllegalArgumentException if a row has another number of targets, or lies further ahead
   *     than is predicted; none was taken then
   * @throws IncidentsException if as many sweeps in a row gave nothing as are allowed; the truths
   *     behind were not taken
   */
  public void learn(String key, long first, double[][] block, Consumer<? super Lesson> learned) {
    for (double[] y : block) {
      requireTargets(y);
    }
    if (block.length > 0) {
      requireRow(key, first);
      requireRow(key, first + block.length - 1);
    }
    for (int i = 0; i < block.length; i++) {
      learned.accept(learn(key, first + i, block[i]));
    }
  }

  private void requireInputs(double[] x) {
    if (x.length != inputs) {
      throw new IllegalArgumentException(
          "a record of %s inputs was given, the model has %s".formatted(x.length, inputs));
    }
  }

  private void requireTargets(double[] y) {
    if (y.length != goals.targets()) {
      throw new IllegalArgumentException(
          "the truth of a row was given as %s targets, the model has %s"
              .formatted(y.length, goals.targets()));
    }
  }

  private void requireRow(String key, long row) {
    long most = rows(key) + goals.furthest();
    if (row < 0 || row > most) {
      throw new IllegalArgumentException(
          "the truth of row %s of '%s' has come, expected one of rows 0 to %s: %s were predicted from%s"
              .formatted(row, key, most, rows(key), row < 0 ? "" : forgotten()));
    }
  }

  /** Why a key may have fewer rows than whoever tells a truth of it knows. */
  private String forgotten() {
    long gone = counters.forgottenKeys();
    return gone == 0
        ? ""
        : "; if there were more, the key was forgotten: no more than %s are kept, %s have left so far"
            .formatted(keys.most(), gone);
  }

  /**
   * What the newest call of {@link #predict} has said, also one that has thrown an {@link
   * IncidentsException}; a view that the next one overwrites.
   */
  public Prediction prediction() {
    return forecasts.newest();
  }

  /** What the newest call of {@link #learn} has found, in the same way. */
  public Lesson lesson() {
    return truths.newest();
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
    return goals.targets();
  }

  /** Number of horizons. */
  public int horizons() {
    return goals.horizons().length;
  }

  /**
   * Stores everything: weights, moments, scales, bands, counters, and of every key what is known of
   * it. Going on from it is bit-identical to never having stopped, after every call.
   */
  public void save(Snapshot snapshot) {
    stored.save(snapshot);
  }

  /**
   * Goes on from what {@link #save} stored, in a learner that was built alike and has no key. If
   * there may be fewer keys than there were, those heard least are forgotten.
   *
   * @throws IllegalArgumentException if it was not built alike, in one line that says what differs;
   *     nothing has changed then
   */
  public void load(Snapshot snapshot) {
    stored.load(snapshot);
  }

  @Override
  public void close() {
    memories.close();
  }
}
