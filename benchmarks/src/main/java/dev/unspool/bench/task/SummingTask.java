// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import dev.unspool.data.AddingTask;
import dev.unspool.engine.BlockSource;
import dev.unspool.inference.Evaluation;
import dev.unspool.loss.Loss;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.network.Input;

/** The sum of two marked numbers out of ten, asked for five steps after the last of them. */
final class SummingTask implements Task {
  private static final int VALUES = 10;
  private static final int DELAY = 5;
  private static final int LANES = 8;
  private static final int SEQUENCES = 100;
  private static final long VALIDATION = -1;
  private static final long TEST = -2;

  @Override
  public String name() {
    return "adding, lags %s to %s".formatted(DELAY, VALUES + DELAY - 1);
  }

  @Override
  public String measure() {
    return "MSE";
  }

  @Override
  public String reference() {
    return "always 1: " + Figures.of(1.0 / 6);
  }

  @Override
  public Input input() {
    return new Input.Numeric(2);
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public Loss loss() {
    return new MeanSquaredError();
  }

  @Override
  public BlockSource training(int lanes, long seed) {
    return new AddingTask(VALUES, DELAY, lanes, seed);
  }

  @Override
  public double validate(Model model, Parameters theta) {
    return evaluate(model, theta, VALIDATION);
  }

  @Override
  public double test(Model model, Parameters theta) {
    return evaluate(model, theta, TEST);
  }

  private double evaluate(Model model, Parameters theta, long seed) {
    int steps = VALUES + DELAY;
    var some = new Opening(new AddingTask(VALUES, DELAY, LANES, seed), (long) SEQUENCES * steps);
    return Evaluation.run(model, theta, some, loss(), steps).loss();
  }
}
