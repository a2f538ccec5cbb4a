// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.judge;

import dev.unspool.baseline.Seasons;
import dev.unspool.data.Range;
import dev.unspool.data.Split;
import dev.unspool.predict.Regressor;
import dev.unspool.predict.Rows;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What is predicted, and what of it baselines may see.
 *
 * @param name of the target
 * @param rows of the table, in their own units, NaN where nothing is known
 * @param column of the target
 * @param known whether its newest value is known where it is predicted
 * @param middle of the training part: what is said of a target that is not
 * @param split of the rows
 * @param seasons in rows; empty for none
 * @param regressors what a linear model reads to look so many rows ahead
 */
public record Question(
    String name,
    Rows rows,
    int column,
    boolean known,
    double middle,
    Split split,
    List<Integer> seasons,
    IntFunction<List<Regressor>> regressors) {
  private static final long MOST_ROWS = 1 << 17;

  /** The seasons that the training part of a column shows, of at most its newest 131 072 rows. */
  public static List<Integer> seasons(Rows rows, int column, Range train) {
    long from = Math.max(train.from(), train.to() - MOST_ROWS);
    double[] values = new double[(int) (train.to() - from)];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.get(from + i, column);
    }
    return Seasons.find(values);
  }
}
