// SPDX-License-Identifier: Apache-2.0
package tasks;

import dev.unspool.data.CsvFile;
import dev.unspool.data.Normalisation;
import dev.unspool.data.SeriesSource;
import dev.unspool.data.Split;
import dev.unspool.inference.Evaluation;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The library in twenty lines: learns to forecast a series by TBPTT(10, 50).
 *
 * <p>{@code ./unspool run examples/tasks/Sunspots.java examples/sunspots-monthly.csv}
 */
public final class Sunspots {
  private Sunspots() {}

  /** Trains for ten epochs and says how large the error on the unseen end of the series is. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println(
          "usage: ./unspool run examples/tasks/Sunspots.java FILE.csv,"
              + " for example examples/sunspots-monthly.csv");
      System.exit(2);
    }
    System.out.println("Test RMSE: " + testError(Path.of(args[0])));
  }

  static double testError(Path csv) throws IOException {
    // README begins
    var columns = List.of("sunspots");
    var table = CsvFile.of(csv).read(columns);
    var split = Split.byFraction(table.rows(), 0.1, 0.2);
    var scale = Normalisation.of(table, columns, split.train());
    var series =
        SeriesSource.builder(table)
            .inputs(columns)
            .targets(columns)
            .horizon(1)
            .normalisation(scale);

    var network = new Network(NetworkSpec.of(Cell.GRU, 1, 32, 1)); // inputs, hidden units, outputs
    var theta = network.initialise(new SplitMix64(1)); // one flat vector with named slices
    var loss = new MeanSquaredError();
    var engine = Tbptt.builder(network, theta).truncation(10, 50).loss(loss).lanes(4).build();
    var source = series.range(split.train()).lanes(4).build(); // four parts side by side

    var rate = LearningRate.constant(5e-3);
    var training = Trainer.builder(engine, source).optimizer(new Adam()).learningRate(rate);
    try (var trainer = training.epochs(10).build()) {
      while (trainer.update() != null) {} // ten steps forwards, at most fifty back, one update
    }
    var unseen = series.range(split.test()).lanes(1).warmUp(split.test().from()).build();
    double mse = Evaluation.run(network, theta, unseen, loss, 100).loss();
    return Math.sqrt(mse) * scale.deviation(0);
    // README ends
  }
}
