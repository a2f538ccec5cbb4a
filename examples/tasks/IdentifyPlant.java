// SPDX-License-Identifier: Apache-2.0
package tasks;

import dev.unspool.lm.LevenbergMarquardt;
import dev.unspool.lm.MultiStart;
import dev.unspool.lm.Sequence;
import dev.unspool.lm.StopRules;
import dev.unspool.lm.Uncertainty;
import dev.unspool.narx.Agreement;
import dev.unspool.narx.Identification;
import dev.unspool.narx.InitialOutputs;
import dev.unspool.narx.Narx;
import dev.unspool.narx.NarxCore;
import dev.unspool.narx.NarxSpec;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A plant identified from 1000 samples and simulated over 1000 others: the fourth of Narendra and
 * Parthasarathy, "Identification and control of dynamical systems using neural networks" (1990),
 * which sees two inputs and three of its own outputs.
 *
 * <p>{@code ./unspool run examples/tasks/IdentifyPlant.java}
 */
public final class IdentifyPlant {
  private static final int STEPS = 1000;

  private IdentifyPlant() {}

  /** Prints how well the model simulates, and how sure it is. */
  public static void main(String[] args) {
    var test = run(2);
    System.out.printf("test: RMSE %.4f, fit %.2f %%%n", test.rmse(), test.fitPercent());
  }

  /** A simulation of the test inputs by a model that has never seen them. */
  static Agreement run(long seed) {
    var random = new Random(seed);
    double[] u = random.doubles(STEPS, -1, 1).toArray();
    var train = Sequence.of(u, plant(u), STEPS);
    double[] slow = new double[STEPS];
    for (int k = 0; k < STEPS; k++) {
      slow[k] = Math.sin(2 * Math.PI * k / 250);
    }
    var test = Sequence.of(slow, plant(slow), STEPS);

    // The model sees u one and two steps back, and its own output one, two and three steps back.
    var core = NarxCore.Tanh.of(6, 4);
    var narx = new Narx(new NarxSpec(1, 1, List.of(1, 2), List.of(1, 2, 3), List.of(), core));
    var problem =
        narx.residuals(
            List.of(train), Identification.PARALLEL, InitialOutputs.ZERO, Integer.MAX_VALUE);
    var starts = Stream.generate(() -> narx.initialise(random, 0.6).toDoubles()).limit(50).toList();
    var method =
        LevenbergMarquardt.with(StopRules.iterations(300))
            .withGeodesicAcceleration()
            .withScaleMemory(0.5);
    var result = MultiStart.halving(method, 8).fit(problem, starts);
    System.out.printf(
        "train: RMSE %.4f after %d iterations, %.1f s: %s%n",
        result.score(), result.iterations(), result.fit().seconds(), result.fit().advice());

    var uncertainty = Uncertainty.of(problem, result.theta());
    if (uncertainty != null) {
      // The rows of another problem's Jacobian are dy/dθ of its outputs.
      double[] widest = {0};
      narx.residuals(List.of(test), Identification.PARALLEL, InitialOutputs.ZERO, Integer.MAX_VALUE)
          .linearise(
              result.theta(),
              (_, _, derivative, at) ->
                  widest[0] =
                      Math.max(widest[0], uncertainty.predictionHalfWidth(derivative, at, 0.95)));
      System.out.printf("95 %% intervals of the test are at most ±%.4f wide%n", widest[0]);
    }
    double[] simulated = narx.simulate(result.theta(), test, InitialOutputs.ZERO);
    return Agreement.of(test.targets(), simulated, 1, 0, 0);
  }

  /** y of every step, from rest. */
  private static double[] plant(double[] u) {
    double[] y = new double[u.length];
    for (int k = 1; k < u.length; k++) {
      double y1 = y[k - 1];
      double y2 = k > 1 ? y[k - 2] : 0;
      double y3 = k > 2 ? y[k - 3] : 0;
      double u2 = k > 1 ? u[k - 2] : 0;
      y[k] = (y1 * y2 * y3 * u2 * (y3 - 1) + u[k - 1]) / (1 + y2 * y2 + y3 * y3);
    }
    return y;
  }
}
