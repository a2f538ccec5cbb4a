// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;

/**
 * What goes back and has become too small to count: it is flushed to zero, every few steps.
 *
 * <p>Derivatives often shrink by a constant factor a step, so that those of a deep window end below
 * {@link Float#MIN_NORMAL}, where many processors take a hundred times as long for a product, and
 * some stay there for good, since the smallest number times 0.6 is the smallest number again. What
 * is flushed is far larger than that: its products with weights and values of units should still be
 * normal numbers. It is also far smaller than what the rounding of float32 hides beside any
 * derivative that teaches.
 *
 * <p>What is carried forwards, {@code ∂s/∂θ}, decays in the same way and has the same bound.
 */
public final class Vanishing {
  /** The smallest derivative with respect to a state, or of one, that counts, 8·10⁻³¹. */
  public static final float LEAST = 0x1p-100f;

  /** Steps from one time to the next: looking at every step would take up to 2 % of a sweep. */
  public static final int EVERY = 8;

  private Vanishing() {}

  /** Whether it is time: by the distance to the newest step of a sweep, and by nothing else. */
  static boolean isDue(int lag) {
    return lag % EVERY == EVERY - 1;
  }

  /** Flushes some of the derivatives with respect to a state. */
  static void flush(Kernels kernels, float[] adjoints, int from, int to) {
    kernels.flush(adjoints, from, to, LEAST);
  }
}
