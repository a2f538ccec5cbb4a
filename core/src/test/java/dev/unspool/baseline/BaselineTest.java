// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.predict.Rows;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BaselineTest {
  private static final Rows COUNTING = (row, _) -> row == 7 || row == 4 ? Double.NaN : row;

  @Test
  void persistenceSaysTheNewestValueThatIsThere() {
    Baseline baseline = Baseline.persistence(COUNTING, 0);
    assertEquals(6, baseline.predict(6, 1));
    assertEquals(6, baseline.predict(7, 3), "row 7 is missing");
    assertTrue(Double.isNaN(Baseline.persistence((_, _) -> Double.NaN, 0).predict(5, 1)));
  }

  @Test
  void seasonalPersistenceSaysTheSamePlaceOfTheSeasonBefore() {
    Baseline baseline = Baseline.seasonal(COUNTING, 0, 3);
    assertEquals(8, baseline.predict(10, 1)); // row 11
    assertEquals(10, baseline.predict(10, 3)); // row 13
    assertEquals(8, baseline.predict(10, 4), "two seasons back, where one is not known yet");
    assertEquals(1, baseline.predict(9, 1), "row 10; rows 7 and 4 are missing");
    assertTrue(Double.isNaN(baseline.predict(1, 1)), "nothing is known of a season before");
    assertThrows(IllegalArgumentException.class, () -> Baseline.seasonal(COUNTING, 0, 0));
  }

  @Test
  void regressorsStandAtTheNewestRowsAndAroundTheSeasons() {
    assertEquals(
        List.of(0, -1, -2, -24, -23, -22, -168, -167, -166),
        LinearAutoregression.places(3, List.of(24, 168), 1),
        "lags 1 to 3, 23 to 25, 167 to 169");
    assertEquals(List.of(0, -20, -19, -18, -24), LinearAutoregression.places(1, List.of(24), 5));
    assertEquals(
        List.of(0, -1, -24),
        LinearAutoregression.places(1, List.of(24), 24),
        "the next row is not known");
    assertEquals(List.of(0, -24, -23, -22), LinearAutoregression.places(1, List.of(24), 25));
  }
}
