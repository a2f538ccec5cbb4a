// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.LaneEvents;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.StateLayout;
import java.util.Arrays;

/** The state between two blocks of steps, and the lanes that are to begin with the next one. */
final class CarriedState {
  private final StateLayout layout;
  private final int lanes;
  private final String[] names;
  private final Home[] homes;
  private final ProgramArrays arrays;
  private final InitialStates initial;
  private final boolean[] pending;

  /** Every lane is about to begin. */
  CarriedState(
      StateLayout layout, Plan plan, ProgramArrays arrays, InitialStates initial, int lanes) {
    this.layout = layout;
    this.lanes = lanes;
    this.names = plan.program().states().stream().map(StateArray::name).toArray(String[]::new);
    this.homes =
        plan.forward().states().stream().map(ForwardPlan.State::carry).toArray(Home[]::new);
    this.arrays = arrays;
    this.initial = initial;
    this.pending = new boolean[lanes];
    Arrays.fill(pending, true);
  }

  /** Lets a lane begin with the next step. */
  void reset(int lane) {
    pending[lane] = true;
  }

  /** Notes with which of the next steps lanes begin. */
  void begin(int slot, int count, LaneEvents events, int from) {
    initial.record(slot, count, events, from, pending);
  }

  /** Names and sizes. */
  StateLayout layout() {
    return layout;
  }

  /**
   * The state; of lanes that are to begin, the one they begin with.
   *
   * @param stale whether θ has changed since that version was packed
   * @param state overwritten
   */
  void next(boolean stale, ProgramWeights weights, int version, State state) {
    left(state);
    if (!anyPending()) {
      return;
    }
    float[] shared = stale ? weights.today() : weights.shared(version);
    for (int i = 0; i < homes.length; i++) {
      float[] array = state.array(names[i]);
      for (int lane = 0; lane < lanes; lane++) {
        if (pending[lane]) {
          initial.write(i, shared, array, lane * homes[i].width());
        }
      }
    }
  }

  private boolean anyPending() {
    for (boolean begins : pending) {
      if (begins) {
        return true;
      }
    }
    return false;
  }

  /** The state that the newest step has left, in every lane. */
  private void left(State state) {
    for (int i = 0; i < homes.length; i++) {
      float[] array = state.array(names[i]);
      System.arraycopy(arrays.of(homes[i]), 0, array, 0, array.length);
    }
  }

  /** Goes on from that state, in every lane. */
  void restore(State state) {
    Arrays.fill(pending, false);
    carry(state);
  }

  private void carry(State state) {
    for (int i = 0; i < homes.length; i++) {
      float[] array = state.array(names[i]);
      System.arraycopy(array, 0, arrays.of(homes[i]), 0, array.length);
    }
  }

  void save(Snapshot snapshot) {
    long[] begins = new long[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      begins[lane] = pending[lane] ? 1 : 0;
    }
    snapshot.put("pendingReset", begins);
    var state = new State(layout, lanes);
    left(state);
    state.save(snapshot.in("state"));
  }

  void load(Snapshot snapshot) {
    var state = new State(layout, lanes);
    state.load(snapshot.in("state"));
    carry(state);
    long[] begins = snapshot.longs("pendingReset");
    for (int lane = 0; lane < lanes; lane++) {
      pending[lane] = begins[lane] != 0;
    }
  }
}
