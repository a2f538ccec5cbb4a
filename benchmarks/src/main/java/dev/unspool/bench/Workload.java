// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.engine.Block;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.loss.SoftmaxCrossEntropy;
import dev.unspool.model.Parameters;
import dev.unspool.model.Steps;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.Optimizer;
import dev.unspool.tbptt.Tbptt;
import java.util.ArrayList;
import java.util.List;

/**
 * A shape, ready to run in Unspool: one call of {@link #update} is one update of the weights, with
 * a full window from the first one on.
 */
public final class Workload implements AutoCloseable {
  /** So small that the weights stay what they are for as long as anybody measures. */
  static final double RATE = 1e-7;

  private final Sample sample;
  private final Parameters theta;
  private final Optimizer.Bound optimizer;
  private final Tbptt engine;
  private final List<Block> blocks = new ArrayList<>();
  private int next;

  /** Opens the tape. */
  public Workload(Sample sample, int threads) {
    Shape shape = sample.shape();
    this.sample = sample;
    this.theta = sample.theta().copy();
    this.engine =
        Tbptt.builder(sample.network(), theta)
            .truncation(shape.k1(), shape.k2())
            .loss(shape.vocabulary() == 0 ? new MeanSquaredError() : new SoftmaxCrossEntropy())
            .lanes(shape.lanes())
            .weightPolicy(shape.family().policy())
            .threads(threads)
            .build();
    this.optimizer = new Adam().bind(theta, engine.workers());
    Steps inputs = sample.inputs();
    Block shapes = Block.allocate(shape.k1(), shape.lanes(), 0, 0);
    for (int from = 0; from < inputs.steps(); from += shape.k1()) {
      int to = from + shape.k1();
      blocks.add(
          new Block(
              inputs.view(from, to),
              sample.targets().view(from, to),
              shapes.mask(),
              shapes.events()));
    }
    begin();
  }

  /** Runs until the next block is the one with which the window is full. */
  private void begin() {
    next = 0;
    run(sample.fill() / sample.shape().k1() - 1);
  }

  /** Without sweeps, of which the first ones would be shorter, and all of them take time. */
  private void run(int number) {
    for (int i = 0; i < number; i++) {
      Block block = blocks.get(next++);
      engine.lossTape().tape().forward(block.inputs(), block.events());
    }
  }

  /** k1 steps forwards, one sweep, and the update if the shape has one. */
  public void update() {
    sweep();
    if (sample.shape().family().adam()) {
      optimizer.step(engine.gradient(), RATE);
      engine.parametersChanged();
    }
  }

  private void sweep() {
    engine.forward(blocks.get(next));
    engine.sweep();
    next = next + 1 == blocks.size() ? 0 : next + 1;
  }

  /** The gradient at the last step of the sample, the state having begun as zeros. */
  float[] gradient() {
    engine.restart();
    begin();
    run(blocks.size() - 1 - next);
    sweep();
    return lastGradient();
  }

  /** That of the last sweep. */
  float[] lastGradient() {
    return engine.gradient().values().clone();
  }

  /** How deep the last sweep was. */
  int depth() {
    return engine.depth();
  }

  @Override
  public void close() {
    engine.close();
  }
}
