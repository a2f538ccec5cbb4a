// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import dev.unspool.score.RunningState;
import java.util.Arrays;

/** The newest values of a series, by row. */
final class RecentValues implements RunningState {
  private final double[] ring;
  private long newest = -1;

  /**
   * None yet.
   *
   * @param length how many it keeps, at least 1
   */
  RecentValues(int length) {
    ring = new double[length];
    Arrays.fill(ring, Double.NaN);
  }

  /** The newest row; −1 if there was none. */
  long newest() {
    return newest;
  }

  /** Of the row after the newest. */
  void add(double value) {
    newest++;
    ring[(int) (newest % ring.length)] = value;
  }

  /** NaN of a row that is not kept, or was not known. */
  double at(long row) {
    boolean kept = row >= 0 && row <= newest && row > newest - ring.length;
    return kept ? ring[(int) (row % ring.length)] : Double.NaN;
  }

  /** Forgets the values up to now; rows go on to be counted. */
  void clear() {
    Arrays.fill(ring, Double.NaN);
  }

  /** Counts what it keeps as that of so many rows later. */
  void shift(long rows) {
    int by = (int) (rows % ring.length);
    newest += rows;
    // Turned about as a whole and then in its two parts, the ring has moved on in its place.
    reverse(0, ring.length);
    reverse(0, by);
    reverse(by, ring.length);
  }

  private void reverse(int from, int to) {
    for (int i = from, j = to - 1; i < j; i++, j--) {
      double kept = ring[i];
      ring[i] = ring[j];
      ring[j] = kept;
    }
  }

  /** How many it keeps. */
  int length() {
    return ring.length;
  }

  @Override
  public int size() {
    return ring.length + 1;
  }

  @Override
  public int save(double[] to, int at) {
    System.arraycopy(ring, 0, to, at, ring.length);
    to[at + ring.length] = newest;
    return at + size();
  }

  @Override
  public int load(double[] from, int at) {
    System.arraycopy(from, at, ring, 0, ring.length);
    newest = (long) from[at + ring.length];
    return at + size();
  }
}
