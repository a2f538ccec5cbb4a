// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.Snapshot;
import dev.unspool.model.Steps;
import dev.unspool.model.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The newest steps of something that goes with the outputs: targets, masks. */
final class RecentSteps {
  private final Steps newest;
  private final Workers workers;

  /** Views of the last steps, each made once. */
  private final @Nullable Steps[] views;

  private int held;

  RecentSteps(int capacity, int lanes, int features, Workers workers) {
    this.workers = workers;
    this.newest = Steps.allocate(capacity, lanes, features);
    this.views = new @Nullable Steps[capacity + 1];
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

  /** Sets what is held of one lane to 0. */
  void clear(int lane) {
    int features = newest.features();
    for (int step = 0; step < newest.steps(); step++) {
      int from = newest.at(step) + lane * features;
      Arrays.fill(newest.values(), from, from + features, 0);
    }
  }

  /** Sets a value of the newest step but {@code age} to 0, if it is still held. */
  void clear(int age, int lane) {
    if (age < newest.steps()) {
      newest.set(newest.steps() - 1 - age, lane, 0, 0);
    }
  }

  /** Appends steps; the oldest fall off. The newest step always stands last. */
  void append(Steps steps) {
    int width = newest.lanes() * newest.features();
    int fresh = Math.min(steps.steps(), newest.steps());
    int kept = newest.steps() - fresh;
    float[] values = newest.values();
    System.arraycopy(values, fresh * width, values, 0, kept * width);
    workers.copy(
        steps.values(), steps.at(steps.steps() - fresh), values, kept * width, fresh * width);
    held = Math.min(newest.steps(), held + fresh);
  }

  /** The newest {@code count} steps, oldest first. */
  Steps last(int count) {
    Steps view = views[count];
    if (view == null) {
      view = newest.view(newest.steps() - count, newest.steps());
      views[count] = view;
    }
    return view;
  }

  void save(Snapshot snapshot) {
    snapshot.put("held", (long) held);
    snapshot.put("values", last(held).copy().values());
  }

  /** Refuses what was stored of other steps; nothing changes. */
  void check(Snapshot snapshot) {
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
  }

  void load(Snapshot snapshot) {
    check(snapshot);
    int stored = (int) snapshot.number("held");
    held = 0;
    append(Steps.of(snapshot.floats("values"), stored, newest.lanes(), newest.features()));
  }
}
