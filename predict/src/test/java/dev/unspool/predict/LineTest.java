// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LineTest {
  private static final double NONE = Double.NaN;
  private static final double[][] COLUMNS = {{2, NONE, 5, NONE, NONE}, {1, 2, NONE, 4, 8}};
  private static final Rows ROWS =
      (row, column) -> row < 5 ? COLUMNS[column][(int) row] : Double.NaN;

  /** Two rows ahead: the target one row ago, and what is known of the predicted row. */
  private static Line line(boolean moves) {
    return new Line(
        0,
        moves,
        2,
        List.of(new Regressor(0, -1), new Regressor(1, 2)),
        new double[] {10, 100},
        new double[] {1, 3},
        0.5);
  }

  @Test
  void addsUpWhatItReads() {
    assertEquals(5 + 0.5 + 10 * (2 - 1) + 100 * (8 - 3), line(true).predict(ROWS, 2), 1e-12);
    assertEquals(0.5 + 10 * (2 - 1) + 100 * (8 - 3), line(false).predict(ROWS, 2), 1e-12);
  }

  @Test
  void whatIsMissingIsTheNewestBefore() {
    assertEquals(2 + 0.5 + 100 * (2 - 3), line(true).predict(ROWS, 0), 1e-12, "row −1 is none");
    assertEquals(5 + 0.5 + 10 * (5 - 1) + 100 * (8 - 3), line(true).predict(ROWS, 4), 1e-12);
  }

  @Test
  void sizesMustFit() {
    IllegalArgumentException wrong =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Line(0, true, 1, List.of(), new double[1], new double[0], 0));
    assertEquals("0 regressors need as many weights and means, found 1 and 0", wrong.getMessage());
  }
}
