// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.Arrays;

/**
 * Numbers the weights that the steps on a tape ran with. A number is free again when the last step
 * that ran with it has left the tape, so that there are never more than steps, and two.
 */
final class WeightVersions {
  private final TapeStore store;
  private final int[] of;
  private final boolean[] inUse;
  private int current;

  /** Versions of the steps in a store, one number for each slot. */
  WeightVersions(TapeStore store) {
    this.store = store;
    this.of = store.ints("version", 1);
    this.inUse = new boolean[store.capacity() + 2];
  }

  /** The version that the step of a slot ran with. */
  int of(int slot) {
    return of[slot];
  }

  /** The slot after the last of those, from {@code slot} on, that ran with the same weights. */
  int runEnd(int slot, int limit) {
    int end = slot + 1;
    while (end < limit && of[end] == of[slot]) {
      end++;
    }
    return end;
  }

  /** The version packed last. */
  int current() {
    return current;
  }

  void makeCurrent(int version) {
    current = version;
  }

  /** Says that the steps of these slots run with the current version. */
  void record(int from, int to) {
    Arrays.fill(of, from, to, current);
  }

  /** Whether the steps of two slots ran with the same weights. */
  boolean areSame(int one, int other) {
    return of[one] == of[other];
  }

  /**
   * For each version, whether a step of these slots ran with it: an array that is overwritten with
   * the next call of this and of others.
   */
  boolean[] used(int from, int to) {
    mark(from, to);
    return inUse;
  }

  /** The first version that no step before slot {@code end} ran with. */
  int unused(int end) {
    mark(store.first(), end);
    int version = 0;
    while (inUse[version]) {
      version++;
    }
    return version;
  }

  /**
   * Versions that a sweep may still need and that θ does not hold.
   *
   * @param stale whether θ has changed since the current version
   */
  int[] older(boolean stale) {
    mark(store.first(), store.end());
    inUse[current] &= stale;
    int[] versions = new int[inUse.length];
    int count = 0;
    for (int version = 0; version < inUse.length; version++) {
      if (inUse[version]) {
        versions[count++] = version;
      }
    }
    return Arrays.copyOf(versions, count);
  }

  private void mark(int from, int to) {
    Arrays.fill(inUse, false);
    for (int slot = from; slot < to; slot++) {
      inUse[of[slot]] = true;
    }
  }

  /**
   * Checks what came from a checkpoint: a version, and those of the steps in the store.
   *
   * @throws IllegalArgumentException if a tape of this capacity has no such version
   */
  int require(long version) {
    requireOne(version);
    for (int slot = store.first(); slot < store.end(); slot++) {
      requireOne(of[slot]);
    }
    return (int) version;
  }

  private void requireOne(long version) {
    if (version < 0 || version >= inUse.length) {
      throw new IllegalArgumentException(
          ("the checkpoint uses version %s of the weights, a tape of %s steps has at most %s; it was"
                  + " written with another window")
              .formatted(version, store.capacity(), inUse.length));
    }
  }
}
