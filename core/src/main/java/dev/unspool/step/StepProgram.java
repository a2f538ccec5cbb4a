// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.model.Model;
import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Recording;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.predict.RecordedStep;
import dev.unspool.program.CompiledProgram;
import dev.unspool.program.Program;
import dev.unspool.program.ProgramReader;
import dev.unspool.program.ProgramWriter;
import dev.unspool.program.compile.LoopCompiler;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A recurrent step as its author wrote it down: a small graph of array operations, recorded once.
 * Immutable.
 */
public final class StepProgram implements Model {
  private final Program program;
  private final StateLayout state;
  private final CompiledProgram compiled;
  private final Map<String, Declaration> declarations;

  /** Writes a step down. */
  @FunctionalInterface
  public interface Equations {
    /**
     * The equations.
     *
     * @param step declares state and parameters
     * @param x the input
     * @return the output
     */
    Signal write(Step step, Signal x);
  }

  private StepProgram(Program program, Map<String, Declaration> declarations) {
    this.program = program;
    this.declarations = Map.copyOf(declarations);
    List<StateLayout.Entry> arrays =
        program.states().stream()
            .map(array -> new StateLayout.Entry(array.name(), array.width()))
            .toList();
    this.state = new StateLayout(arrays);
    this.compiled = new CompiledProgram(program, state, LoopCompiler::compile);
  }

  /**
   * A step that takes numbers.
   *
   * @param inputs how many
   * @param equations run once, now
   * @throws IllegalArgumentException if something does not fit; the message names the line
   */
  public static StepProgram of(int inputs, Equations equations) {
    require(inputs, "inputs");
    return of(new Step(inputs, 0), equations);
  }

  /**
   * A step that takes one class index.
   *
   * @param classes how many there are
   */
  public static StepProgram ofIndex(int classes, Equations equations) {
    require(classes, "classes");
    return of(new Step(1, classes), equations);
  }

  /**
   * A step that was {@linkplain #asData written down as data}: to be run, not to be trained from
   * first weights.
   *
   * @throws IllegalArgumentException if its parts do not fit
   */
  public static StepProgram of(RecordedStep data) {
    return new StepProgram(ProgramReader.read(data), Map.of());
  }

  private static void require(int count, String of) {
    if (count < 1) {
      throw new IllegalArgumentException("a step of %s %s; at least 1".formatted(count, of));
    }
  }

  private static StepProgram of(Step step, Equations equations) {
    Signal output = equations.write(step, step.input());
    if (output == null) {
      throw new IllegalArgumentException("the step yields no output; return the signal that is it");
    }
    return new StepProgram(step.finish(output), step.declarations());
  }

  /** What was recorded, to derive something else from. */
  public Recording recording() {
    return program;
  }

  /** The equations as data, without dropout, for whoever runs them without this library. */
  public RecordedStep asData() {
    return ProgramWriter.write(program);
  }

  /** Names and shapes of θ. */
  @Override
  public ParameterLayout parameters() {
    return program.parameters();
  }

  /** What the author said of a parameter. */
  public Declaration declaration(String parameter) {
    Declaration declaration = declarations.get(parameter);
    if (declaration == null) {
      throw new IllegalArgumentException(
          "no parameter '%s'; there are:%n%s".formatted(parameter, parameters()));
    }
    return declaration;
  }

  /** What the step does with each parameter, by name. */
  public Map<String, Declaration.Use> uses() {
    return Declaration.uses(program);
  }

  /** Names and sizes of the arrays that are carried from step to step. */
  @Override
  public StateLayout state() {
    return state;
  }

  /** Number of input features of one lane at one step. */
  @Override
  public int inputs() {
    return program.input().width();
  }

  /** Number of output features of one lane at one step. */
  @Override
  public int outputs() {
    return program.output().width();
  }

  /** Fills θ with initial values, slice by slice. */
  @Override
  public void initialise(Parameters theta, RandomGenerator random) {
    requireLayout(theta);
    for (var slice : program.parameters().slices()) {
      var shape = slice.shape();
      int columns = shape.size() == 1 ? 1 : shape.get(1);
      declaration(slice.name())
          .initialiser()
          .fill(theta.values(), slice.offset(), shape.getFirst(), columns, random);
    }
  }

  @Override
  public Tape open(Parameters theta, TapeOptions options) {
    requireLayout(theta);
    return compiled.open(theta, options);
  }

  @Override
  public Function<TapeOptions, ? extends Tape> opener(Parameters theta) {
    requireLayout(theta);
    return compiled.opener(theta);
  }

  /**
   * Refuses the parameters of another model.
   *
   * @throws IllegalArgumentException with names and shapes of both
   */
  public void requireLayout(Parameters theta) {
    if (!theta.layout().equals(parameters())) {
      throw new IllegalArgumentException(
          "the parameters belong to another model; this one has %s:%n%s%nfound %s:%n%s"
              .formatted(parameters().size(), parameters(), theta.layout().size(), theta.layout()));
    }
  }

  /** The equations, one a line. */
  @Override
  public String toString() {
    return program.toString();
  }
}
