// SPDX-License-Identifier: Apache-2.0
package cells;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Model;
import dev.unspool.model.SplitMix64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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

  static Stream<Arguments> others() {
    return Stream.of(
        Arguments.of("stack", Stack.network(2, 1)),
        Arguments.of("head", MlpHead.model(2, 16, 1)),
        Arguments.of("delay", DelayedCell.model(2, 16, 1)));
  }

  /** Without memory, the error stays at 1/6. */
  @ParameterizedTest
  @MethodSource("others")
  void theOthersLearn(String name, Model model) {
    double error = MyCell.train(model, model.initialise(new SplitMix64(1)), 500, 1);
    assertTrue(error < 0.05, () -> "%s: mean squared error %s".formatted(name, error));
  }

  @Test
  void aDelayIsAStateForEachStep() {
    assertEquals(4, DelayedCell.model(2, 16, 1).state().arrays().size());
  }
}
