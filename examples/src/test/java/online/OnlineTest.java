// SPDX-License-Identifier: Apache-2.0
package online;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class OnlineTest {
  @Test
  void theSensorIsLearned() {
    double[] errors = SensorStream.errors(3000);
    assertTrue(errors[0] < 0.5 * errors[1], () -> Arrays.toString(errors));
  }
}
