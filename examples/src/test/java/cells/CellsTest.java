// SPDX-License-Identifier: Apache-2.0
package cells;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.SplitMix64;
import org.junit.jupiter.api.Test;

/** Steps of one's own are differentiated exactly, and learn. */
final class CellsTest {
  @Test
  void theGradientIsThatOfADifference() {
    double error = MyCell.gradientError(1);
    assertTrue(error < 1e-3, () -> "off by " + error);
  }

  @Test
  void theCellAdds() {
    var model = MyCell.model(2, 16, 1);
    double error = MyCell.train(model, model.initialise(new SplitMix64(1)), 3000, 1);
    assertTrue(error < 0.02, () -> "mean squared error " + error);
  }

  @Test
  void aStackIsOneModel() {
    double norm = Stack.gradientNorm(Stack.model(2));
    assertTrue(norm > 0.01 && norm < 100, () -> "norm " + norm);
  }
}
