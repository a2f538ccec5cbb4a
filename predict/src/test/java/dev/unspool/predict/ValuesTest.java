// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What holds arrays is equal and printed by what is in them. */
final class ValuesTest {
  private static Prediction prediction(double quantile) {
    return new Prediction(
        3, Instant.EPOCH, 1, new double[] {1.5}, null, new double[][] {{0.5, quantile}});
  }

  private static Bands.Band band(double upper) {
    return new Bands.Band(new double[] {1, 2}, new double[] {3, upper});
  }

  @Test
  void arraysAreComparedByTheirNumbers() {
    assertEquals(prediction(2), prediction(2));
    assertEquals(prediction(2).hashCode(), prediction(2).hashCode());
    assertNotEquals(prediction(2), prediction(4));
    assertEquals(band(2), band(2));
    assertEquals(band(2).hashCode(), band(2).hashCode());
    assertNotEquals(band(2), band(4));
  }

  @Test
  void arraysArePrintedWithTheirNumbers() {
    assertEquals(
        "Prediction[row=3, time=1970-01-01T00:00:00Z, ahead=1, values=[1.5], deviations=null, quantiles=[[0.5, 2.0]]]",
        prediction(2).toString());
    assertEquals("Band[lower=[1.0, 2.0], upper=[3.0, 4.0]]", band(4).toString());
  }
}
