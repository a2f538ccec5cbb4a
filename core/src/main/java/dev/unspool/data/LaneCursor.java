// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.model.Snapshot;

/**
 * Deals consecutive items out to lanes, and remembers the step. Each lane has a contiguous part of
 * {@code ceil(count / lanes)} items; the last lanes may run out before the others. Before its part,
 * a lane may be warmed up with the items that precede it.
 */
final class LaneCursor {
  private final long first;
  private final long count;
  private final long perLane;
  private final long warmUp;
  private long step;

  /**
   * A cursor at the first step.
   *
   * @param first index of the first item
   * @param count number of items, at least {@code lanes}
   * @param warmUp largest number of items that precede a lane's part and are dealt out as well
   */
  LaneCursor(long first, long count, int lanes, long warmUp) {
    this.first = first;
    this.count = count;
    this.perLane = Math.ceilDiv(count, lanes);
    this.warmUp = Math.min(warmUp, first + (lanes - 1) * perLane);
  }

  /** Number of steps of an epoch. */
  long steps() {
    return warmUp + perLane;
  }

  /** Steps in the beginning that only warm up. */
  long warmUp() {
    return warmUp;
  }

  /** The next step. */
  long step() {
    return step;
  }

  /** Goes on and returns by how many steps: {@code max}, or what is left of the epoch. */
  int advance(int max) {
    int taken = (int) Math.min(max, steps() - step);
    step += taken;
    return taken;
  }

  /** Index of the item of a lane at a step, or −1 if the step is padding for that lane. */
  long item(long ofStep, int lane) {
    long inRange = lane * perLane + ofStep - warmUp;
    return inRange < count ? Math.max(first + inRange, -1) : -1;
  }

  /** Whether a step that is not padding counts in the loss. */
  boolean counts(long ofStep) {
    return ofStep >= warmUp;
  }

  /**
   * Whether a lane begins with a step: all do with the first, one that was padded also with item 0.
   */
  boolean begins(long ofStep, int lane) {
    return ofStep == 0 || item(ofStep, lane) == 0;
  }

  void rewind() {
    step = 0;
  }

  void save(Snapshot snapshot) {
    snapshot.put("step", step, steps());
  }

  void load(Snapshot snapshot) {
    long[] stored = snapshot.longs("step");
    if (stored.length != 2 || stored[1] != steps() || stored[0] < 0 || stored[0] > steps()) {
      throw new IllegalArgumentException(
          "the checkpoint stands at step %s of the data, which now has %s steps; resume with the"
                  .formatted(stored.length == 2 ? stored[0] + " of " + stored[1] : "?", steps())
              + " same data, range and lanes");
    }
    step = stored[0];
  }
}
