// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.model.Snapshot;
import java.util.function.LongSupplier;

/**
 * How long a training has gone on, in all of its processes. It is read once before each update, and
 * whoever asks in between gets what was read: so a training that is resumed goes on with exactly
 * the time that its checkpoint holds.
 */
final class TrainingClock {
  private static final double NANOS = 1e9;

  private final LongSupplier nanos;
  private final double budget;
  private double before;
  private double seconds;
  private long began;

  /**
   * A clock that stands at zero.
   *
   * @param minutes that the training may take; 0: any time
   * @param nanos a clock that only goes forwards, in nanoseconds
   */
  TrainingClock(double minutes, LongSupplier nanos) {
    this.budget = 60 * minutes;
    this.nanos = nanos;
  }

  /** Goes on from where it stands. */
  void start() {
    before = seconds;
    began = nanos.getAsLong();
  }

  /** Looks at the time. */
  void read() {
    seconds = before + (nanos.getAsLong() - began) / NANOS;
  }

  /** Seconds that the training had gone on when it was read last. */
  double seconds() {
    return seconds;
  }

  /** Part of the time that is over, at most 1; NaN where any time may be taken. */
  double fraction() {
    return budget == 0 ? Double.NaN : Math.min(1, seconds / budget);
  }

  /** Whether there is no time left. */
  boolean isOver() {
    return budget > 0 && seconds >= budget;
  }

  void save(Snapshot snapshot) {
    snapshot.put("seconds", seconds);
  }

  /** Goes on from what was stored; earlier versions did not, and began anew. */
  void load(Snapshot snapshot) {
    seconds = snapshot.has("seconds") ? snapshot.doubles("seconds")[0] : 0;
  }
}
