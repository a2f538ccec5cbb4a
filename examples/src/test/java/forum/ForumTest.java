// SPDX-License-Identifier: Apache-2.0
package forum;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import org.junit.jupiter.api.Test;

/** Every program says what its question asks for. */
final class ForumTest {
  @Test
  void theRowsOfTheJacobian() {
    assertArrayEquals(new float[] {0.9f, 0.36f, 0.108f}, ForumJacobian.rows(3), 1e-6f);
    assertArrayEquals(new float[] {0.9f, 0.36f, 0.072f}, ForumJacobian.rows(2), 1e-6f);
    assertArrayEquals(new float[] {0.9f, 0.18f, 0.036f}, ForumJacobian.rows(1), 1e-6f);
  }

  @Test
  void anOverlappingWindowLearns() {
    double[] losses = OneStepModule.train(2, 5);
    assertTrue(losses[4] < 0.01, () -> "loss " + losses[4] + "; without memory it would be 1/3");
  }

  @Test
  void bothArraysOfAnLstmCarryGradient() {
    for (double[] norms : LstmCellModule.norms()) {
      for (double norm : norms) {
        assertTrue(norm > 0);
      }
    }
  }

  @Test
  void aLongSequenceHoldsNoMoreThanAShortOne() {
    // 18 000 steps lie between the two; a few objects may wait for the garbage collector.
    long[] live = LongSequence.live(20_000);
    assertTrue(live[9] < live[1] + 1000, () -> live[1] + " objects became " + live[9]);
  }

  @Test
  void oneSweepReachesAllLayers() {
    var gradient = ThreeLayers.sweep();
    assertEquals(12, gradient.layout().slices().size());
    for (var slice : gradient.layout().slices()) {
      assertTrue(ThreeLayers.norm(gradient.get(slice.name())) > 0, slice.name());
    }
  }

  @Test
  void recurrentPartAndCnnLearnTogether() {
    double[] losses = FramesToCnn.train(1000);
    assertTrue(losses[4] < 0.01, () -> "loss " + losses[4] + "; always saying 0 would be 1/27");
  }

  @Test
  void noPolicyFailsAndTheyDiffer() {
    double applied = ChangingWeights.norm(WeightPolicy.AS_APPLIED, 1, 6);
    assertNotEquals(applied, ChangingWeights.norm(WeightPolicy.CURRENT, 1, 6), 1e-7);
    assertNotEquals(applied, ChangingWeights.norm(WeightPolicy.REPLAY, 1, 6), 1e-7);
    double whole = ChangingWeights.norm(WeightPolicy.AS_APPLIED, 6, 6);
    assertEquals(whole, ChangingWeights.norm(WeightPolicy.CURRENT, 6, 6), 1e-7);
    assertNotEquals(whole, ChangingWeights.norm(WeightPolicy.REPLAY, 6, 6), 1e-7);
  }

  @Test
  void derivativesOfStatesAndInputs() {
    var found = NonLeafGradients.sweep();
    // dL/dh_4 = −2, and each step back halves it.
    for (int t = 0; t < 4; t++) {
      assertEquals(-2 * Math.pow(0.5, 3 - t), found.inputs().get(t, 0, 0), 1e-6);
      assertEquals(-2 * Math.pow(0.5, 4 - t), found.state("h").get(t, 0, 0), 1e-6);
    }
  }

  @Test
  void theGradientFadesWithTheLag() {
    double[] norms = HowFarBack.reach(Cell.LSTM).norms();
    assertTrue(norms[19] < norms[0] / 100, () -> norms[0] + " then " + norms[19]);
  }

  @Test
  void aTestSequenceGoesOnFromASavedState() {
    float[][] runs = TestSequence.runs();
    assertArrayEquals(runs[0], runs[1]);
  }
}
