// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.engine.Block;
import dev.unspool.engine.Engine;
import dev.unspool.engine.LossAt;
import dev.unspool.engine.LossTape;
import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.Workers;
import dev.unspool.network.Network;
import dev.unspool.program.Node;
import dev.unspool.program.Program;
import dev.unspool.program.ProgramTape;
import dev.unspool.program.compile.LoopCompiler;
import dev.unspool.step.StepProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
public final class Rtrl implements Engine {
  private final Parameters theta;

  /** Steps that a sweep goes back through, at the most. */
  private final int depth;

  private final ProgramTape tape;
  private final LossTape run;
  private final State oldest;
  private final Adjoint whole;
  private final Traces traces;
  private final List<String> exact;
  private final List<String> truncated;

  /** Newest steps that the traces have not taken in yet: all of them are on the tape. */
  private int ahead;

  private Rtrl(Builder builder, Loss loss, TracePlan plan, List<Node> watched, ProgramTape tape) {
    this.theta = builder.theta;
    this.depth = builder.depth();
    this.tape = tape;
    this.run = new LossTape(builder.model, tape, loss, builder.lossAt, builder.interval);
    this.oldest = new State(builder.model.state(), builder.lanes);
    this.whole = new Adjoint(run.window().gradient(), run.gradient());
    this.traces = new Traces(plan, builder.lanes, watched, tape.watched(), oldest, tape.workers());
    this.exact = names(builder.model, plan::isExact);
    this.truncated = names(builder.model, name -> !plan.isExact(name));
  }

  private static List<String> names(StepProgram model, Predicate<String> wanted) {
    return model.parameters().slices().stream()
        .map(ParameterLayout.Slice::name)
        .filter(wanted)
        .toList();
  }

  /** All that traces read off the tape. */
  private static List<Node> watched(TracePlan plan) {
    Set<@Nullable Node> nodes = new LinkedHashSet<>();
    for (TracePlan.Trace trace : plan.traces()) {
      nodes.add(trace.x());
      nodes.addAll(Arrays.asList(trace.gain()));
      nodes.addAll(Arrays.asList(trace.initial()));
      for (@Nullable Node[] row : trace.decay()) {
        nodes.addAll(Arrays.asList(row));
      }
    }
    var watched = new ArrayList<Node>();
    for (Node node : nodes) {
      if (node != null && !node.isConstant()) {
        watched.add(node);
      }
    }
    return watched;
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
  public Parameters parameters() {
    return theta;
  }

  @Override
  public int lanes() {
    return run.lanes();
  }

  /** k1. */
  @Override
  public int interval() {
    return run.interval();
  }

  @Override
  public int stepsSinceSweep() {
    return run.stepsSinceSweep();
  }

  @Override
  public Workers workers() {
    return run.workers();
  }

  @Override
  public Gradient gradient() {
    return run.gradient();
  }

  /**
   * The outputs of the newest steps, oldest first: a view that is valid until the next call of
   * {@link #forward}.
   *
   * @param count at most the steps that the loss reads; see {@link Tape#outputs}
   */
  public Steps outputs(int count) {
    return run.outputs(count);
  }

  /** A copy of the state after the newest step. */
  public State state() {
    return run.state();
  }

  /** Lets a lane begin a new sequence with the next step. */
  public void reset(int lane) {
    run.reset(lane);
  }

  @Override
  public void parametersChanged() {
    run.parametersChanged();
  }

  /** Which outputs the loss reads. */
  public LossAt lossAt() {
    return run.lossAt();
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

  /** Number of derivatives carried, in float32; it does not depend on the length of anything. */
  public long traceValues() {
    return traces.size();
  }

  @Override
  public void forward(Block block) {
    run.require(block);
    if (ahead + block.steps() > tape.options().capacity()) {
      takeIn(ahead + block.steps() - depth);
    }
    run.forward(block);
    ahead += block.steps();
  }

  /** Lets the traces take in the oldest steps that they have not seen. */
  private void takeIn(int steps) {
    traces.advance(ahead - 1, steps);
    ahead -= steps;
  }

  @Override
  public LossValue sweep() {
    LossValue value = run.evaluate();
    int read = run.outputsRead();
    if (run.window().isFlat(read)) {
      Arrays.fill(run.gradient().values(), 0); // e.g. nothing counted: the traces may wait
    } else {
      Steps seed = run.window().gradient();
      int back = Math.min(depth, ahead);
      tape.backward(
          back,
          read == seed.steps() ? whole : new Adjoint(seed.view(0, read), run.gradient()),
          oldest);
      traces.advance(ahead - 1, ahead - back, run.gradient().values());
      ahead = back;
    }
    run.swept();
    return value;
  }

  /** Begins a new stream from the given state, which is a constant. */
  public void restart(State state) {
    run.restart(state);
    forget();
  }

  @Override
  public void restart() {
    run.restart();
    forget();
  }

  private void forget() {
    traces.clear();
    ahead = 0;
  }

  @Override
  public void save(Snapshot snapshot) {
    run.save(snapshot);
    snapshot.put("ahead", (long) ahead);
    traces.save(snapshot.in("traces"));
  }

  @Override
  public void load(Snapshot snapshot) {
    long notSeen = snapshot.number("ahead");
    if (notSeen < 0 || notSeen > tape.options().capacity()) {
      throw new IllegalArgumentException(
          "the checkpoint has %s steps to take in, and there is room for %s; it was written with another k1"
              .formatted(notSeen, tape.options().capacity()));
    }
    run.load(snapshot);
    traces.load(snapshot.in("traces"));
    ahead = (int) notSeen;
  }

  @Override
  public void close() {
    run.close();
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

    /** Number of threads that share the work; 1 unless said. Results do not depend on it. */
    public Builder threads(int value) {
      this.threads = value;
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
      var watched = watched(plan);
      var tape =
          new ProgramTape(
              plan.program(),
              model.state(),
              theta,
              TapeOptions.training(lanes, Math.addExact(depth(), interval))
                  .withOutputWindow(lossAt.outputs(interval))
                  .withSeed(seed)
                  .withThreads(threads),
              LoopCompiler::compile,
              watched);
      return new Rtrl(this, loss, plan, watched, tape);
    }
  }
}
