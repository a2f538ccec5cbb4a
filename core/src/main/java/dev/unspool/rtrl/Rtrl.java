// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.engine.Block;
import dev.unspool.engine.LaneTapes;
import dev.unspool.engine.LossAt;
import dev.unspool.engine.LossTape;
import dev.unspool.engine.TapeEngine;
import dev.unspool.loss.Loss;
import dev.unspool.model.Model;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Network;
import dev.unspool.program.Program;
import dev.unspool.step.StepProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Real-time recurrent learning for models in which each unit of the state depends on itself alone:
 * the exact gradient of every loss, through all steps since its sequence began, in memory that does
 * not depend on how many these are.
 *
 * <p>Beside the state, the engine carries its derivative with respect to the parameters that act on
 * it (Williams and Zipser, "A Learning Algorithm for Continually Running Fully Recurrent Neural
 * Networks", 1989): with s′ⱼ = f(sⱼ, θⱼ·x), {@code e ← ∂s′/∂s · e + ∂s′/∂θ}, one number for each
 * parameter and array of the state, since ∂s′/∂s is diagonal. The steps of the newest losses are
 * gone back through as by {@link dev.unspool.tbptt.Tbptt}; where that ends, {@code ∂L/∂s · e} is
 * added, which is what all steps before contribute (Schmidhuber, "A Fixed Size Storage O(n³) Time
 * Complexity Learning Algorithm for Fully Recurrent Continually Running Networks", 1992).
 *
 * <p>Where one recurrent layer stands on another, derivatives of the upper state with respect to
 * parameters below are not carried (Zucchet et al., "Online learning of long-range dependencies",
 * 2023): with them, traces would be as many times larger as the layer has units. {@link #exact}
 * says of which parameters nothing is lost; see {@link #truncated} for the others.
 *
 * <p>When weights change on the way, each step counts with its derivative at the weights that it
 * ran with, as {@link dev.unspool.model.WeightPolicy#AS_APPLIED} says.
 *
 * <p>Not thread-safe.
 */
public final class Rtrl implements TapeEngine {
  private final Parameters theta;
  private final LossTape run;
  private final long traceValues;
  private final List<String> exact;
  private final List<String> truncated;

  private Rtrl(Builder builder, Loss loss, TracePlan plan, Tape tape, long traceValues) {
    this.theta = builder.theta;
    this.run =
        new LossTape(builder.model, tape, loss, builder.lossAt, builder.interval, builder.depth());
    this.traceValues = traceValues;
    this.exact = names(builder.model, plan::isExact);
    this.truncated = names(builder.model, name -> !plan.isExact(name));
  }

  private static List<String> names(StepProgram model, Predicate<String> wanted) {
    return model.parameters().slices().stream()
        .map(ParameterLayout.Slice::name)
        .filter(wanted)
        .toList();
  }

  /**
   * Begins to describe an engine.
   *
   * @param model a {@link Network} or a {@link StepProgram}, whose equations are looked at
   * @param theta parameters, shared: whoever changes them calls {@link #parametersChanged()}
   * @throws IllegalArgumentException if the model is something else
   */
  public static Builder builder(Model model, Parameters theta) {
    return new Builder(equations(model), theta);
  }

  private static StepProgram equations(Model model) {
    return switch (model) {
      case Network network -> network.program();
      case StepProgram program -> program;
      default ->
          throw new IllegalArgumentException(
              "real-time recurrent learning looks at the equations of a step; %s has none that can be"
                      .formatted(model.getClass().getSimpleName())
                  + " read: write it as a StepProgram, or use Tbptt");
    };
  }

  @Override
  public LossTape lossTape() {
    return run;
  }

  @Override
  public Parameters parameters() {
    return theta;
  }

  /** Parameters whose gradient is that of all steps since the sequence began. */
  public List<String> exact() {
    return exact;
  }

  /**
   * Parameters that act on a state also through the state of another layer, or through something
   * that mixes units. Of their gradient, the part is missing that reaches the newest losses through
   * such a state before the last k1 steps (or as many as the loss reads, if these are more): that
   * state is a constant to them. Empty for a single recurrent layer on inputs that are used as they
   * are.
   */
  public List<String> truncated() {
    return truncated;
  }

  /**
   * The same of a model for which there is no engine yet.
   *
   * @param model a {@link Network} or a {@link StepProgram}
   * @throws IllegalArgumentException as {@link Builder#build} does
   */
  public static List<String> truncatedIn(Model model) {
    StepProgram program = equations(model);
    var plan = new TracePlan(Program.of(program.recording()));
    return names(program, name -> !plan.isExact(name));
  }

  /**
   * Opens tapes for an engine of one's own, whose sweeps reach back to where their lanes have
   * begun: {@link Tape#held} says through how many steps they go back one by one, and what lies
   * before these comes out of the traces.
   *
   * @param model a {@link Network} or a {@link StepProgram}
   * @param deepest steps that a sweep goes back through one by one, at the most: those whose
   *     outputs a loss reads; tapes need room for more
   * @throws IllegalArgumentException as {@link Builder#build} does
   */
  public static Function<TapeOptions, Tape> tapes(Model model, Parameters theta, int deepest) {
    StepProgram equations = equations(model);
    equations.requireLayout(theta);
    var plan = new TracePlan(Program.of(equations.recording()));
    var program = TracedProgram.of(plan, equations.state());
    return options -> {
      if (deepest < 1 || deepest >= options.capacity()) {
        throw new IllegalArgumentException(
            "sweeps through %s steps need a tape with room for more of them, found %s"
                .formatted(deepest, options.capacity()));
      }
      return new TracedTape(program, program.compiled().open(theta, options), deepest);
    };
  }

  /** Number of derivatives carried, in float32; it does not depend on the length of anything. */
  public long traceValues() {
    return traceValues;
  }

  /** Describes an engine. */
  public static final class Builder {
    private final StepProgram model;
    private final Parameters theta;
    private @Nullable Loss loss;
    private int interval = 1;
    private LossAt lossAt = LossAt.EVERY;
    private int lanes = 1;
    private long seed;
    private int threads = 1;
    private boolean holds;

    private Builder(StepProgram model, Parameters theta) {
      this.model = model;
      this.theta = theta;
      model.requireLayout(theta);
    }

    private int depth() {
      return Math.max(interval, lossAt.outputs(interval));
    }

    /** k1, the steps between two sweeps; 1 unless said. */
    public Builder interval(int value) {
      if (value < 1) {
        throw new IllegalArgumentException("k1 must be at least 1, found " + value);
      }
      this.interval = value;
      return this;
    }

    /** Which outputs the loss reads; those of every step unless said. */
    public Builder lossAt(LossAt value) {
      this.lossAt = value;
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

    /** Seed of dropout; 0 unless said. */
    public Builder seed(long value) {
      this.seed = value;
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
     * Allows lanes to be held ({@link Block#events()}): each gets a tape and traces of its own,
     * which stay as they are while it is held. k1, and the outputs that the loss reads, are counted
     * in steps of the whole block, of which those count that a lane has made.
     */
    public Builder holds() {
      this.holds = true;
      return this;
    }

    /**
     * The engine, about to begin in every lane.
     *
     * @throws IllegalArgumentException if the state of the model depends on itself in another way
     *     than unit by unit; the message says through what, and what to use instead
     */
    public Rtrl build() {
      if (loss == null) {
        throw new IllegalStateException("an engine needs a loss");
      }
      var plan = new TracePlan(Program.of(model.recording()));
      var options =
          TapeOptions.training(lanes, Math.addExact(depth(), interval))
              .withOutputWindow(lossAt.outputs(interval))
              .withSeed(seed)
              .withThreads(threads);
      var program = TracedProgram.of(plan, model.state());
      var open = program.compiled().opener(theta);
      var traced = new ArrayList<TracedTape>();
      Function<TapeOptions, Tape> opener =
          of -> {
            traced.add(new TracedTape(program, open.apply(of), depth()));
            return traced.getLast();
          };
      Tape tape = holds ? LaneTapes.open(model, options, opener) : opener.apply(options);
      long values = traced.stream().mapToLong(TracedTape::traceValues).sum();
      return new Rtrl(this, loss, plan, tape, values);
    }
  }
}
