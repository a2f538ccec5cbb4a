// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.program.TapeStore;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;

/**
 * Dropout between two layers (Srivastava et al. 2014, scaled while training): each value is kept
 * with probability 1 − p and divided by it. Masks are drawn once per step, in the order of the
 * steps, and stay on the tape for the sweep and for a replay.
 */
final class Dropout {
  private final float probability;
  private final int width;
  private final float[] below;
  private final float[] mask;
  private final float[] values;
  private final SplitMix64 random;
  private final String name;

  Dropout(String name, TapeStore store, float probability, int width, float[] below, long seed) {
    this.name = name;
    this.probability = probability;
    this.width = width;
    this.below = below;
    this.mask = store.floats(name + ".mask", width);
    this.values = store.floats(name + ".values", width);
    this.random = new SplitMix64(seed);
  }

  /** Slots × width: what the layer above sees. */
  float[] values() {
    return values;
  }

  /** Draws the masks of new steps. */
  void draw(int from, int to) {
    float kept = 1 / (1 - probability);
    for (int i = from * width; i < to * width; i++) {
      mask[i] = random.nextFloat() < probability ? 0 : kept;
    }
  }

  void forward(int from, int to) {
    for (int i = from * width; i < to * width; i++) {
      values[i] = below[i] * mask[i];
    }
  }

  /** Turns ∂L/∂values of the slots first–end into ∂L/∂below, in place. */
  void backward(int first, int end, float[] delta) {
    int offset = first * width;
    for (int i = 0; i < (end - first) * width; i++) {
      delta[i] *= mask[offset + i];
    }
  }

  void save(Snapshot snapshot) {
    snapshot.put(name + ".random", random.state());
  }

  void load(Snapshot snapshot) {
    random.state(snapshot.number(name + ".random"));
  }
}
