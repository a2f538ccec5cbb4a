// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.model.Recording;
import dev.unspool.program.DoubleRun;
import dev.unspool.program.Graph;
import dev.unspool.program.Program;
import dev.unspool.program.compile.LoopCompiler;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program over sequences and differentiates the outputs of their steps, in float64, in
 * chunks, so that memory depends on the depth of the truncation and not on the length of the
 * sequence. Dropout is off. Not thread-safe.
 */
public final class SequenceJacobian {
  private static final int CHUNK = 64;

  private final Program program;
  private final int columns;
  private final int depth;
  private final boolean sensitivities;
  private final Map<Set<Integer>, Differentiation> differentiations = new HashMap<>();
  private @Nullable DoubleRun simulation;
  private double[] theta;

  /**
   * A way to differentiate sequences.
   *
   * @param recording the program
   * @param columns length of θ: parameters of the program, then whatever a {@link Beginning} takes
   *     from there
   * @param depth k2; {@link Integer#MAX_VALUE} for no truncation
   * @param sensitivities whether derivatives with respect to inputs and states are wanted; they are
   *     only to be had by going backwards
   */
  public SequenceJacobian(Recording recording, int columns, int depth, boolean sensitivities) {
    var program = Program.of(recording);
    if (depth < 1) {
      throw new IllegalArgumentException("the depth must be at least 1, found " + depth);
    }
    if (columns < program.parameters().size()) {
      throw new IllegalArgumentException(
          "the program has %s parameters, found %s"
              .formatted(program.parameters().size(), columns));
    }
    this.program = program.withoutDropout();
    this.columns = columns;
    this.depth = depth;
    this.sensitivities = sensitivities;
    this.theta = new double[columns];
  }

  /** What is run. */
  public Program program() {
    return program;
  }

  /** Takes on other parameters; not kept. */
  public void parameters(double[] values) {
    if (values.length != columns) {
      throw new IllegalArgumentException(
          "there are %s parameters, found %s".formatted(columns, values.length));
    }
    theta = values.clone();
    differentiations.values().forEach(each -> each.parameters(theta));
    if (simulation != null) {
      simulation.parameters(theta);
    }
  }

  /**
   * Runs a sequence without differentiating.
   *
   * @param inputs steps × inputs, not modified
   * @param outputs overwritten: steps × outputs
   */
  public void simulate(Beginning beginning, double[] inputs, int steps, double[] outputs) {
    if (simulation == null) {
      simulation =
          new DoubleRun(
              program,
              new Graph(program.graph()),
              List.of(program.output()),
              CHUNK,
              LoopCompiler::compileDouble);
      simulation.parameters(theta);
    }
    double[] state = beginning.state(theta);
    if (state == null) {
      simulation.begin();
    } else {
      simulation.beginAt(state);
    }
    for (int t = 0; t < steps; t += CHUNK) {
      int count = Math.min(CHUNK, steps - t);
      simulation.run(inputs, t * program.input().width(), count);
      simulation.read(program.output(), outputs, t * program.output().width(), count);
    }
  }

  /**
   * Runs a sequence and differentiates.
   *
   * @param inputs steps × inputs, not modified
   * @param which the steps whose derivatives are wanted
   */
  public void differentiate(
      Beginning beginning, double[] inputs, int steps, LongPredicate which, StepRows rows) {
    of(beginning).differentiate(beginning, inputs, steps, which, rows);
  }

  private Differentiation of(Beginning beginning) {
    var estimated = new TreeSet<Integer>();
    int from = 0;
    for (int s = 0; s < program.states().size(); s++) {
      int to = from + program.states().get(s).width();
      if (beginning.estimates(from, to)) {
        estimated.add(s);
      }
      from = to;
    }
    Differentiation known = differentiations.get(estimated);
    if (known == null) {
      known = new Differentiation(program, columns, depth, sensitivities, estimated);
      known.parameters(theta);
      differentiations.put(estimated, known);
    }
    return known;
  }
}
