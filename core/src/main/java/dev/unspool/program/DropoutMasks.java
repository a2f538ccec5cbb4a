// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.TapeOptions;
import java.util.Arrays;

/**
 * Draws what dropout multiplies by: 0 with probability p, else 1 / (1 − p); 1 where nobody trains.
 * A generator of its own for each mask, so that blocks of any length draw the same. What is not
 * drawn anew for each step is remembered for each lane, also by a snapshot.
 */
final class DropoutMasks {
  private final Home[] homes;
  private final Mask[] masks;
  private final ProgramArrays arrays;
  private final InitialStates beginnings;
  private final boolean training;
  private final SplitMix64[] random;
  private final int lanes;

  /** Of masks that outlast a step, lanes × width: what was drawn last. */
  private final float[][] held;

  /** For how many steps each lane has had it; −1 before any was drawn. */
  private final long[][] age;

  DropoutMasks(Plan plan, ProgramArrays arrays, InitialStates beginnings, TapeOptions options) {
    this.homes = plan.forward().masks().toArray(Home[]::new);
    this.masks = plan.program().masks().toArray(Mask[]::new);
    this.arrays = arrays;
    this.beginnings = beginnings;
    this.training = options.training();
    this.lanes = options.lanes();
    this.random = new SplitMix64[homes.length];
    this.held = new float[homes.length][];
    this.age = new long[homes.length][];
    for (int mask = 0; mask < homes.length; mask++) {
      random[mask] = new SplitMix64(options.seed() * 31 + mask + 1);
      boolean outlasts = masks[mask].steps() != 1;
      held[mask] = new float[outlasts ? lanes * masks[mask].width() : 0];
      age[mask] = new long[outlasts ? lanes : 0];
      Arrays.fill(age[mask], -1);
    }
  }

  /** Draws for the steps of some slots. */
  void draw(int from, int to) {
    for (int mask = 0; mask < homes.length; mask++) {
      float[] values = arrays.of(homes[mask]);
      int begin = arrays.at(homes[mask], from);
      int end = arrays.at(homes[mask], to);
      if (!training) {
        Arrays.fill(values, begin, end, 1);
      } else if (masks[mask].steps() == 1) {
        draw(mask, values, begin, end);
      } else {
        hold(mask, values, from, to);
      }
    }
  }

  private void draw(int mask, float[] values, int begin, int end) {
    float p = (float) masks[mask].probability();
    float keep = 1 / (1 - p);
    for (int i = begin; i < end; i++) {
      values[i] = random[mask].nextFloat() < p ? 0 : keep;
    }
  }

  private void hold(int mask, float[] values, int from, int to) {
    int width = masks[mask].width();
    int steps = masks[mask].steps();
    for (int slot = from; slot < to; slot++) {
      for (int lane = 0; lane < lanes; lane++) {
        long had = age[mask][lane];
        if (had < 0 || beginnings.begins(slot, lane) || steps > 0 && had >= steps) {
          draw(mask, held[mask], lane * width, (lane + 1) * width);
          had = 0;
        }
        age[mask][lane] = had + 1;
        int into = arrays.at(homes[mask], slot) + lane * width;
        System.arraycopy(held[mask], lane * width, values, into, width);
      }
    }
  }

  void save(Snapshot snapshot) {
    for (int mask = 0; mask < random.length; mask++) {
      snapshot.put("mask" + mask + ".random", random[mask].state());
      if (masks[mask].steps() != 1) {
        snapshot.put("mask" + mask + ".held", held[mask].clone());
        snapshot.put("mask" + mask + ".age", age[mask].clone());
      }
    }
  }

  void load(Snapshot snapshot) {
    for (int mask = 0; mask < random.length; mask++) {
      random[mask].state(snapshot.number("mask" + mask + ".random"));
      if (masks[mask].steps() != 1) {
        float[] drawn = snapshot.floats("mask" + mask + ".held");
        System.arraycopy(drawn, 0, held[mask], 0, held[mask].length);
        System.arraycopy(snapshot.longs("mask" + mask + ".age"), 0, age[mask], 0, lanes);
      }
    }
  }
}
