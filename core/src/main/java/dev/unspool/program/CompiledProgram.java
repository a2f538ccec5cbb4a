// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.Parameters;
import dev.unspool.model.StateLayout;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A {@link Program} made ready to run: opens its tapes, and plans and compiles what depends on the
 * program and the kind of tape alone when the first tape of that kind is opened. So a model that
 * has a tape for each of a thousand streams is planned once. Thread-safe.
 */
public final class CompiledProgram {
  /**
   * What of a tape's options a plan depends on.
   *
   * @param inputGradient whether derivatives with respect to inputs are wanted
   * @param sameWeights whether a sweep knows the weights that each step ran with
   */
  private record Kind(boolean inputGradient, boolean sameWeights) {
    static Kind of(TapeOptions options) {
      return new Kind(options.sensitivities(), options.weightPolicy() != WeightPolicy.CURRENT);
    }
  }

  private final Program program;
  private final StateLayout state;
  private final Function<Piece, Loop> compiler;
  private final List<Node> watched;
  private final Map<Kind, CompiledPlan> plans = new ConcurrentHashMap<>();

  /**
   * A program whose tapes keep what sweeps need.
   *
   * @param compiler makes loops of pieces
   */
  public CompiledProgram(Program program, StateLayout state, Function<Piece, Loop> compiler) {
    this(program, state, compiler, List.of());
  }

  /**
   * A program whose tapes also keep what somebody wants to read off them.
   *
   * @param watched nodes of the program's graph: values of a step, or of parameters alone
   */
  public CompiledProgram(
      Program program, StateLayout state, Function<Piece, Loop> compiler, List<Node> watched) {
    this.program = program;
    this.state = state;
    this.compiler = compiler;
    this.watched = List.copyOf(watched);
  }

  /**
   * Opens a tape on which every lane is about to begin.
   *
   * @param theta shared with the caller, as {@link dev.unspool.model.Model#open} says
   */
  public ProgramTape open(Parameters theta, TapeOptions options) {
    return new ProgramTape(bench(Kind.of(options), theta), state, options);
  }

  /**
   * Opens tapes that share all they can, as {@link dev.unspool.model.Model#opener} says. Not
   * thread-safe.
   */
  public Function<TapeOptions, ProgramTape> opener(Parameters theta) {
    Map<Kind, Bench> benches = new HashMap<>();
    return options -> {
      Bench bench = benches.computeIfAbsent(Kind.of(options), kind -> bench(kind, theta));
      return new ProgramTape(bench, state, options);
    };
  }

  private Bench bench(Kind kind, Parameters theta) {
    return new Bench(plans.computeIfAbsent(kind, this::compile), theta.values());
  }

  private CompiledPlan compile(Kind kind) {
    return new CompiledPlan(
        Plan.of(program, kind.inputGradient(), kind.sameWeights(), watched), compiler);
  }
}
