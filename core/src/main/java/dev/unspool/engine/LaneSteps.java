// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.LaneEvents;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Steps;
import dev.unspool.model.Workers;

/**
 * Which of the newest steps of a block each lane has made, and the way from these to the steps of
 * the lane alone and back: there they stand side by side, here where the block has them.
 */
final class LaneSteps {
  /** Steps of a long block that are noted at once. */
  private static final int MOST = 256;

  private final int lanes;

  /** 1 where a lane has stepped, else 0. */
  private final RecentSteps made;

  private final FirstSteps fresh;

  /**
   * No steps so far.
   *
   * @param capacity how many are known
   */
  LaneSteps(int capacity, int lanes) {
    this.lanes = lanes;
    this.made = new RecentSteps(capacity, lanes, 1, Workers.caller());
    this.fresh = new FirstSteps(Math.min(capacity, MOST), lanes, 1);
  }

  /** Steps that are known. */
  int held() {
    return made.held();
  }

  /** Adds the first steps of these events. */
  void append(LaneEvents events, int steps) {
    int room = fresh.whole().steps();
    float[] into = fresh.whole().values();
    for (int from = 0; from < steps; from += room) {
      int to = Math.min(from + room, steps);
      for (int step = from; step < to; step++) {
        for (int lane = 0; lane < lanes; lane++) {
          into[(step - from) * lanes + lane] = events.holds(step, lane) ? 0 : 1;
        }
      }
      made.append(fresh.of(to - from));
    }
  }

  /** Steps that a lane has made among the newest {@code count}. */
  int of(int lane, int count) {
    Steps newest = made.last(count);
    int sum = 0;
    for (int step = 0; step < count; step++) {
      sum += has(newest, step, lane) ? 1 : 0;
    }
    return sum;
  }

  private static boolean has(Steps newest, int step, int lane) {
    return newest.values()[newest.at(step) + lane] != 0;
  }

  /**
   * Puts what a lane has of its own steps where the block has these.
   *
   * @param own steps × 1 × features, as many as the lane has made
   * @param all newest steps × lanes × features; others are not changed
   */
  void spread(Steps own, Steps all, int lane) {
    Steps newest = made.last(all.steps());
    int features = all.features();
    int from = own.offset();
    for (int step = 0; step < all.steps(); step++) {
      if (has(newest, step, lane)) {
        int into = all.at(step) + lane * features;
        System.arraycopy(own.values(), from, all.values(), into, features);
        from += features;
      }
    }
  }

  /**
   * Puts what a block has of the steps of a lane side by side: of the newest ones, as many as
   * {@code most}.
   *
   * @param all steps × lanes × features; those before the ones that are known are not looked at
   * @param own steps × 1 × features, filled from its beginning
   * @return how many they are
   */
  int gather(Steps all, int lane, int most, Steps own) {
    Steps newest = made.last(Math.min(all.steps(), held()));
    int features = all.features();
    int has = of(lane, newest.steps());
    int count = Math.min(has, most);
    int into = -(has - count);
    for (int step = 0; step < newest.steps(); step++) {
      if (has(newest, step, lane)) {
        if (into >= 0) {
          int from = all.at(all.steps() - newest.steps() + step) + lane * features;
          System.arraycopy(all.values(), from, own.values(), into * features, features);
        }
        into++;
      }
    }
    return count;
  }

  void clear() {
    made.clear();
  }

  /** Forgets the steps of one lane. */
  void clear(int lane) {
    made.clear(lane);
  }

  void save(Snapshot snapshot) {
    made.save(snapshot);
  }

  /** Refuses what was stored of other steps; nothing changes. */
  void check(Snapshot snapshot) {
    made.check(snapshot);
  }

  void load(Snapshot snapshot) {
    made.load(snapshot);
  }
}
