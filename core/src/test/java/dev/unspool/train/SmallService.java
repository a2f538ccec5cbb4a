// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import dev.unspool.engine.Engine;
import dev.unspool.inference.Predictor;
import dev.unspool.jacobian.JacobianRequest;
import dev.unspool.jacobian.Jacobians;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Steps;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.tbptt.Tbptt;
import java.util.Arrays;
import java.util.Random;

/** A program that asks for everything that kernels are behind; run in a JVM of its own. */
public final class SmallService {
  private SmallService() {}

  /** Trains a little, twice. */
  public static void main(String[] args) {
    var network = new Network(NetworkSpec.of(Cell.LSTM, 2, 3, 1));
    for (int threads = 1; threads <= 2; threads++) {
      var theta = network.initialise(new Random(1));
      Engine engine =
          Tbptt.builder(network, theta)
              .truncation(2, 4)
              .loss(new MeanSquaredError())
              .threads(threads)
              .build();
      try (var trainer =
          Trainer.builder(engine, new RandomSource(20, 1, 3))
              .optimizer(new Adam())
              .learningRate(LearningRate.constant(0.01))
              .clipping(Clipping.byNorm(1))
              .build()) {
        for (int update = 0; update < 3; update++) {
          trainer.update();
        }
        System.out.println(trainer.updates() + " updates");
      }
      try (var predictor = new Predictor(network, theta)) {
        System.out.println(Arrays.toString(predictor.step(1, 2)));
      }
      double[] values = new double[theta.values().length];
      Jacobians.of(network)
          .differentiate(values, Steps.allocate(3, 1, 2), JacobianRequest.depth(2), _ -> {});
    }
  }
}
