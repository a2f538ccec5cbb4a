// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Steps;

/**
 * From a record to what is said of its future: scaled, one step of the model, looked at before it
 * is taken over, and what it puts out in units of the targets. While scales are being found it is
 * persistence.
 */
final class Forecasts {
  private final Goals goals;
  private final Reading reading;
  private final Judge judge;
  private final Counters counters;
  private final StateLimit limit;
  private final Steps input;
  private final Prediction prediction;

  Forecasts(LearnerBuilder builder, Reading reading, Goals goals, Judge judge, Counters counters) {
    this.goals = goals;
    this.reading = reading;
    this.judge = judge;
    this.counters = counters;
    this.limit = new StateLimit(builder.model.state(), builder.stateLimit);
    this.input = Steps.allocate(1, 1, builder.model.inputs());
    this.prediction = new Prediction(goals.targets(), goals.horizons());
  }

  /**
   * Says what comes after a row of which everything else is known.
   *
   * @param row the newest of the key, which waits for its truths
   */
  Prediction of(Key key, long time, long row, double[] x) {
    prediction.begin(key.name, time, row);
    if (!isFinite(x)) {
      return refuse(Incident.INPUT);
    }
    judge.predict(key, row);
    key.scales.see(x);
    if (!key.scales.ready() || !hasUnits(key)) {
      prediction.warmsUp();
      for (int value = 0; value < goals.values(); value++) {
        persist(key, row, value);
      }
      combine(key, row);
      counters.usable();
      return prediction;
    }
    key.scales.normalise(x, input.values());
    if (!isFinite(input)) {
      return refuse(Incident.INPUT);
    }
    Steps outputs = key.memory.step(input, key.anew);
    Incident wrong =
        !isFinite(outputs)
            ? Incident.OUTPUT
            : limit.holds(key.memory.tried()) ? null : Incident.STATE;
    if (wrong != null) {
      key.memory.drop();
    }
    if (key.memory.known() == 0) {
      key.waiting.close();
    }
    if (wrong != null) {
      return refuse(wrong);
    }
    key.memory.keep();
    key.waiting.stepped(row, key.steps++);
    key.anew = false;
    say(key, row, outputs);
    combine(key, row);
    counters.usable();
    return prediction;
  }

  /** What was said last. */
  Prediction newest() {
    return prediction;
  }

  private Prediction refuse(Incident why) {
    prediction.refuse(why);
    counters.incident(why);
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

  private static boolean isFinite(Steps steps) {
    for (int i = 0; i < steps.size(); i++) {
      if (!Float.isFinite(steps.values()[steps.offset() + i])) {
        return false;
      }
    }
    return true;
  }

  /** Whether an output would say something. */
  private boolean hasUnits(Key key) {
    for (int value = 0; value < goals.values(); value++) {
      if (!Double.isNaN(key.scales.unit(goals.target(value), value))) {
        return true;
      }
    }
    return false;
  }

  private void say(Key key, long row, Steps outputs) {
    for (int value = 0; value < goals.values(); value++) {
      int target = goals.target(value);
      double base = key.scales.base(target, reference(key, row, value));
      double unit = key.scales.unit(target, value);
      if (Double.isNaN(unit) || Double.isNaN(base)) {
        persist(key, row, value);
        key.waiting.closeValue(row, value);
        continue;
      }
      double said = base + unit * reading.point(outputs.values(), outputs.offset(), value);
      double offset = judge.offset(value);
      prediction.set(value, said, unit * offset);
      key.waiting.say(row, value, base, unit, said, offset);
    }
  }

  private void combine(Key key, long row) {
    for (int value = 0; value < goals.values(); value++) {
      double unit = key.waiting.unit(row, value);
      double offset = Double.isNaN(unit) ? Double.NaN : judge.combinedOffset(value);
      key.waiting.combine(row, value, offset);
      prediction.combine(value, judge.combine(key, row, value), unit * offset);
    }
  }

  private void persist(Key key, long row, int value) {
    double newest = key.newest[goals.target(value)];
    prediction.set(value, newest, Double.NaN);
    double base = reference(key, row, value);
    key.waiting.say(row, value, base, Double.NaN, newest, Double.NaN);
  }

  /** What an output is relative to, unless that is a mean. */
  private double reference(Key key, long row, int value) {
    return key.scales.fromBaselines()
        ? judge.reference(key, row, value)
        : key.newest[goals.target(value)];
  }
}
