// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.engine.Engine;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.optimizer.Clipper;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The loop around engine, optimizer and data: reads steps, sweeps when a sweep is due, updates.
 *
 * <pre>{@code
 * try (var trainer = Trainer.builder(engine, source)
 *         .optimizer(new Adam())
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

  private final Engine engine;
  private final BlockSource source;
  private final Optimizer rule;
  private Optimizer.Bound optimizer;
  private final LearningRate learningRate;
  private final List<Consumer<PendingUpdate>> stages;
  private final PendingUpdate pending;
  private final int epochs;
  private final Block block;

  private int epoch = 1;
  private long epochSteps;
  private long steps;
  private long updates;
  private long skipped;
  private int skippedInARow;
  private boolean closed;

  private Trainer(Builder builder, Optimizer rule, LearningRate learningRate) {
    this.engine = builder.engine;
    this.source = builder.source;
    this.rule = rule;
    this.optimizer = rule.bind(engine.parameters(), engine.workers());
    this.learningRate = learningRate;
    this.stages = List.copyOf(builder.stages);
    this.pending = new PendingUpdate(engine);
    this.epochs = builder.epochs;
    this.block =
        Block.allocate(engine.interval(), source.lanes(), source.inputs(), source.targets());
  }

  /**
   * Begins to describe a trainer.
   *
   * @param engine about to begin, whose parameters the updates change; closed with the trainer
   * @param source at its first step, with as many lanes as the engine; closed with the trainer
   */
  public static Builder builder(Engine engine, BlockSource source) {
    return new Builder(engine, source);
  }

  /**
   * One update: reads steps until a sweep is due or the epoch ends, sweeps, does what {@link
   * Builder#beforeUpdate} and {@link Builder#clipping} have named, and changes θ. The steps that
   * remain at the end of an epoch are swept like a shorter k1. A sweep whose loss counts no step
   * (the mask is 0 everywhere) is no update: it is passed over. At the end of an epoch the source
   * is rewound and the engine begins a new stream.
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
    boolean whole = epochSteps == 0; // whether all steps of the epoch are run here
    while (!isOver()) {
      boolean ended = advance();
      Progress progress = engine.stepsSinceSweep() > 0 ? sweep() : null;
      boolean over = ended || epochSteps == source.steps();
      if (over) {
        beginEpoch();
      }
      if (progress != null) {
        if (skippedInARow >= PATIENCE) {
          throw new DivergedException(progress.update(), skippedInARow, progress.loss());
        }
        return progress;
      }
      if (over && whole) {
        throw new IllegalStateException(
            "no step of the whole epoch %s counts (the mask is 0 everywhere); nothing can be learned"
                .formatted(epoch - 1));
      }
      whole |= over;
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
    double rate = learningRate.at(updates, epoch);
    pending.begin(engine.sweep(), updates + 1, epoch, steps, rate);
    for (int i = 0; i < stages.size(); i++) {
      stages.get(i).accept(pending);
    }
    LossValue loss = pending.loss();
    if (loss.weight() == 0) {
      return null;
    }
    updates++;
    double norm = pending.norm();
    boolean finite = Double.isFinite(norm);
    boolean made = finite && !pending.skipped();
    skippedInARow = finite ? 0 : skippedInARow + 1;
    if (made) {
      optimizer.step(pending.gradient(), rate);
      engine.parametersChanged();
    } else {
      skipped++;
    }
    return new Progress(updates, epoch, steps, loss.value(), loss.weight(), norm, rate, !made);
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
   * of a divergence, to weights that were good. The optimizer begins anew too: its moments belong
   * to the weights that are given up. Updates and steps are counted on.
   *
   * @param weights in the layout of θ, into which they are copied
   */
  public void restart(Parameters weights) {
    Parameters theta = engine.parameters();
    if (!theta.layout().equals(weights.layout())) {
      throw new IllegalArgumentException(
          "the weights have %s values in the layout of another model, expected %s"
              .formatted(weights.layout().size(), theta.layout().size()));
    }
    System.arraycopy(weights.values(), 0, theta.values(), 0, theta.values().length);
    engine.parametersChanged();
    optimizer = rule.bind(theta, engine.workers());
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
    long[] progress = progress(snapshot);
    engine.load(snapshot.in("engine"));
    source.load(snapshot.in("source"));
    load(snapshot, progress);
  }

  /**
   * Goes on from what {@link #save} stored of a training over other data, such as a table that has
   * grown since: with the moments of the optimizer, and counting on; the present pass over the data
   * begins anew, without a past.
   *
   * @throws IllegalArgumentException if the snapshot is of a training of another kind
   */
  public void loadOverOtherData(Snapshot snapshot) {
    requireOpen();
    load(snapshot, progress(snapshot));
    epochSteps = 0;
    source.rewind();
    engine.restart();
  }

  private static long[] progress(Snapshot snapshot) {
    long[] progress = snapshot.longs("progress");
    if (progress.length != 6) {
      throw new IllegalArgumentException(
          "'progress' holds %s numbers, expected 6; the checkpoint belongs to another version"
              .formatted(progress.length));
    }
    return progress;
  }

  private void load(Snapshot snapshot, long[] progress) {
    optimizer.load(snapshot.in("optimizer"));
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
    private final Engine engine;
    private final BlockSource source;
    private final List<Consumer<PendingUpdate>> stages = new ArrayList<>();
    private @Nullable Optimizer optimizer;
    private @Nullable LearningRate learningRate;
    private int epochs;

    private Builder(Engine engine, BlockSource source) {
      this.engine = engine;
      this.source = source;
    }

    /** The update rule. */
    public Builder optimizer(Optimizer value) {
      this.optimizer = value;
      return this;
    }

    /** How large each update is. */
    public Builder learningRate(LearningRate value) {
      this.learningRate = value;
      return this;
    }

    /**
     * Adds something that is done between every sweep and its update, after what was added before:
     * it may look, change the gradient, or have the update skipped.
     */
    public Builder beforeUpdate(Consumer<PendingUpdate> stage) {
      stages.add(stage);
      return this;
    }

    /**
     * Adds clipping to what is done between sweep and update, in its turn: where there are several,
     * each clips what the one before has left.
     */
    public Builder clipping(Clipping value) {
      Clipper clipper = value.bind(engine.gradient(), engine.workers());
      return beforeUpdate(update -> update.clip(clipper));
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
      if (source.lanes() != engine.lanes()) {
        throw new IllegalArgumentException(
            "the data has %s lanes, the engine %s".formatted(source.lanes(), engine.lanes()));
      }
      if (source.holds() && !engine.holds()) {
        throw new IllegalArgumentException(
            "the data holds lanes, and the engine advances all of them together; build it with holds()");
      }
      return new Trainer(this, optimizer, learningRate);
    }
  }
}
