// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.LaneEvents;
import dev.unspool.model.Steps;

/** A block taken apart by lanes: the steps that each of them makes, side by side. */
final class LaneInputs {
  private final int features;
  private final FirstSteps[] inputs;
  private final LaneEvents[] events;

  /** Steps that each lane makes in the block. */
  private final int[] counts;

  /** Steps that there is room for. */
  private int room;

  /** Room for blocks of so many steps; there will be more once a longer one comes. */
  LaneInputs(int room, int lanes, int features) {
    this.features = features;
    this.inputs = new FirstSteps[lanes];
    this.events = new LaneEvents[lanes];
    this.counts = new int[lanes];
    makeRoom(room);
  }

  private void makeRoom(int steps) {
    room = steps;
    for (int lane = 0; lane < inputs.length; lane++) {
      inputs[lane] = new FirstSteps(room, 1, features);
      events[lane] = new LaneEvents(room, 1);
    }
  }

  /** Takes a block apart. */
  void take(Steps block, LaneEvents all) {
    if (block.steps() > room) {
      makeRoom(block.steps());
    }
    for (int lane = 0; lane < inputs.length; lane++) {
      counts[lane] = take(block, all, lane);
    }
  }

  private int take(Steps block, LaneEvents all, int lane) {
    float[] into = inputs[lane].whole().values();
    int count = 0;
    for (int step = 0; step < block.steps(); step++) {
      if (!all.holds(step, lane)) {
        int from = block.at(step) + lane * features;
        System.arraycopy(block.values(), from, into, count * features, features);
        events[lane].set(count, 0, all.begins(step, lane));
        count++;
      }
    }
    return count;
  }

  /** Whether a lane is held throughout. */
  boolean isEmpty(int lane) {
    return counts[lane] == 0;
  }

  /** The steps that a lane makes. */
  Steps of(int lane) {
    return inputs[lane].of(counts[lane]);
  }

  /** What happens to a lane in these. */
  LaneEvents events(int lane) {
    return events[lane];
  }
}
