// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.Arrays;

/**
 * For each step and lane of a block, what happens to the lane: it goes on, which is what nobody
 * needs to say; it begins a new sequence with that step (the state is set to the initial state
 * before the step, and no gradient crosses); or it is held, and does not step.
 */
public final class LaneEvents {
  private static final byte GOES_ON = 0;
  private static final byte BEGINS = 1;
  private static final byte HELD = 2;

  private final byte[] events;
  private final int steps;
  private final int lanes;

  /** Whether any lane may be held: none has been since {@link #clear}. */
  private boolean mayHold;

  /** All lanes go on in a block of that size. */
  public LaneEvents(int steps, int lanes) {
    this.events = new byte[Math.multiplyExact(steps, lanes)];
    this.steps = steps;
    this.lanes = lanes;
  }

  /** Number of steps. */
  public int steps() {
    return steps;
  }

  /** Number of lanes. */
  public int lanes() {
    return lanes;
  }

  /** Whether {@code lane} begins a new sequence with {@code step}. */
  public boolean begins(int step, int lane) {
    return events[index(step, lane)] == BEGINS;
  }

  /** Whether {@code lane} does not step at {@code step}. */
  public boolean holds(int step, int lane) {
    return events[index(step, lane)] == HELD;
  }

  /** Says whether {@code lane} begins a new sequence with {@code step}; else it goes on. */
  public void set(int step, int lane, boolean begins) {
    events[index(step, lane)] = begins ? BEGINS : GOES_ON;
  }

  /**
   * Says that {@code lane} does not step at {@code step}. For engines whose lanes may be held; a
   * tape that advances all lanes together refuses it.
   */
  public void hold(int step, int lane) {
    events[index(step, lane)] = HELD;
    mayHold = true;
  }

  /** Whether a lane is held at one of the first steps. */
  public boolean anyHeld(int first) {
    if (mayHold) {
      for (int i = 0; i < first * lanes; i++) {
        if (events[i] == HELD) {
          return true;
        }
      }
    }
    return false;
  }

  private int index(int step, int lane) {
    if (step < 0 || step >= steps || lane < 0 || lane >= lanes) {
      throw new IndexOutOfBoundsException(
          "step %s, lane %s of events of %s steps × %s lanes".formatted(step, lane, steps, lanes));
    }
    return step * lanes + lane;
  }

  /** Lets all lanes go on. */
  public void clear() {
    Arrays.fill(events, GOES_ON);
    mayHold = false;
  }
}
