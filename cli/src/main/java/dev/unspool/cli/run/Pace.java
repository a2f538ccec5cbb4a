// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/** Measures time and speed. */
final class Pace {
  private static final double NANOS = 1e9;
  private static final double EPOCH_SECONDS = 2;

  private final long began = System.nanoTime();
  private final double reportSeconds;
  private final double checkpointSeconds;
  private long reported = began;
  private long shown = began;
  private long checkpointed = began;
  private long steps;

  /**
   * A clock that starts now.
   *
   * @param steps run already
   */
  Pace(double reportSeconds, double checkpointSeconds, long steps) {
    this.reportSeconds = reportSeconds;
    this.checkpointSeconds = checkpointSeconds;
    this.steps = steps;
  }

  double seconds() {
    return since(began);
  }

  private static double since(long then) {
    return (System.nanoTime() - then) / NANOS;
  }

  boolean reportIsDue() {
    return since(reported) >= reportSeconds;
  }

  /** Whether people want a line again; says so once. */
  boolean showIsDue() {
    if (since(shown) < reportSeconds) {
      return false;
    }
    shown = System.nanoTime();
    return true;
  }

  boolean checkpointIsDue() {
    return since(checkpointed) >= checkpointSeconds;
  }

  /** Epochs may be short: the first is kept, then one every few seconds. */
  boolean checkpointIsDueAfterEpoch() {
    return checkpointed == began || since(checkpointed) >= EPOCH_SECONDS;
  }

  void checkpointed() {
    checkpointed = System.nanoTime();
  }

  /** Steps per second since the last call. */
  double speed(long stepsNow) {
    double speed = (stepsNow - steps) / since(reported);
    steps = stepsNow;
    reported = System.nanoTime();
    return speed;
  }
}
