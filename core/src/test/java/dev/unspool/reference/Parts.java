// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import dev.unspool.engine.Block;
import dev.unspool.model.LaneEvents;

/** Blocks out of one that has the whole stream. */
public final class Parts {
  private Parts() {}

  /** Some of the steps, with their events. */
  public static Block of(Block stream, int from, int to) {
    return new Block(
        stream.inputs().view(from, to),
        stream.targets().view(from, to),
        stream.mask().view(from, to),
        of(stream.events(), from, to));
  }

  /** What happens at some of the steps. */
  public static LaneEvents of(LaneEvents all, int from, int to) {
    var events = new LaneEvents(to - from, all.lanes());
    for (int t = from; t < to; t++) {
      for (int lane = 0; lane < all.lanes(); lane++) {
        if (all.holds(t, lane)) {
          events.hold(t - from, lane);
        } else {
          events.set(t - from, lane, all.begins(t, lane));
        }
      }
    }
    return events;
  }
}
