// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.LaneEvents;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where lanes begin, and with which state: zeros, another number, or values that depend on
 * parameters and are therefore those of the version that the step runs with.
 */
final class InitialStates {
  private final Home[] entering;
  private final @Nullable Spot[] spots;
  private final float[] numbers;
  private final ProgramArrays arrays;
  private final ProgramWeights weights;
  private final int lanes;

  /** For each slot and lane, 1 where the lane begins with that step. */
  private final int[] resets;

  InitialStates(
      Plan plan, ProgramArrays arrays, ProgramWeights weights, TapeStore store, int lanes) {
    var states = plan.forward().states();
    this.entering = states.stream().map(ForwardPlan.State::entering).toArray(Home[]::new);
    this.spots = states.stream().map(ForwardPlan.State::initial).toArray(Spot[]::new);
    this.arrays = arrays;
    this.weights = weights;
    this.lanes = lanes;
    this.resets = store.ints("resets", lanes);
    this.numbers = new float[entering.length];
    for (int state = 0; state < numbers.length; state++) {
      Node initial = plan.program().states().get(state).initial();
      if (initial != null && initial.isConstant()) {
        numbers[state] = (float) ((Leaf) initial.op()).number();
      }
    }
  }

  /** Whether a state begins with values that are learned. */
  boolean isLearned(int state) {
    return spots[state] != null;
  }

  /** Whether a lane begins with the step of a slot. */
  boolean begins(int slot, int lane) {
    return resets[slot * lanes + lane] != 0;
  }

  /**
   * Notes which lanes begin.
   *
   * @param slot of the first of these steps
   * @param from the first of these steps in {@code events}
   * @param pending lanes that begin with the first step whatever {@code events} say; cleared
   */
  void record(int slot, int count, LaneEvents events, int from, boolean[] pending) {
    for (int step = 0; step < count; step++) {
      for (int lane = 0; lane < lanes; lane++) {
        boolean begins = events.begins(from + step, lane) || step == 0 && pending[lane];
        resets[(slot + step) * lanes + lane] = begins ? 1 : 0;
      }
    }
    Arrays.fill(pending, false);
  }

  /**
   * Puts the initial values into what enters a step, for those of some lanes that begin with it.
   */
  void enter(int state, int slot, int version, Lanes some) {
    Home home = entering[state];
    for (int lane = some.from(); lane < some.to(); lane++) {
      if (begins(slot, lane)) {
        int offset = arrays.at(home, slot) + lane * home.width();
        write(state, weights.shared(version), arrays.of(home), offset);
      }
    }
  }

  /**
   * Writes the initial values of a state.
   *
   * @param shared values that depend on parameters alone
   */
  void write(int state, float[] shared, float[] into, int offset) {
    int width = entering[state].width();
    Spot spot = spots[state];
    if (spot == null) {
      Arrays.fill(into, offset, offset + width, numbers[state]);
    } else {
      System.arraycopy(shared, spot.column(), into, offset, width);
    }
  }
}
