// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.List;

/** Rows that go on: from some row on with predictions in place of what was measured of targets. */
final class PredictedRows implements Rows {
  private final Rows rows;
  private final List<Integer> targets;
  private final long from;
  private final History predicted;

  /**
   * Nothing is predicted yet.
   *
   * @param rows of which everything else is known
   * @param targets numbers of their columns
   * @param from the first row that is predicted
   */
  PredictedRows(Rows rows, List<Integer> targets, long from) {
    this.rows = rows;
    this.targets = targets;
    this.from = from;
    this.predicted = new History(targets.size());
  }

  /** Takes a prediction. */
  void put(long row, double[] values) {
    for (int i = 0; i < values.length; i++) {
      predicted.put(row, i, values[i]);
    }
  }

  /** Forgets what nobody asks for once this row has been seen. */
  void forget(long row) {
    predicted.forget(row);
  }

  private int predictedAs(long row, int column) {
    return row < from ? -1 : targets.indexOf(column);
  }

  @Override
  public double get(long row, int column) {
    int target = predictedAs(row, column);
    return target < 0 ? rows.get(row, column) : predicted.get(row, target);
  }

  @Override
  public long known(long row, int column) {
    int target = predictedAs(row, column);
    if (target < 0) {
      return rows.known(row, column);
    }
    long at = predicted.known(row, target);
    return at >= 0 ? at : rows.known(from - 1, column);
  }

  @Override
  public long next(long row, int column) {
    return targets.contains(column) ? -1 : rows.next(row, column);
  }
}
