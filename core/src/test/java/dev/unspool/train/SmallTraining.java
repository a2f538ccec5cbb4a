// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.engine.BlockSource;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.tbptt.Tbptt;
import java.util.ArrayList;
import java.util.List;

/** A small network on random data, for the tests of {@link Trainer}. */
final class SmallTraining {
  static final int LANES = 2;
  static final double RATE = 0.05;

  final Network network = new Network(NetworkSpec.of(Cell.LSTM, 2, 3, 1));
  final Parameters theta = network.initialise(new SplitMix64(5));

  Tbptt engine(int k1, int k2) {
    return engine(network, theta, k1, k2).build();
  }

  /** The same for another model. */
  static Tbptt.Builder engine(Model model, Parameters parameters, int k1, int k2) {
    return Tbptt.builder(model, parameters)
        .truncation(k1, k2)
        .loss(new MeanSquaredError())
        .lanes(LANES);
  }

  Trainer.Builder trainer(Tbptt engine, BlockSource source) {
    return Trainer.builder(engine, source)
        .optimizer(new Adam())
        .learningRate(LearningRate.constant(RATE));
  }

  static List<Progress> rest(Trainer trainer) {
    var all = new ArrayList<Progress>();
    for (Progress p = trainer.update(); p != null; p = trainer.update()) {
      all.add(p);
    }
    return all;
  }

  static void assertSays(Exception e, String part) {
    assertTrue(e.toString().contains(part), e.toString());
  }
}
