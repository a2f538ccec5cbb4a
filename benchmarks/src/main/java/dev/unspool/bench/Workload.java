// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.data.Block;
import dev.unspool.kernel.Kernels;
import dev.unspool.model.Parameters;
import dev.unspool.model.Steps;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.tbptt.Tbptt;
import java.util.Random;

/** A shape, ready to run: one call of {@link #update} is one update of the weights. */
public final class Workload implements AutoCloseable {
  private final Shape shape;
  private final Parameters theta;
  private final Tbptt engine;
  private final Block block;
  private final float[] mean;
  private final float[] square;

  /** Random weights and data, always the same. */
  public Workload(Shape shape, int threads) {
    int hidden = shape.hidden();
    var spec =
        new NetworkSpec(
            new Input.Numeric(hidden), shape.cell(), hidden, 1, 0, hidden, false, false);
    var network = new Network(spec);
    var random = new Random(1);
    this.shape = shape;
    this.theta = network.initialise(random);
    this.engine =
        Tbptt.builder(network, theta)
            .truncation(shape.k1(), shape.k2())
            .loss(new SquaredError())
            .lanes(shape.lanes())
            .threads(threads)
            .build();
    this.block = Block.allocate(shape.k1(), shape.lanes(), hidden, hidden);
    fill(block.inputs(), random);
    fill(block.targets(), random);
    this.mean = new float[theta.values().length];
    this.square = new float[theta.values().length];
  }

  private static void fill(Steps steps, Random random) {
    for (int i = 0; i < steps.size(); i++) {
      steps.values()[i] = (float) random.nextGaussian();
    }
  }

  /** k1 steps forwards, one sweep, and the update if the shape has one. */
  public void update() {
    engine.forward(block);
    engine.sweep();
    if (shape.adam()) {
      Kernels.get()
          .adam(
              theta.values(),
              engine.gradient().values(),
              mean,
              square,
              0.9f,
              0.999f,
              1e-5f,
              1,
              1e-8f,
              1);
      engine.parametersChanged();
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
