// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.optimizer.Optimizer;
import dev.unspool.tbptt.Tbptt;
import org.jspecify.annotations.Nullable;

/**
 * The loop around engine, optimizer and data: reads steps, sweeps when a sweep is due, updates.
 *
 * <pre>{@code
 * try (var trainer = Trainer.builder(engine, theta, source)
 *         .optimizer(new Adam(theta.layout().size()))
 *         .learningRate(LearningRate.constant(1e-3))
 *         .epochs(10)
 *         .build()) {
 *   for (Progress p = trainer.update(); p != null; p = trainer.update()) {
 *     System.out.println(p.update() + " " + p.loss());
 *   }
 * }
 * }</pre>
 *
 * <p>Between two calls everything can be stored in a {@link Snapshot}; going on from it is
 * bit-identical to never having stopped, if θ goes with it. Not thread-safe.
 */
public final class Trainer implements AutoCloseable {
  /** So many gradients in a row that are not finite mean that nothing will become better. */
  private static final int PATIENCE = 10;

  private final Tbptt engine;
  private final Parameters theta;
  private final BlockSource source;
  private Optimizer optimizer;
  private final LearningRate learningRate;
  private final Clipping clipping;
  private final int epochs;
  private final Block block;

  private int epoch = 1;
  private long epochSteps;
  private long steps;
  private long updates;
  private long skipped;
  private int skippedInARow;
  private boolean closed;

  private Trainer(Builder builder, Optimizer optimizer, LearningRate learningRate) {
    this.engine = builder.engine;
    this.theta = builder.theta;
    this.source = builder.source;
    this.optimizer = optimizer;
    this.learningRate = learningRate;
    this.clipping = builder.clipping;
    this.epochs = builder.epochs;
    this.block =
        Block.allocate(engine.truncation().k1(), source.lanes(), source.inputs(), source.targets());
  }

  /**
   * Begins to describe a trainer.
   *
   * @param engine about to begin; closed with the trainer
   * @param theta the engine's parameters, which the updates change
   * @param source at its first step, with as many lanes as the engine; closed with the trainer
   */
  public static Builder builder(Tbptt engine, Parameters theta, BlockSource source) {
    return new Builder(engine, theta, source);
  }

  /**
   * One update: reads steps until a sweep is due or the epoch ends, sweeps, clips, changes θ. The
   * steps that remain at the end of an epoch are swept like a shorter k1. A sweep whose loss counts
   * no step (the mask is 0 everywhere) is no update: it is passed over. At the end of an epoch the
   * source is rewound and the engine begins a new stream.
   *
   * <p>A gradient that is not finite is not applied: the update is counted and skipped, and {@link
   * Progress#gradientNorm()} is not finite.
   *
   * @return what it did; null when all epochs are over
   * @throws DivergedException if 10 updates in a row had to be skipped
   * @throws IllegalStateException if the data has no steps, or no step of a whole epoch counts, so
   *     that there is no update, or if the trainer is closed
   */
  public @Nullable Progress update() {
    requireOpen();
    int ends = 0;
    while (!isOver()) {
      boolean ended = advance();
      Progress progress = engine.stepsSinceSweep() > 0 ? sweep() : null;
      if (ended || epochSteps == source.steps()) {
        beginEpoch();
        ends++;
      }
      if (progress != null) {
        if (skippedInARow >= PATIENCE) {
          throw new DivergedException(progress.update(), skippedInARow, progress.loss());
        }
        return progress;
      }
      if (ends > 1) {
        throw new IllegalStateException(
            "no step of the whole epoch %s counts (the mask is 0 everywhere); nothing can be learned"
                .formatted(epoch - 1));
      }
    }
    return null;
  }

  /** Runs steps until a sweep is due; true if the epoch ended before. */
  private boolean advance() {
    while (!engine.sweepIsDue()) {
      int count = source.read(block, engine.stepsToSweep());
      if (count == 0) {
        if (epochSteps == 0) {
          throw new IllegalStateException("the data has no steps; there is nothing to train on");
        }
        return true;
      }
      engine.forward(block.first(count));
      steps += count;
      epochSteps += count;
    }
    return false;
  }

  private @Nullable Progress sweep() {
    double loss = engine.sweep();
    if (engine.weight() == 0) {
      return null;
    }
    double rate = learningRate.at(updates, epoch);
    float[] gradient = engine.gradient().values();
    double norm = clipping.apply(gradient);
    updates++;
    if (Double.isFinite(norm)) {
      skippedInARow = 0;
      optimizer.step(theta.values(), gradient, rate);
      engine.parametersChanged();
    } else {
      skipped++;
      skippedInARow++;
    }
    return new Progress(updates, epoch, steps, loss, engine.weight(), norm, rate);
  }

  private void beginEpoch() {
    epoch++;
    epochSteps = 0;
    // Also after the last epoch, so that a training resumed with more epochs begins the next one.
    source.rewind();
    engine.restart();
  }

