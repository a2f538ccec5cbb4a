// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.TapeOptions;
import java.util.Arrays;

/**
 * Draws what dropout multiplies by, for each step anew: 0 with probability p, else 1 / (1 − p); 1
 * where nobody trains. A generator of its own for each mask, so that blocks of any length draw the
 * same.
 */
final class DropoutMasks {
  private final Home[] homes;
  private final float[] probabilities;
  private final ProgramArrays arrays;
  private final boolean training;
  private final SplitMix64[] random;

  DropoutMasks(Plan plan, ProgramArrays arrays, TapeOptions options) {
    this.homes = plan.forward().masks().toArray(Home[]::new);
    this.arrays = arrays;
    this.training = options.training();
    this.probabilities = new float[homes.length];
    this.random = new SplitMix64[homes.length];
    for (int mask = 0; mask < homes.length; mask++) {
      probabilities[mask] = (float) ((Leaf) plan.program().masks().get(mask).op()).number();
      random[mask] = new SplitMix64(options.seed() * 31 + mask + 1);
    }
  }

  /** Draws for the steps of some slots. */
  void draw(int from, int to) {
    for (int mask = 0; mask < homes.length; mask++) {
      float[] values = arrays.of(homes[mask]);
      int end = arrays.at(homes[mask], to);
      if (!training) {
        Arrays.fill(values, arrays.at(homes[mask], from), end, 1);
        continue;
      }
      float p = probabilities[mask];
      float keep = 1 / (1 - p);
      for (int i = arrays.at(homes[mask], from); i < end; i++) {
        values[i] = random[mask].nextFloat() < p ? 0 : keep;
      }
    }
  }

  void save(Snapshot snapshot) {
    for (int mask = 0; mask < random.length; mask++) {
      snapshot.put("mask" + mask + ".random", random[mask].state());
    }
  }

  void load(Snapshot snapshot) {
    for (int mask = 0; mask < random.length; mask++) {
      random[mask].state(snapshot.number("mask" + mask + ".random"));
    }
  }
}
