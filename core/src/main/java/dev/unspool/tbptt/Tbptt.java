// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import dev.unspool.engine.Block;
import dev.unspool.engine.LaneTapes;
import dev.unspool.engine.LossTape;
import dev.unspool.engine.TapeEngine;
import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.State;
import dev.unspool.model.SweepObserver;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Truncated backpropagation through time: every k1 steps, backpropagate through the last k2 steps.
 *
 * <p>The algorithm is Williams and Peng's BPTT(h; h′) (Neural Computation 2, 1990) with h = k2 and
 * h′ = k1. No forward step is computed twice (unless {@link WeightPolicy#REPLAY} asks for it), no
 * sweep sees anything of an earlier one, and memory depends on k2, never on the number of steps.
 *
 * <pre>{@code
 * while (source.read(block, engine.stepsToSweep()) > 0) {
 *   engine.forward(block);                 // at most k1 steps; the state is carried
 *   if (engine.sweepIsDue()) {
 *     double loss = engine.sweep().value(); // at most k2 steps back
 *     optimizer.step(engine.gradient(), rate);
 *     engine.parametersChanged();
 *   }
 * }
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class Tbptt implements TapeEngine {
  private final Parameters theta;
  private final Truncation truncation;
  private final LossTape run;
  private @Nullable SweepObserver observer;

  private Tbptt(Builder builder, Loss loss, Truncation truncation, Tape tape) {
    this.theta = builder.theta;
    this.truncation = truncation;
    this.run =
        new LossTape(
            builder.model, tape, loss, truncation.lossAt(), truncation.k1(), truncation.k2());
  }

  /**
   * Begins to describe an engine.
   *
   * @param theta parameters, shared: whoever changes them calls {@link #parametersChanged()}
   */
  public static Builder builder(Model model, Parameters theta) {
    return new Builder(model, theta);
  }

  @Override
  public LossTape lossTape() {
    return run;
  }

  @Override
  public Parameters parameters() {
    return theta;
  }

  /**
   * Backpropagates through the last k2 steps, or as many as there are. May be called before a sweep
   * is due, to use up the last steps of the data.
   *
   * @return the loss over the outputs that {@link Truncation#lossAt()} names; its derivative with
   *     respect to θ is in {@link #gradient()}
   */
  @Override
  public LossValue sweep() {
    return sweep(null, null);
  }

  /**
   * The same, also yielding derivatives with respect to inputs and states.
   *
   * @param sensitivities of the depth {@link #depth()}; overwritten
   */
  public LossValue sweep(@Nullable Sensitivities sensitivities) {
    return sweep(null, sensitivities);
  }

  /**
   * The same for a loss that goes on beyond the newest step: the gradient is also that of what the
   * state is worth, as a critic or a model of gradients to come may say (Jaderberg et al.,
   * "Decoupled neural interfaces using synthetic gradients", 2017).
   *
   * @param newest ∂/∂s of the loss to come with respect to the newest state, not modified; null:
   *     nothing. It is not part of the value that is returned
   * @param sensitivities as above; null if nobody wants them
   */
  public LossValue sweep(@Nullable State newest, @Nullable Sensitivities sensitivities) {
    return run.sweep(newest, sensitivities, observer);
  }

  /**
   * Lets somebody look at the sweeps to come, which costs them little; null: nobody, which costs
   * nothing. See {@link GradientReach}.
   */
  public void observe(@Nullable SweepObserver newObserver) {
    observer = newObserver;
  }

  /**
   * How deep the next sweep will be: k2, or the number of steps there are. Where lanes are held, of
   * the lane that has most of them.
   */
  public int depth() {
    return run.depth();
  }

  /** When a sweep happens, and how deep it is. */
  public Truncation truncation() {
    return truncation;
  }

  /** What a sweep means after the weights have changed. */
  public WeightPolicy weightPolicy() {
    return run.tape().options().weightPolicy();
  }

  /** Describes an engine. */
  public static final class Builder {
    private final Model model;
    private final Parameters theta;
    private @Nullable Truncation truncation;
    private @Nullable Loss loss;
    private int lanes = 1;
    private WeightPolicy weightPolicy = WeightPolicy.AS_APPLIED;
    private long seed;
    private boolean sensitivities;
    private int threads = 1;
    private boolean holds;

    private Builder(Model model, Parameters theta) {
      this.model = model;
      this.theta = theta;
    }

    /** TBPTT(k1, k2) with the loss at every step. */
    public Builder truncation(int k1, int k2) {
      return truncation(new Truncation(k1, k2));
    }

    /** When a sweep happens, how deep it is, and which outputs the loss reads. */
    public Builder truncation(Truncation value) {
      this.truncation = value;
      return this;
    }

    /** What is made small. */
    public Builder loss(Loss value) {
      this.loss = value;
      return this;
    }

    /** Number of sequences advanced side by side; 1 unless said. */
    public Builder lanes(int value) {
      this.lanes = value;
      return this;
    }

    /** {@link WeightPolicy#AS_APPLIED} unless said. */
    public Builder weightPolicy(WeightPolicy value) {
      this.weightPolicy = value;
      return this;
    }

    /** Seed of dropout; 0 unless said. */
    public Builder seed(long value) {
      this.seed = value;
      return this;
    }

    /** Allows {@link Tbptt#sweep(Sensitivities)}. */
    public Builder sensitivities() {
      this.sensitivities = true;
      return this;
    }

    /**
     * Number of threads that share the work, or {@link TapeOptions#AUTOMATIC_THREADS}; 1 unless
     * said. Results do not depend on it.
     */
    public Builder threads(int value) {
      this.threads = value;
      return this;
    }

    /**
     * Allows lanes to be held ({@link Block#events()}): each gets a tape of its own ({@link
     * LaneTapes}). The gradient of each is the one through the last k2 steps that it has made
     * itself; k1, and the outputs that the loss reads, are counted in steps of the whole block, of
     * which those count that a lane has made.
     */
    public Builder holds() {
      this.holds = true;
      return this;
    }

    /** The engine, with a tape on which every lane is about to begin. */
    public Tbptt build() {
      if (truncation == null || loss == null) {
        throw new IllegalStateException("an engine needs a truncation and a loss");
      }
      var options =
          TapeOptions.training(lanes, truncation.capacity())
              .withOutputWindow(truncation.outputs())
              .withWeightPolicy(weightPolicy)
              .withSeed(seed)
              .withSensitivities(sensitivities)
              .withThreads(threads);
      Tape tape =
          holds ? LaneTapes.open(model, options, model.opener(theta)) : model.open(theta, options);
      return new Tbptt(this, loss, truncation, tape);
    }
  }
}
