// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

/**
 * From a truth to targets: it meets what was said of its row, each horizon before; what can still
 * be learned from waits for a sweep, and k1 rows of such make one.
 */
final class Truths {
  /** Squares of what is larger are not finite. */
  private static final double LARGEST = 1e150;

  private final Goals goals;
  private final int k1;
  private final Judge judge;
  private final Counters counters;
  private final Sweeps sweeps;
  private final Lesson lesson;

  /** Of sweeps that make room: whoever predicts still reads what the newest truth has said. */
  private final Lesson unheard;

  Truths(int k1, Goals goals, Judge judge, Counters counters, Sweeps sweeps) {
    this.goals = goals;
    this.k1 = k1;
    this.judge = judge;
    this.counters = counters;
    this.sweeps = sweeps;
    this.lesson = new Lesson(goals.targets(), goals.horizons().length);
    this.unheard = new Lesson(goals.targets(), goals.horizons().length);
  }

  /**
   * The oldest row that was predicted, behind all that were told.
   *
   * @throws IllegalStateException if there is none
   */
  long due(Key key) {
    long first = key.begins ? key.rows : key.first;
    long row = key.untold >= first ? Math.max(key.untold, first + goals.nearest()) : key.untold;
    if (row >= key.rows + (key.begins ? 0 : goals.furthest())) {
      throw new IllegalStateException(
          ("no row of '%s' waits for its truth: the truths of all that were predicted are known, or"
                  + " were passed over")
              .formatted(key.name));
    }
    return row;
  }

  /** Makes room for the next row: what waits for a sweep in its place would be lost. */
  void makeRoom(Key key) {
    if (key.waiting.holdsFresh(key.rows)) {
      sweeps.run(key, unheard);
    }
  }

  /** Learns a truth. */
  Lesson learn(Key key, long row, double[] y) {
    lesson.begin(row);
    key.untold = Math.max(key.untold, row + 1);
    boolean fresh = false;
    boolean late = false;
    for (int target = 0; target < y.length; target++) {
      double truth = y[target];
      if (Double.isNaN(truth)) {
        continue;
      }
      if (!(Math.abs(truth) <= LARGEST)) {
        counters.incident(Incident.TRUTH);
        continue;
      }
      key.scales.see(target, truth);
      for (int horizon = 0; horizon < goals.horizons().length; horizon++) {
        long at = row - goals.horizons()[horizon];
        if (at < 0 || at >= key.rows || crosses(key, at, row)) {
          continue;
        }
        if (at < key.rows - goals.slots()) {
          late = true;
        } else {
          fresh |= meet(key, at, goals.value(target, horizon), truth);
        }
      }
      key.know(target, row, truth);
    }
    if (late) {
      counters.missed();
    }
    if (fresh && key.waiting.hear(row) && ++key.sinceSweep >= k1) {
      sweeps.run(key, lesson);
    }
    return lesson;
  }

  /** What was learned last. */
  Lesson newest() {
    return lesson;
  }

  /** Whether a new sequence begins between two rows. */
  private boolean crosses(Key key, long from, long row) {
    if (row >= key.rows) {
      return key.begins || key.first > from;
    }
    return row >= key.rows - goals.slots()
        ? key.waiting.first(row) > from
        : key.first > from && row >= key.first;
  }

  /** A truth meets what was said of it; whether a sweep can learn from it. */
  private boolean meet(Key key, long at, int value, double truth) {
    Waiting waiting = key.waiting;
    if (!Double.isNaN(waiting.said(at, value))) {
      lesson.met(value, waiting.forecasts(), waiting.forecast(at, value), truth);
      if (judge.meet(key, at, value, truth)) {
        sweeps.drifted();
      }
      key.scales.moved(value, truth - waiting.base(at, value));
      waiting.told(at, value);
    }
    if (!waiting.isOpen(at, value)) {
      return false;
    }
    float target = (float) ((truth - waiting.base(at, value)) / waiting.unit(at, value));
    if (!Float.isFinite(target)) {
      counters.incident(Incident.TRUTH);
      waiting.closeValue(at, value);
      return false;
    }
    waiting.target(at, value, target);
    return true;
  }
}
