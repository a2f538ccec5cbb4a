// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.data.TimeText;
import dev.unspool.model.Snapshot;
import dev.unspool.online.Incident;
import dev.unspool.online.IncidentsException;
import dev.unspool.online.Lesson;
import dev.unspool.online.OnlineLearner;
import dev.unspool.online.Prediction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a record: it is judged by what was said of it, learned from, and predicted from.
 * Everything that this depends on is in {@link #save}.
 */
final class OnlineStream {
  private static final int COUNTS = 2;

  private final OnlineConfig config;
  private final boolean combine;
  private final OnlineLearner learner;
  private final StreamFeatures features;
  private final KeyStates keys;
  private final TimeText times;
  private final Answer answer;
  private final DeadLetters letters;
  private final int[] targets;
  private final boolean first;
  private final double[] x;
  private final double[] y;
  private final double[] errors;

  private long unusable;
  private long unusableInARow;

  // What was answered last, for those who look.
  private long newestRecord;
  private String newestKey = "";
  private @Nullable Prediction newest;
  private @Nullable Watch watch;

  OnlineStream(OnlineConfig config, OnlineLearner learner, DeadLetters letters) {
    StreamColumns columns = config.stream().columns();
    List<Integer> horizons = config.learning().output().horizons();
    this.config = config;
    this.combine = config.learning().combine();
    this.learner = learner;
    this.letters = letters;
    this.features = StreamFeatures.of(config);
    this.keys =
        new KeyStates(config.stream().keyed() ? config.learning().keys() : 1, features::begin);
    this.times = config.stream().times();
    this.answer = new Answer(config.stream(), horizons, combine);
    this.targets = columns.targetNumbers();
    this.first = horizons.getFirst() > 0;
    this.x = new double[features.count()];
    this.y = new double[targets.length];
    this.errors = new double[targets.length * horizons.size()];
  }

  /**
   * Takes a record and says what there is to say.
   *
   * @return the line, valid until the next record
   * @throws Exhausted if as many in a row could not be used as are allowed; the line is there
   */
  JsonLine take(Observation record) throws Exhausted {
    String time = time(record);
    if (record.problem != null) {
      return refuse(record, time, record.problem, true);
    }
    long millis = OnlineLearner.NO_TIME;
    if (record.time.length > 0) {
      long before = keys.time(record.key);
      String problem = times.readAfter(record.time, before);
      if (problem != null) {
        return refuse(record, time, "time '%s': %s".formatted(time, problem), true);
      }
      millis = times.millis();
      if (millis < before) {
        return refuse(record, time, wentBack(record, time, before), true);
      }
    } else if (record.millis != OnlineLearner.NO_TIME) {
      millis = record.millis; // their order is that of their offsets, whatever clocks say
    }
    if (!keys.knows(record.key)) {
      // What cannot be predicted from begins no key, which could take the place of another.
      String missing = features.write(record.numbers, millis, features.begin(), x);
      if (missing != null) {
        return refuse(record, time, missing(missing), true);
      }
    }
    return learn(record, time, millis, keys.hear(record.key));
  }

  private static String time(Observation record) {
    if (record.time.length == 0) {
      return record.millis == OnlineLearner.NO_TIME
          ? ""
          : Instant.ofEpochMilli(record.millis).toString();
    }
    return TimeText.join(record.time);
  }

  private static String wentBack(Observation record, String time, long before) {
    return "time '%s' is before that of the record before it%s, %s"
        .formatted(
            time, record.key.isEmpty() ? "" : " with the same key", Instant.ofEpochMilli(before));
  }

  private JsonLine learn(Observation record, String time, long millis, KeyState key)
      throws Exhausted {
    for (int i = 0; i < y.length; i++) {
      y[i] = record.numbers[targets[i]];
    }
    String missing = features.write(record.numbers, millis, key, x);
    long row = learner.rows(record.key);
    // A record that was one incident too many is a row like others: it ends the stream behind it.
    IncidentsException ends = null;
    if (first) {
      ends = learn(record.key, row);
    }
    try {
      learner.predict(record.key, millis, x);
    } catch (IncidentsException e) {
      ends = e;
    }
    Prediction prediction = learner.prediction();
    if (!first) {
      IncidentsException late = learn(record.key, row);
      ends = late == null ? ends : late;
    }
    newest = prediction;
    newestRecord = record.number;
    newestKey = record.key;
    if (watch != null) {
      watch.take(prediction, y);
    }
    if (prediction.usable()) {
      unusableInARow = 0;
      if (record.time.length > 0) {
        key.time = millis;
      }
      answer.predicted(record, time, prediction, errors);
    } else {
      refuse(record, time, reason(prediction.reason(), missing), false);
    }
    if (ends != null) {
      throw new Exhausted(String.valueOf(ends.getMessage()), answer.line());
    }
    return answer.line();
  }

  /** Tells the truth of a row; returns what that was once too often, if it was. */
  private @Nullable IncidentsException learn(String key, long row) {
    IncidentsException ends = null;
    try {
      learner.learn(key, row, y);
    } catch (IncidentsException e) {
      ends = e;
    }
    Lesson lesson = learner.lesson();
    int horizons = learner.horizons();
    for (int value = 0; value < errors.length; value++) {
      int target = value / horizons;
      int horizon = value % horizons;
      errors[value] =
          combine ? lesson.combinedError(target, horizon) : lesson.error(target, horizon);
    }
    return ends;
  }

  private static String reason(@Nullable Incident incident, @Nullable String missing) {
    if (missing != null) {
      return missing(missing);
    }
    return switch (incident) {
      case INPUT -> "an input is not finite";
      case OUTPUT -> "the model put out what is not finite";
      case STATE -> "the model's state would be too large";
      case null, default -> String.valueOf(incident);
    };
  }

  private static String missing(String column) {
    return "column '%s' is missing".formatted(column);
  }

  private JsonLine refuse(Observation record, String time, String reason, boolean counts)
      throws Exhausted {
    unusable++;
    letters.add(record, reason);
    answer.unusable(record, time, reason);
    int most = config.learning().guards().stopAfterBad();
    if (counts && ++unusableInARow >= most) {
      unusableInARow = 0;
      throw new Exhausted(
          "%s records in a row cannot be used, the last because %s; look at what sends them, or allow more with --stop-after-bad"
              .formatted(most, reason),
          answer.line());
    }
    return answer.line();
  }

  /** It is of no use to go on. */
  static final class Exhausted extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;
    private final transient JsonLine line;

    Exhausted(String message, JsonLine line) {
      super(message);
      this.line = line;
    }

    /** The answer to the record at which it was seen. */
    JsonLine line() {
      return line;
    }
  }

  /** Lets somebody see the rows. */
  void watch(@Nullable Watch by) {
    watch = by;
  }

  /** Incidents since something was last as it should be. */
  long incidentsInARow() {
    return Math.max(unusableInARow, learner.counters().incidentsInARow());
  }

  /** Records that could not be used. */
  long unusable() {
    return unusable;
  }

  /**
   * How it stands.
   *
   * @param snapshot records that the newest snapshot is of
   */
  StreamStatus status(String at, long records, double perSecond, long snapshot) {
    var incidents = new LinkedHashMap<String, Long>();
    for (Incident kind : Incident.values()) {
      long count = learner.counters().incidents(kind);
      if (count > 0) {
        incidents.put(Labels.of(kind), count);
      }
    }
    return new StreamStatus(
        at,
        records,
        unusable,
        Numbers.rounded(perSecond, 4),
        learner.keys(),
        learner.counters().updates(),
        incidents,
        snapshot,
        StreamFigures.of(
            learner.judge(),
            config.stream().columns().targets(),
            config.learning().output().horizons()),
        newest());
  }

  private StreamStatus.@Nullable Newest newest() {
    Prediction said = newest;
    if (said == null) {
      return null;
    }
    var truths = new ArrayList<@Nullable Double>();
    var predictions = new ArrayList<List<@Nullable Double>>();
    for (int target = 0; target < y.length; target++) {
      truths.add(Numbers.finite(y[target]));
      var values = new ArrayList<@Nullable Double>();
      for (int horizon = 0; horizon < said.horizons(); horizon++) {
        values.add(
            Numbers.finite(combine ? said.combined(target, horizon) : said.value(target, horizon)));
      }
      predictions.add(values);
    }
    return new StreamStatus.Newest(newestRecord, newestKey, truths, predictions);
  }

  /** Writes everything that what comes depends on. */
  void save(Snapshot into) {
    learner.save(into.in("learner"));
    keys.save(into.in("keys"));
    times.save(into.in("times"));
    into.put("counts", unusable, unusableInARow);
  }

  /** Goes on where {@link #save} was. */
  void load(Snapshot from) {
    learner.load(from.in("learner"));
    keys.load(from.in("keys"));
    times.load(from.in("times"));
    long[] counts = from.longs("counts");
    if (counts.length != COUNTS) {
      throw new IllegalArgumentException(
          "%s counts are stored, %s expected; the snapshot is of another version"
              .formatted(counts.length, COUNTS));
    }
    unusable = counts[0];
    unusableInARow = counts[1];
  }

  /** The counters, by name, for those who only look. */
  Map<String, String> about() {
    return Map.of(
        "unusable", Long.toString(unusable),
        "updates", Long.toString(learner.counters().updates()),
        "keys", Integer.toString(learner.keys()));
  }
}
