// SPDX-License-Identifier: Apache-2.0
package online;

import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.online.OnlineLearner;
import dev.unspool.online.Prediction;

/**
 * A sensor is predicted one record ahead, and learned from record by record: each prediction is
 * made before the network has seen what it is of.
 *
 * <p>{@code ./unspool run examples/online/SensorStream.java}
 */
public final class SensorStream {
  private SensorStream() {}

  /** Says how large the errors of the second half of a stream are, beside those of persistence. */
  public static void main(String[] args) {
    double[] errors = errors(4000);
    System.out.println(
        "Mean error of the network: " + errors[0] + ", of persistence: " + errors[1]);
  }

  /** A wave that is not quite a wave; every fiftieth reading is lost. */
  static double reading(int t) {
    double wave = Math.sin(0.2 * t) + 0.5 * Math.sin(0.31 * t + Math.sin(0.01 * t));
    return t % 50 == 49 ? Double.NaN : 20 + 5 * wave;
  }

  static double[] errors(int records) {
    var network = new Network(NetworkSpec.of(Cell.named("gru"), 1, 16, 1));
    var theta = network.initialise(new SplitMix64(1));
    double[] sums = new double[3];
    try (var learner = OnlineLearner.builder(network, theta).keys(1).truncation(1, 20).build()) {
      double said = Double.NaN;
      double before = Double.NaN;
      for (int t = 0; t < records; t++) {
        double value = reading(t);
        if (t > records / 2 && !Double.isNaN(value - said)) {
          sums[0] += Math.abs(value - said);
          sums[1] += Math.abs(value - before);
          sums[2]++;
        }
        learner.learn("sensor", t, new double[] {value}); // a lost one teaches nothing
        before = Double.isNaN(value) ? before : value;
        Prediction next = learner.predict("sensor", new double[] {before});
        said = next.usable() ? next.value(0, 0) : Double.NaN;
      }
    }
    return new double[] {sums[0] / sums[2], sums[1] / sums[2]};
  }
}
