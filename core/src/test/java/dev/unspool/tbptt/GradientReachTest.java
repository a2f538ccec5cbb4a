// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.engine.Block;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Parameters;
import dev.unspool.model.State;
import dev.unspool.model.StateLayout;
import dev.unspool.step.StepProgram;
import java.util.List;
import org.junit.jupiter.api.Test;

/** By hand: s ← s/2, the loss is the square of what is left after three steps. */
class GradientReachTest {
  private static final int K = 3;

  private final StepProgram halving =
      StepProgram.of(
          1,
          (s, _) -> {
            var h = s.state("h", 1);
            return s.next(h, s.linear("w", h, 1));
          });
  private final Parameters theta = new Parameters(halving.parameters(), new float[] {0.5f});

  private Tbptt engine() {
    return engine(K, 1);
  }

  private Tbptt engine(int steps, float initial) {
    var engine =
        Tbptt.builder(halving, theta)
            .truncation(new Truncation(steps, steps, LossAt.LAST))
            .loss(new MeanSquaredError())
            .build();
    engine.restart(state(initial));
    engine.forward(Block.allocate(steps, 1, 1, 1));
    return engine;
  }

  private State state(float value) {
    var state = new State(halving.state(), 1);
    state.set("h", value);
    return state;
  }

  @Test
  void theDerivativeHalvesWithEachStepBack() {
    var reach = new GradientReach(K);
    try (var engine = engine()) {
      engine.observe(reach);
      assertEquals(1 / 64.0, engine.sweep().value());
      // y = 1/8, so that dL/dy = 1/4; dL/dw = 1/4 · 3w² since y = w³.
      assertArrayEquals(new double[] {1 / 8.0, 1 / 16.0, 1 / 32.0}, reach.norms());
      assertEquals(3 / 16f, engine.gradient().get("w")[0]);
      assertEquals(1, reach.sweeps());
      assertEquals(
          """
          lag   |dL/ds|   of lag 0
            0  1.25e-01  1.00e+00
            1  6.25e-02  5.00e-01
            2  3.13e-02  2.50e-01"""
              .lines()
              .toList(),
          reach.toString().lines().toList());
      engine.observe(null);
      engine.forward(Block.allocate(K, 1, 1, 1));
      engine.sweep();
      assertEquals(1, reach.sweeps(), "nobody looks any more");
    }
  }

  /** Below 2⁻¹⁰⁰, a derivative ends within eight steps, long before it is no normal number. */
  @Test
  void whatIsTooSmallToCountGoesBackNoFurther() {
    int steps = 300;
    var reach = new GradientReach(steps);
    try (var engine = engine(steps, 0)) {
      engine.observe(reach);
      engine.sweep(state(1), null);
      double[] norms = reach.norms();
      for (int lag = 0; lag < steps; lag++) {
        boolean counts = lag < 103; // the first step at which it is looked for, and is too small
        assertEquals(counts ? Math.scalb(1.0, -lag - 1) : 0, norms[lag], "lag " + lag);
      }
    }
  }

  /** The loss goes on: what comes after is worth 1 for each unit of the newest state. */
  @Test
  void whatTheNewestStateIsWorthComesOnTop() {
    var reach = new GradientReach(K);
    try (var engine = engine()) {
      engine.observe(reach);
      assertEquals(1 / 64.0, engine.sweep(state(1), null).value());
      assertEquals(5 / 4f * 3 / 4, engine.gradient().get("w")[0]);
      assertArrayEquals(new double[] {5 / 8.0, 5 / 16.0, 5 / 32.0}, reach.norms());
    }
  }

  @Test
  void anotherModelsStateIsRefused() {
    var other = new State(new StateLayout(List.of(new StateLayout.Entry("g", 1))), 1);
    try (var engine = engine()) {
      refused(() -> engine.sweep(other, null), "newest state", "g", "h");
    }
  }
}
