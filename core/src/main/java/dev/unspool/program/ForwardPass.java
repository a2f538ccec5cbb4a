// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.Workers;
import dev.unspool.program.Home.Storage;

/**
 * Runs the steps of a tape forwards, for all lanes or for some: phases that recur step by step, all
 * others for many steps at once. Between two blocks of steps the state stands in the homes that
 * carry it.
 */
final class ForwardPass {
  /**
   * Rows, for each thread, that run through all phases together, so that what they leave stays in a
   * cache.
   */
  private static final int CHUNK_ROWS = 128;

  private final ForwardPlan.State[] states;

  /** For each of these, the array in which it stands between two blocks. */
  private final float[][] carried;

  private final ProgramArrays arrays;
  private final InitialStates initial;
  private final Lanes lanes;
  private final Runner.Part[] parts;
  private final Runner.Part[] lazyParts;
  private final int chunkSteps;

  /** Version of the weights that steps run with now. */
  private int version;

  ForwardPass(
      CompiledPlan compiled,
      ProgramArrays arrays,
      ProgramWeights weights,
      InitialStates initial,
      Workers workers,
      Lanes lanes,
      int chunkSteps) {
    ForwardPlan plan = compiled.plan().forward();
    this.states = plan.states().toArray(ForwardPlan.State[]::new);
    this.carried =
        plan.states().stream().map(state -> arrays.of(state.carry())).toArray(float[][]::new);
    this.arrays = arrays;
    this.initial = initial;
    this.lanes = lanes;
    this.chunkSteps = chunkSteps;
    var runner = new Runner(compiled, arrays, weights, workers, lanes, false, this::shift);
    this.parts = runner.prepare(plan.phases());
    this.lazyParts = runner.prepare(plan.lazyPhases());
  }

  /** Steps that run through all phases together, at most {@code capacity}. */
  static int chunkSteps(int lanes, int threads, int capacity) {
    return Math.clamp((long) CHUNK_ROWS * threads / lanes, 1, capacity);
  }

  /** Runs the steps of some slots, the state going from each to the next. */
  void run(int from, int to, int withVersion) {
    version = withVersion;
    for (int first = from; first < to; first += chunkSteps) {
      int end = Math.min(first + chunkSteps, to);
      arrays.begin(Storage.CHUNK, first);
      for (Runner.Part part : parts) {
        if (!part.stepwise()) {
          part.run(first, end, version);
          continue;
        }
        for (int slot = first; slot < end; slot++) {
          for (int state : part.states()) {
            enter(state, slot, from, to);
          }
          part.run(slot, slot + 1, version);
        }
      }
    }
  }

  /**
   * Computes what only the outputs need.
   *
   * @param row of the outputs of the first of these steps
   */
  void evaluate(int from, int to, int row, int withVersion) {
    arrays.begin(Storage.ROWS, from - row);
    for (int first = from; first < to; first += chunkSteps) {
      arrays.begin(Storage.CHUNK, first);
      for (Runner.Part part : lazyParts) {
        part.run(first, Math.min(first + chunkSteps, to), withVersion);
      }
    }
  }

  /** Lets the state be what a step on the tape began with. */
  void rewind(int slot) {
    for (ForwardPlan.State state : states) {
      arrays.copy(state.entering(), state.carry(), slot, slot + 1);
    }
  }

  /**
   * Lets a step find the state, and leave it where the next one finds it; the last one, where it
   * stands between two blocks.
   */
  private void enter(int state, int slot, int from, int to) {
    Home carry = states[state].carry();
    Home entering = states[state].entering();
    if (slot == from) {
      arrays.copy(carry, entering, slot, lanes);
    }
    initial.enter(state, slot, version, lanes);
    if (slot + 1 < to) {
      arrays.place(carry, entering, slot + 1);
    } else {
      arrays.place(carry, carried[state]);
    }
  }

  /** A state that does not depend on itself, for a block of steps. */
  private void shift(Instruction.Shift shift, int first, int end) {
    Home carry = states[shift.state()].carry();
    Spot leaving = shift.other();
    for (int slot = first; slot < end; slot++) {
      if (slot == first) {
        arrays.copy(carry, shift.into(), slot, lanes);
      } else if (leaving != null) {
        copyRows(leaving, slot - 1, shift.into(), slot);
      }
      initial.enter(shift.state(), slot, version, lanes);
    }
    if (leaving != null) {
      copyRows(leaving, end - 1, carry, end - 1);
    }
  }

  private void copyRows(Spot from, int slot, Home into, int at) {
    float[] source = arrays.of(from.home());
    float[] target = arrays.of(into);
    int offset = arrays.at(from.home(), slot) + from.column();
    int width = into.width();
    for (int lane = lanes.from(); lane < lanes.to(); lane++) {
      System.arraycopy(
          source,
          offset + lane * from.home().width(),
          target,
          arrays.at(into, at) + lane * width,
          width);
    }
  }
}
