// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * ∂L/∂(the values with which lanes began). Where a lane began with a step, what comes back to the
 * state of that step belongs here and goes no further. Added up separately for each run of steps
 * with the same weights, since initial values may be functions of weights.
 */
final class InitialAdjoints {
  private final InitialStates initial;
  private final WeightVersions versions;
  private final int[] widths;
  private final boolean wanted;

  /** For each run, state and unit. */
  private float[][][] sums = new float[0][][];

  private int first;

  InitialAdjoints(Plan plan, InitialStates initial, WeightVersions versions) {
    this.initial = initial;
    this.versions = versions;
    this.widths = plan.program().states().stream().mapToInt(StateArray::width).toArray();
    this.wanted = IntStream.range(0, widths.length).anyMatch(initial::isLearned);
  }

  /** Whether there are initial values that anybody learns. */
  boolean wanted() {
    return wanted;
  }

  /** Begins a sweep over the steps of some slots. */
  void begin(int firstSlot, int end) {
    first = firstSlot;
    if (!wanted) {
      return;
    }
    int runs = 0;
    for (int slot = first; slot < end; slot = versions.runEnd(slot, end)) {
      runs++;
    }
    if (sums.length < runs) {
      int before = sums.length;
      sums = Arrays.copyOf(sums, runs);
      for (int run = before; run < runs; run++) {
        sums[run] = new float[widths.length][];
        Arrays.setAll(sums[run], state -> new float[widths[state]]);
      }
    }
    for (float[][] run : sums) {
      for (float[] values : run) {
        Arrays.fill(values, 0);
      }
    }
  }

  /**
   * Takes what came back to those of some lanes that began with a step. Where initial values are
   * learned, these have to be all lanes: what they give is added up in their order.
   *
   * @param values lanes × units of what came back; zeros afterwards for those lanes
   */
  void cut(int state, int slot, float[] values, int offset, Lanes some) {
    int width = widths[state];
    for (int lane = some.from(); lane < some.to(); lane++) {
      if (!initial.begins(slot, lane)) {
        continue;
      }
      int at = offset + lane * width;
      if (initial.isLearned(state)) {
        float[] into = sums[runOf(slot)][state];
        for (int j = 0; j < width; j++) {
          into[j] += values[at + j];
        }
      }
      Arrays.fill(values, at, at + width, 0);
    }
  }

  private int runOf(int slot) {
    int run = 0;
    for (int at = versions.runEnd(first, slot + 1);
        at <= slot;
        at = versions.runEnd(at, slot + 1)) {
      run++;
    }
    return run;
  }

  /** The sum of a run, counted from the oldest one. */
  float[] sum(int run, int state) {
    return sums[run][state];
  }
}