  /**
   * Begins the present pass over the data anew with other weights and without a past: the way out
   * of a divergence, to weights that were good. Updates and steps are counted on.
   *
   * @param weights in the layout of θ, into which they are copied
   * @param fresh takes the place of the optimizer, whose moments belong to the weights that are
   *     given up
   */
  public void restart(Parameters weights, Optimizer fresh) {
    if (!theta.layout().equals(weights.layout())) {
      throw new IllegalArgumentException(
          "the weights have %s values in the layout of another model, expected %s"
              .formatted(weights.layout().size(), theta.layout().size()));
    }
    System.arraycopy(weights.values(), 0, theta.values(), 0, theta.values().length);
    engine.parametersChanged();
    optimizer = fresh;
    skippedInARow = 0;
    epochSteps = 0;
    source.rewind();
    engine.restart();
  }

  private boolean isOver() {
    return epochs > 0 && epoch > epochs;
  }

  /**
   * The pass over the data that the next update belongs to, from 1; the number of epochs plus 1
   * when training is over. Where the source does not know its length, the end of an epoch is
   * noticed by the next update only.
   */
  public int epoch() {
    return epoch;
  }

  /** Number of updates since training began, with those that were skipped. */
  public long updates() {
    return updates;
  }

  /** Number of steps (of every lane) run since training began. */
  public long steps() {
    return steps;
  }

  /** Number of updates that were skipped because the gradient was not finite. */
  public long skippedUpdates() {
    return skipped;
  }

  /** How much of the present epoch is done, 0 to 1; NaN if the source does not know its length. */
  public double epochFraction() {
    long all = source.steps();
    return all > 0 ? (double) epochSteps / all : Double.NaN;
  }

  /** Stores engine, optimizer, source and counters; θ is not included. */
  public void save(Snapshot snapshot) {
    requireOpen();
    snapshot.put("progress", epoch, epochSteps, steps, updates, skipped, skippedInARow);
    engine.save(snapshot.in("engine"));
    optimizer.save(snapshot.in("optimizer"));
    source.save(snapshot.in("source"));
  }

  /**
   * Goes on from what {@link #save} stored, in a trainer that was built alike. θ must have been
   * loaded before.
   *
   * @throws IllegalArgumentException if the snapshot is of a training of another kind; this trainer
   *     is of no use afterwards
   */
  public void load(Snapshot snapshot) {
    requireOpen();
    long[] progress = snapshot.longs("progress");
    if (progress.length != 6) {
      throw new IllegalArgumentException(
          "'progress' holds %s numbers, expected 6; the checkpoint belongs to another version"
              .formatted(progress.length));
    }
    engine.load(snapshot.in("engine"));
    optimizer.load(snapshot.in("optimizer"));
    source.load(snapshot.in("source"));
    epoch = Math.toIntExact(progress[0]);
    epochSteps = progress[1];
    steps = progress[2];
    updates = progress[3];
    skipped = progress[4];
    skippedInARow = Math.toIntExact(progress[5]);
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this trainer is closed; build another one");
    }
  }

  /** Closes the engine and the source. What has been counted can still be asked for. */
  @Override
  public void close() {
    closed = true;
    try (source) {
      engine.close();
    }
  }

  /** Describes a trainer. */
  public static final class Builder {
    private final Tbptt engine;
    private final Parameters theta;
    private final BlockSource source;
    private @Nullable Optimizer optimizer;
    private @Nullable LearningRate learningRate;
    private Clipping clipping = Clipping.none();
    private int epochs;

    private Builder(Tbptt engine, Parameters theta, BlockSource source) {
      this.engine = engine;
      this.theta = theta;
      this.source = source;
    }

    /** The update rule, for vectors of the length of θ. */
    public Builder optimizer(Optimizer value) {
      this.optimizer = value;
      return this;
    }

    /** How large each update is. */
    public Builder learningRate(LearningRate value) {
      this.learningRate = value;
      return this;
    }

    /** What is done to the gradient before the update; nothing unless said. */
    public Builder clipping(Clipping value) {
      this.clipping = value;
      return this;
    }

    /**
     * How many passes over the data; no limit unless said.
     *
     * @param value 0: no limit
     */
    public Builder epochs(int value) {
      if (value < 0) {
        throw new IllegalArgumentException(
            "the number of epochs must be at least 1, or 0 for no limit, found " + value);
      }
      this.epochs = value;
      return this;
    }

    /** The trainer. */
    public Trainer build() {
      if (optimizer == null || learningRate == null) {
        throw new IllegalStateException("a trainer needs an optimizer and a learning rate");
      }
      int lanes = engine.tape().options().lanes();
      if (source.lanes() != lanes) {
        throw new IllegalArgumentException(
            "the data has %s lanes, the engine %s".formatted(source.lanes(), lanes));
      }
      if (!theta.layout().equals(engine.gradient().layout())) {
        throw new IllegalArgumentException(
            "θ has %s values in the layout of another model, the engine's has %s"
                .formatted(theta.layout().size(), engine.gradient().layout().size()));
      }
      return new Trainer(this, optimizer, learningRate);
    }
  }
}
