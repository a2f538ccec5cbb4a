// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/** Measures time and speed. */
final class Pace {
  private static final double NANOS = 1e9;

  private final double reportSeconds;
  private final double checkpointSeconds;
  private final long checkpointUpdates;
  private long reported = System.nanoTime();
  private long shown = reported;
  private long checkpointed = reported;
  private long checkpointedUpdate;
  private boolean hasCheckpoint;
  private long steps;

  /**
   * A clock that starts now.
   *
   * @param steps run already
   * @param updates made already
   */
  Pace(ReportConfig config, long steps, long updates) {
    this.reportSeconds = config.reportEvery();
    this.checkpointSeconds = config.checkpointEvery();
    this.checkpointUpdates = config.checkpointUpdates();
    this.steps = steps;
    this.checkpointedUpdate = updates;
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

  boolean checkpointIsDue(long updates) {
    return since(checkpointed) >= checkpointSeconds
        || (checkpointUpdates > 0 && updates - checkpointedUpdate >= checkpointUpdates);
  }

  /** After an epoch the first one does not wait: by then there is something to lose. */
  boolean checkpointIsDueAfterEpoch(long updates) {
    return !hasCheckpoint || checkpointIsDue(updates);
  }

  void checkpointed(long updates) {
    checkpointed = System.nanoTime();
    checkpointedUpdate = updates;
    hasCheckpoint = true;
  }

  /** Steps per second since the last call. */
  double speed(long stepsNow) {
    double speed = (stepsNow - steps) / since(reported);
    steps = stepsNow;
    reported = System.nanoTime();
    return speed;
  }
}
