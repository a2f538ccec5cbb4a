// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Numbers that are written once and then loaded over and over, a vector at a time, from where a
 * cache line begins ({@link CacheLines}). The collector may move them later; then loads take longer
 * until somebody asks again, which is whenever numbers are written anew, and every so many that are
 * loaded. No result changes.
 */
public final class AlignedFloats {
  /** Numbers behind the last one that a start may take. */
  private static final int SLACK = CacheLines.LINE / Float.BYTES - 1;

  /**
   * Numbers that are loaded from an array before anybody asks whether it has been moved since: some
   * hundred microseconds' worth, a thousand times what it takes to ask.
   */
  private static final int AGAIN = 1 << 22;

  private float[] values = new float[SLACK];
  private MemorySegment segment = MemorySegment.ofArray(values);
  private int start;

  /** Whether somebody asked since they were written. */
  private boolean settled;

  /** How many were loaded since then. */
  private long loaded;

  /** Makes room for numbers, zeros at first. */
  public AlignedFloats(int size) {
    makeRoom(size);
  }

  /** Room for at least so many, of which none is kept where there was less. */
  void makeRoom(int size) {
    if (room() < size) {
      values = new float[Math.addExact(size, SLACK)];
      segment = MemorySegment.ofArray(values);
      start = 0;
    }
  }

  /** Where they are, behind others. */
  public float[] values() {
    return values;
  }

  /** Where the first one is. */
  public int start() {
    return start;
  }

  /**
   * Finds the place again before all of them are written.
   *
   * @return where the first is to be; if that is another place than before, all are zeros
   */
  public int renew() {
    settled = false;
    if (isAsked()) {
      int before = start;
      start = CacheLines.before(segment) / Float.BYTES;
      if (start != before) {
        Arrays.fill(values, 0);
      }
    }
    return start;
  }

  /**
   * Moves them there, if they are often loaded and are not there: they were written before anybody
   * asked, or the collector has moved the array. To be called before all of them are loaded.
   */
  void settle() {
    loaded += room();
    if (settled && loaded < AGAIN) {
      return;
    }
    if (isAsked()) {
      int to = CacheLines.before(segment) / Float.BYTES;
      if (to != start) {
        System.arraycopy(values, start, values, to, room());
      }
      start = to;
    }
  }

  /** Numbers there is room for. */
  public int room() {
    return values.length - SLACK;
  }

  private boolean isAsked() {
    loaded = 0;
    settled = CacheLines.areAsked(room());
    return settled;
  }
}
