// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.random.RandomGenerator;

/**
 * A random generator whose whole state is one number, so that a checkpoint can hold it. The
 * generator of Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (2014),
 * figure 16, with a fixed increment.
 */
public final class SplitMix64 implements RandomGenerator {
  private long state;

  /** A generator that continues from {@code state}, which may be any number. */
  public SplitMix64(long state) {
    this.state = state;
  }

  /** The number from which {@link #SplitMix64} would continue exactly like this one. */
  public long state() {
    return state;
  }

  /** Continues from another state. */
  public void state(long newState) {
    state = newState;
  }

  @Override
  public long nextLong() {
    state += 0x9e3779b97f4a7c15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
