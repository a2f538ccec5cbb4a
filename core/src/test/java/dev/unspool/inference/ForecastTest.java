// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForecastTest {
  private static Predictor predictor(int inputs, int outputs, int lanes) {
    var network = new Network(NetworkSpec.of(Cell.GRU, inputs, 4, outputs));
    return new Predictor(network, network.initialise(new SplitMix64(3)), lanes);
  }

  @Test
  void isALoopByHand() {
    float[] newest = {0.5f, -0.5f, 0.1f, 0.2f};
    float[] given = newest.clone();
    try (var predictor = predictor(2, 2, 2);
        var byHand = predictor(2, 2, 2)) {
      predictor.step(1, 2, 3, 4);
      byHand.step(1, 2, 3, 4);
      var forecast = Forecast.run(predictor, given, 5, Feedback.OUTPUT_IS_INPUT);
      float[] output = newest;
      for (int t = 0; t < 5; t++) {
        output = byHand.step(output);
        assertArrayEquals(output, forecast.view(t, t + 1).copy().values(), "step " + t);
      }
      assertArrayEquals(newest, given);
      // Both stand at the same point afterwards.
      assertArrayEquals(byHand.step(newest), predictor.step(newest));
      assertEquals(2, forecast.lanes());
      assertEquals(2, forecast.features());
    }
  }

  @Test
  void tellsTheFeedbackWhatItNeeds() {
    var steps = new ArrayList<Long>();
    try (var predictor = predictor(3, 1, 1);
        var byHand = predictor(3, 1, 1)) {
      var forecast =
          Forecast.run(
              predictor,
              new float[] {9, 1, 2},
              3,
              (step, output, input) -> {
                steps.add(step);
                // The input of the step before is there to be shifted.
                input[2] = input[1];
                input[1] = input[0];
                input[0] = output[0];
              });
      assertEquals(List.of(0L, 1L), steps);
      float first = byHand.step(9, 1, 2)[0];
      float second = byHand.step(first, 9, 1)[0];
      float third = byHand.step(second, first, 9)[0];
      assertArrayEquals(new float[] {first, second, third}, forecast.values());
    }
  }

  @Test
  void oneStepNeedsNoFeedback() {
    try (var predictor = predictor(3, 1, 1);
        var byHand = predictor(3, 1, 1)) {
      assertArrayEquals(
          byHand.step(1, 2, 3),
          Forecast.run(predictor, new float[] {1, 2, 3}, 1, Feedback.OUTPUT_IS_INPUT).values());
      assertSays(2, predictor, "3 inputs and 1 outputs");
      assertSays(0, predictor, "at least 1 step, found 0");
    }
  }

  private static void assertSays(int horizon, Predictor predictor, String part) {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Forecast.run(predictor, new float[3], horizon, Feedback.OUTPUT_IS_INPUT));
    assertTrue(e.toString().contains(part), e.toString());
  }
}
