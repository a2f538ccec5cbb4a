// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.stream;

import dev.unspool.score.Prequential;
import dev.unspool.score.Prequential.Over;

/** Figures of what was said about the rows of a stream, at one horizon. */
final class Errors {
  private static final double LATELY = 50;

  private static final double RECOVERED = 1.2;
  private static final int FEWEST = 10;

  private Errors() {}

  /**
   * Errors of one forecaster over some rows.
   *
   * @param said of each row
   */
  static Prequential over(double[] values, double[] said, int from, int to) {
    var errors = new Prequential(1, LATELY);
    for (int row = from; row < to; row++) {
      errors.add(values[row], said, row);
    }
    return errors;
  }

  /**
   * How many rows after a change the error lately (a memory of 50 rows, of nothing at the change)
   * comes to 1.2 times the error that the same forecaster makes in the second half of the rows up
   * to the next change.
   */
  static int recovery(double[] values, double[] said, int change, int next) {
    int half = (change + next) / 2;
    double inTheEnd = over(values, said, half, next).mae(0, Over.EVERYTHING);
    var errors = new Prequential(1, LATELY);
    for (int row = change; row < half; row++) {
      errors.add(values[row], said, row);
      if (row > change + FEWEST && errors.mae(0, Over.LATELY) <= RECOVERED * inTheEnd) {
        return row + 1 - change;
      }
    }
    return half - change;
  }
}
