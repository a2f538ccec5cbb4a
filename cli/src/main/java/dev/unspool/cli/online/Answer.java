// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.online.Prediction;
import java.util.ArrayList;
import java.util.List;

/** The line that a record is answered with. */
final class Answer {
  private static final byte[] RECORD = JsonLine.name("record");
  private static final byte[] TOPIC = JsonLine.name("topic");
  private static final byte[] PARTITION = JsonLine.name("partition");
  private static final byte[] OFFSET = JsonLine.name("offset");
  private static final byte[] KEY = JsonLine.name("key");
  private static final byte[] TIME = JsonLine.name("time");
  private static final byte[] ROW = JsonLine.name("row");
  private static final byte[] PREDICTIONS = JsonLine.name("predictions");
  private static final byte[] LOWER = JsonLine.name("lower");
  private static final byte[] UPPER = JsonLine.name("upper");
  private static final byte[] COMBINED = JsonLine.name("combined");
  private static final byte[] MODEL = JsonLine.name("model");
  private static final byte[] ERRORS = JsonLine.name("errors");
  private static final byte[] UNUSABLE = JsonLine.name("unusable");

  private final JsonLine line = new JsonLine();
  private final List<byte[]> targets = new ArrayList<>();
  private final List<byte[]> horizons = new ArrayList<>();
  private final boolean keyed;
  private final boolean combine;

  /**
   * Answers.
   *
   * @param combine whether what is predicted is what model and baselines say together
   */
  Answer(StreamConfig stream, List<Integer> horizons, boolean combine) {
    stream.columns().targets().forEach(target -> targets.add(JsonLine.name(target)));
    horizons.forEach(ahead -> this.horizons.add(JsonLine.name(String.valueOf(ahead))));
    this.keyed = stream.keyed();
    this.combine = combine;
  }

  /** The line, with its end. */
  JsonLine line() {
    return line;
  }

  /** A value by target and horizon. */
  private interface Values {
    double of(int target, int horizon);
  }

  /**
   * Says what is predicted.
   *
   * @param errors of the row by target and horizon; NaN where there is none
   */
  void predicted(Observation record, String time, Prediction prediction, double[] errors) {
    begin(record, time);
    line.member(ROW);
    line.number(prediction.row());
    if (combine) {
      said(prediction::combined, prediction::combinedLower, prediction::combinedUpper);
    } else {
      said(prediction::value, prediction::lower, prediction::upper);
    }
    if (any(prediction::combined)) {
      write(combine ? MODEL : COMBINED, combine ? prediction::value : prediction::combined);
    }
    Values error = (target, horizon) -> errors[target * horizons.size() + horizon];
    if (any(error)) {
      write(ERRORS, error);
    }
    line.end();
  }

  private void said(Values values, Values lower, Values upper) {
    write(PREDICTIONS, values);
    if (any(lower)) {
      write(LOWER, lower);
      write(UPPER, upper);
    }
  }

  /** Says why nothing is predicted. */
  void unusable(Observation record, String time, String reason) {
    begin(record, time);
    line.member(UNUSABLE);
    line.text(reason);
    line.end();
  }

  private void begin(Observation record, String time) {
    line.begin();
    line.member(RECORD);
    line.number(record.number);
    if (record.topic != null) {
      line.member(TOPIC);
      line.text(record.topic);
      line.member(PARTITION);
      line.number((long) record.partition);
      line.member(OFFSET);
      line.number(record.offset);
    }
    if (keyed && !record.key.isEmpty()) {
      line.member(KEY);
      line.text(record.key);
    }
    if (!time.isEmpty()) {
      line.member(TIME);
      line.text(time);
    }
  }

  private boolean any(Values values) {
    for (int target = 0; target < targets.size(); target++) {
      for (int horizon = 0; horizon < horizons.size(); horizon++) {
        if (!Double.isNaN(values.of(target, horizon))) {
          return true;
        }
      }
    }
    return false;
  }

  private void write(byte[] name, Values values) {
    line.member(name);
    line.open();
    for (int target = 0; target < targets.size(); target++) {
      line.member(targets.get(target));
      line.open();
      for (int horizon = 0; horizon < horizons.size(); horizon++) {
        line.member(horizons.get(horizon));
        line.number(values.of(target, horizon));
      }
      line.close();
    }
    line.close();
  }
}
