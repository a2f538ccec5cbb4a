// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.LaneEvents;
import dev.unspool.model.Snapshot;
import java.util.Arrays;

/**
 * How many of the newest steps of each lane belong to the sequence that the lane is in: what a head
 * may read. A lane that is about to begin is in its old sequence until it has stepped.
 */
final class Sequences {
  private final int[] lengths;
  private final boolean[] about;
  private final int longest;

  /**
   * All lanes are about to begin.
   *
   * @param longest where counting ends
   */
  Sequences(int lanes, int longest) {
    this.lengths = new int[lanes];
    this.about = new boolean[lanes];
    this.longest = longest;
  }

  /** Steps of that lane's sequence, at most {@code longest}. */
  int length(int lane) {
    return lengths[lane];
  }

  /** The first steps of a block have been made. */
  void forward(LaneEvents events, int steps) {
    for (int step = 0; step < steps; step++) {
      for (int lane = 0; lane < lengths.length; lane++) {
        int before = about[lane] || events.begins(step, lane) ? 0 : lengths[lane];
        lengths[lane] = Math.min(before + 1, longest);
        about[lane] = false;
      }
    }
  }

  /** Lets a lane begin with the next step. */
  void reset(int lane) {
    about[lane] = true;
  }

  /** All lanes go on from a state whose steps are not known. */
  void restart() {
    Arrays.fill(lengths, 0);
    Arrays.fill(about, false);
  }

  void save(Snapshot snapshot) {
    snapshot.put("lengths", Arrays.stream(lengths).asLongStream().toArray());
    snapshot.put("begin", StoredTensors.longs(about));
  }

  /** Of a checkpoint that does not say where lanes began, all steps count. */
  void load(Snapshot snapshot) {
    if (!snapshot.has("lengths")) {
      Arrays.fill(lengths, longest);
      Arrays.fill(about, false);
      return;
    }
    long[] stored = snapshot.longs("lengths");
    long[] begin = snapshot.longs("begin");
    if (stored.length != lengths.length || begin.length != lengths.length) {
      throw new IllegalArgumentException(
          "the checkpoint is of %s lanes, the tape has %s"
              .formatted(stored.length, lengths.length));
    }
    for (int lane = 0; lane < lengths.length; lane++) {
      lengths[lane] = Math.clamp(stored[lane], 0, longest);
      about[lane] = begin[lane] != 0;
    }
  }
}
