// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

/**
 * Data cut into three parts that follow each other in time, so that nothing of the future is
 * learned from.
 *
 * @param train the oldest part
 * @param valid what follows; may be empty
 * @param test the newest part; may be empty
 */
public record Split(Range train, Range valid, Range test) {

  /** Checks that the parts follow each other. */
  public Split {
    if (train.to() != valid.from() || valid.to() != test.from()) {
      throw new IllegalArgumentException(
          "the parts must follow each other, found train %s, valid %s, test %s"
              .formatted(train, valid, test));
    }
  }

  /**
   * Cuts rows (or tokens) by fractions.
   *
   * @param rows how many there are
   * @param valid fraction for validation, from 0 to below 1; its length is rounded
   * @param test fraction for testing, from 0 to below 1; its length is rounded
   * @throws IllegalArgumentException if nothing is left to train on
   */
  public static Split byFraction(long rows, double valid, double test) {
    if (!(valid >= 0) || !(test >= 0) || !(valid + test < 1)) {
      throw new IllegalArgumentException(
          "the parts for validation and testing must be at least 0 and less than 1 together,"
              + " found %s and %s".formatted(valid, test));
    }
    long testRows = Math.round(rows * test);
    long validRows = Math.min(Math.round(rows * valid), rows - testRows);
    long trainRows = rows - testRows - validRows;
    if (trainRows < 1) {
      throw new IllegalArgumentException(
          "of %d rows, none are left to train on: validation takes %d and testing %d"
              .formatted(rows, validRows, testRows));
    }
    return new Split(
        new Range(0, trainRows),
        new Range(trainRows, trainRows + validRows),
        new Range(trainRows + validRows, rows));
  }
}
