// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.Snapshot;
import dev.unspool.model.Steps;

/** The newest steps of something that goes with the outputs: targets, masks. */
final class RecentSteps {
  private final Steps newest;
  private int held;

  RecentSteps(int capacity, int lanes, int features) {
    this.newest = Steps.allocate(capacity, lanes, features);
  }

  int features() {
    return newest.features();
  }

  int held() {
    return held;
  }

  void clear() {
    held = 0;
  }

  /** Appends steps; the oldest fall off. The newest step always stands last. */
  void append(Steps steps) {
    int width = newest.lanes() * newest.features();
    int fresh = Math.min(steps.steps(), newest.steps());
    int kept = newest.steps() - fresh;
    float[] values = newest.values();
    System.arraycopy(values, fresh * width, values, 0, kept * width);
    System.arraycopy(
        steps.values(), steps.at(steps.steps() - fresh), values, kept * width, fresh * width);
    held = Math.min(newest.steps(), held + fresh);
  }

  /** The newest {@code count} steps, oldest first. */
  Steps last(int count) {
    return newest.view(newest.steps() - count, newest.steps());
  }

  void save(Snapshot snapshot) {
    snapshot.put("held", (long) held);
    snapshot.put("values", last(held).copy().values());
  }

  void load(Snapshot snapshot) {
    float[] values = snapshot.floats("values");
    long stored = snapshot.number("held");
    if (stored < 0
        || stored > newest.steps()
        || values.length != stored * newest.lanes() * newest.features()) {
      throw new IllegalArgumentException(
          ("the checkpoint holds %s steps (%s values) of the loss window, expected at most %s of %s"
                  + " × %s values; it was written with other settings")
              .formatted(stored, values.length, newest.steps(), newest.lanes(), newest.features()));
    }
    held = 0;
    append(Steps.of(values, (int) stored, newest.lanes(), newest.features()));
  }
}
