// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.util.Arrays;

/**
 * Where a column misses many numbers in a row, so that nobody walks through a long gap for each of
 * its rows. Short gaps are walked through.
 */
final class MissingRuns {
  private static final int LONG = 16;

  private final Table table;
  private final int column;
  private long[] begins = new long[8];
  private long[] ends = new long[8];
  private int count;

  private MissingRuns(Table table, int column) {
    this.table = table;
    this.column = column;
  }

  static MissingRuns of(Table table, int column) {
    var runs = new MissingRuns(table, column);
    long from = 0;
    for (long row = 0; row <= table.rows(); row++) {
      if (row == table.rows() || !runs.isMissing(row)) {
        if (row - from >= LONG) {
          runs.add(from, row);
        }
        from = row + 1;
      }
    }
    return runs;
  }

  private boolean isMissing(long row) {
    return Double.isNaN(table.get(row, column));
  }

  private void add(long from, long to) {
    if (count == begins.length) {
      begins = Arrays.copyOf(begins, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
    }
    begins[count] = from;
    ends[count++] = to;
  }

  /** The newest row up to this one that is known, or −1. */
  long before(long row) {
    long at = Math.min(row, table.rows() - 1);
    while (at >= 0 && isMissing(at)) {
      int run = run(at);
      at = run < 0 ? at - 1 : begins[run] - 1;
    }
    return at;
  }

  /** The next row after this one that is known, or −1. */
  long after(long row) {
    long at = row + 1;
    while (at < table.rows() && isMissing(at)) {
      int run = run(at);
      at = run < 0 ? at + 1 : ends[run];
    }
    return at < table.rows() ? at : -1;
  }

  /** The long run that a row is in, or −1. */
  private int run(long row) {
    int found = Arrays.binarySearch(begins, 0, count, row);
    int run = found >= 0 ? found : -found - 2;
    return run >= 0 && row < ends[run] ? run : -1;
  }
}
