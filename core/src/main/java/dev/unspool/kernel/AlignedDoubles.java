// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Numbers in float64 that are written over and over, and loaded several times in between, from
 * where a cache line begins ({@link CacheLines}): {@link AlignedFloats} of Jacobians. No result
 * depends on where they are.
 */
public final class AlignedDoubles {
  /** Numbers behind the last one that a start may take. */
  private static final int SLACK = CacheLines.LINE / Double.BYTES - 1;

  private double[] values = {};
  private MemorySegment segment = MemorySegment.ofArray(values);
  private int start;

  /** Makes room for numbers, zeros at first. */
  public AlignedDoubles(int size) {
    makeRoom(size);
  }

  /** Room for at least so many, of which none is kept where there was less. */
  public void makeRoom(int size) {
    if (values.length - SLACK < size) {
      values = new double[Math.addExact(size, SLACK)];
      segment = MemorySegment.ofArray(values);
      start = 0;
    }
  }

  /** Where they are, behind others. */
  public double[] values() {
    return values;
  }

  /** Where the first one is. */
  public int start() {
    return start;
  }

  /**
   * Finds the place again before what was written is written anew.
   *
   * @return where the first is to be; if that is another place than before, all are zeros
   */
  public int renew() {
    if (CacheLines.areAsked(values.length)) {
      int before = start;
      start = CacheLines.before(segment) / Double.BYTES;
      if (start != before) {
        Arrays.fill(values, 0);
      }
    }
    return start;
  }
}
