// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import dev.unspool.engine.Block;
import dev.unspool.loss.Loss;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import java.util.Arrays;
import java.util.List;
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
 *     double loss = engine.sweep();        // at most k2 steps back
 *     optimizer.step(theta.values(), engine.gradient().values(), rate);
 *     engine.parametersChanged();
 *   }
 * }
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class Tbptt implements AutoCloseable {
  private final Truncation truncation;
  private final Loss loss;
  private final Tape tape;
  private final RecentSteps targets;
  private final RecentSteps masks;
  private final Steps outputGradient;
  private final Gradient gradient;
  private final List<Adjoint> whole;
  private int stepsSinceSweep;
  private double weight;

  private Tbptt(Builder builder, Loss loss, Truncation truncation) {
    Model model = builder.model;
    int window = truncation.outputs();
    this.truncation = truncation;
    this.loss = loss;
    this.tape =
        model.open(
            builder.theta,
            new TapeOptions(
                builder.lanes,
                truncation.capacity(),
                window,
                policy(builder.weightPolicy, truncation),
                true,
                builder.seed,
                builder.sensitivities,
                builder.threads));
    this.targets = new RecentSteps(window, builder.lanes, loss.targets(model.outputs()));
    this.masks = new RecentSteps(window, builder.lanes, 1);
    this.outputGradient = Steps.allocate(window, builder.lanes, model.outputs());
    this.gradient = new Gradient(model.parameters());
    this.whole = List.of(new Adjoint(outputGradient, gradient));
  }

  /**
   * With k1 ≥ k2 a full window holds nothing older than the weights: there is nothing to replay.
   */
  private static WeightPolicy policy(WeightPolicy wanted, Truncation truncation) {
    return wanted == WeightPolicy.REPLAY && truncation.k1() >= truncation.k2()
        ? WeightPolicy.AS_APPLIED
        : wanted;
  }

  /**
   * Begins to describe an engine.
   *
   * @param theta parameters, shared: whoever changes them calls {@link #parametersChanged()}
   */
  public static Builder builder(Model model, Parameters theta) {
    return new Builder(model, theta);
  }

  /** Number of steps that may be run before the next sweep, 1 to k1. */
  public int stepsToSweep() {
    return truncation.k1() - stepsSinceSweep;
  }

  /** Number of steps run since the last sweep, 0 to k1. */
  public int stepsSinceSweep() {
    return stepsSinceSweep;
  }

  /** Whether k1 steps have been run since the last sweep. */
  public boolean sweepIsDue() {
    return stepsSinceSweep == truncation.k1();
  }

  /**
   * Runs steps forwards and carries the state.
   *
   * @param block at most {@link #stepsToSweep()} steps; not modified, not kept
   * @throws IllegalArgumentException if the block does not fit; nothing has changed then
   */
  public void forward(Block block) {
    if (block.steps() > stepsToSweep()) {
      throw new IllegalArgumentException(
          "a block of %s steps crosses the next sweep, which is due in %s (k1 = %s)"
              .formatted(block.steps(), stepsToSweep(), truncation.k1()));
    }
    if (block.targets().features() != targets.features()) {
      throw new IllegalArgumentException(
          "targets are %s, the loss takes %s target features for %s outputs"
              .formatted(block.targets(), targets.features(), outputGradient.features()));
    }
    tape.forward(block.inputs(), block.resets());
    targets.append(block.targets());
    masks.append(block.mask());
    stepsSinceSweep += block.steps();
  }

  /**
   * Backpropagates through the last k2 steps, or as many as there are. May be called before a sweep
   * is due, to use up the last steps of the data.
   *
   * @return the loss over the outputs that {@link Truncation#lossAt()} names; its derivative with
   *     respect to θ is in {@link #gradient()}
   * @throws IllegalStateException if no step was run since the last sweep
   */
  public double sweep() {
    return sweep(null);
  }

  /**
   * The same, also yielding derivatives with respect to inputs and states.
   *
   * @param sensitivities of the depth {@link #depth()}; overwritten
   */
  public double sweep(@Nullable Sensitivities sensitivities) {
    if (stepsSinceSweep == 0) {
      throw new IllegalStateException("no step was run since the last sweep");
    }
    int read = Math.min(truncation.lossAt().outputs(stepsSinceSweep), targets.held());
    int depth = depth();
    Steps mask = masks.last(read);
    Steps outputs = outputGradient.view(0, read);
    double value = loss.evaluate(tape.outputs(read), targets.last(read), mask, outputs);
    weight = mask.sum();
    if (sensitivities == null && isZero(outputs)) {
      Arrays.fill(gradient.values(), 0); // e.g. nothing counted: no need to carry zeros back
    } else {
      tape.backward(depth, adjoint(read, Math.min(read, depth), sensitivities));
    }
    stepsSinceSweep = 0;
    return value;
  }

  /** The gradient of the newest {@code reached} of the {@code read} outputs goes back. */
  private List<Adjoint> adjoint(int read, int reached, @Nullable Sensitivities sensitivities) {
    return reached == outputGradient.steps() && sensitivities == null
        ? whole
        : List.of(new Adjoint(outputGradient.view(read - reached, read), gradient, sensitivities));
  }

  /** How deep the next sweep will be: k2, or the number of steps there are. */
  public int depth() {
    return Math.min(truncation.k2(), tape.held());
  }

  /** Sum of the mask over the steps and lanes that the last loss has read: how much it counts. */
  public double weight() {
    return weight;
  }

  private static boolean isZero(Steps steps) {
    for (int i = steps.offset(); i < steps.offset() + steps.size(); i++) {
      if (steps.values()[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** ∂loss/∂θ of the last sweep; overwritten by the next. */
  public Gradient gradient() {
    return gradient;
  }

  /** When a sweep happens, and how deep it is. */
  public Truncation truncation() {
    return truncation;
  }

  /** The model's memory, for derivatives that no loss is needed for. */
  public Tape tape() {
    return tape;
  }

  /** Says that θ has changed since the last sweep; see {@link WeightPolicy}. */
  public void parametersChanged() {
    tape.parametersChanged();
  }

  /** Begins a new stream from the given state, which is a constant. */
  public void restart(State state) {
    tape.restore(state);
    targets.clear();
    masks.clear();
    stepsSinceSweep = 0;
  }

  /** Begins a new stream: every lane starts from its initial state. */
  public void restart() {
    restart(tape.state());
    for (int lane = 0; lane < tape.options().lanes(); lane++) {
      tape.reset(lane);
    }
  }

  /**
   * Stores everything that the engine needs to go on. Not included are θ itself, and the gradient
   * of the last sweep: store after the update for which it was computed.
   */
  public void save(Snapshot snapshot) {
    snapshot.put("stepsSinceSweep", (long) stepsSinceSweep);
    targets.save(snapshot.in("targets"));
    masks.save(snapshot.in("masks"));
    tape.save(snapshot.in("tape"));
  }

  /** Goes on from what {@link #save} stored; θ must have been loaded before. */
  public void load(Snapshot snapshot) {
    long stored = snapshot.number("stepsSinceSweep");
    if (stored < 0 || stored > truncation.k1()) {
      throw new IllegalArgumentException(
          "the checkpoint is %s steps after a sweep, with k1 = %s; it was written with another k1"
              .formatted(stored, truncation.k1()));
    }
    stepsSinceSweep = (int) stored;
    targets.load(snapshot.in("targets"));
    masks.load(snapshot.in("masks"));
    tape.load(snapshot.in("tape"));
  }

  @Override
  public void close() {
    tape.close();
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

    /** Number of threads that share the work; 1 unless said. Results do not depend on it. */
    public Builder threads(int value) {
      this.threads = value;
      return this;
    }

    /** The engine, with a tape on which every lane is about to begin. */
    public Tbptt build() {
      if (truncation == null || loss == null) {
        throw new IllegalStateException("an engine needs a truncation and a loss");
      }
      return new Tbptt(this, loss, truncation);
    }
  }
}
