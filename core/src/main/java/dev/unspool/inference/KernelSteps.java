// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import dev.unspool.model.Parameters;
import dev.unspool.model.State;
import dev.unspool.predict.Precision;
import dev.unspool.predict.RecordedStep;
import dev.unspool.predict.StepEngine;
import dev.unspool.predict.StepRunner;
import dev.unspool.predict.Weights;
import dev.unspool.step.StepProgram;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Runs the steps of a {@link dev.unspool.predict.Forecaster} in the compiled loops and kernels that
 * training uses: {@code Forecaster.load} finds it where this library is on the class path or module
 * path. Models of plants, which are run in float64, stay with plain loops.
 */
public final class KernelSteps implements StepEngine {
  /** As {@link java.util.ServiceLoader} makes it. */
  public KernelSteps() {}

  @Override
  public StepRunner prepare(RecordedStep step, Weights weights, Precision precision) {
    if (precision == Precision.FLOAT64) {
      return StepEngine.PLAIN.prepare(step, weights, precision);
    }
    StepProgram program = StepProgram.of(step);
    var theta = new Parameters(program.parameters());
    for (RecordedStep.Shape shape : step.weights()) {
      int at = theta.layout().slice(shape.name()).offset();
      for (double weight : weights.get(shape)) {
        theta.values()[at++] = (float) weight;
      }
    }
    return new Runner(program, theta);
  }

  private static final class Runner implements StepRunner {
    private final StepProgram program;
    private final Parameters theta;

    /** Those that nobody uses at the moment: as many as steps ran at once. */
    private final ConcurrentLinkedDeque<Desk> desks = new ConcurrentLinkedDeque<>();

    Runner(StepProgram program, Parameters theta) {
      this.program = program;
      this.theta = theta;
      desks.push(new Desk()); // what cannot be compiled is found now
    }

    /** A place to run steps at. */
    private final class Desk {
      final Predictor predictor = new Predictor(program, theta);
      final State state = new State(program.state(), 1);
      final float[] inputs = new float[program.inputs()];
    }

    private Desk desk() {
      Desk desk = desks.poll();
      return desk != null ? desk : new Desk();
    }

    @Override
    public void step(double[] x, double[] state, double[] y) {
      Desk desk = desk();
      for (int i = 0; i < x.length; i++) {
        desk.inputs[i] = (float) x[i];
      }
      int at = 0;
      for (var array : program.state().arrays()) {
        float[] values = desk.state.array(array.name());
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) state[at++];
        }
      }
      desk.predictor.restore(desk.state);
      float[] outputs = desk.predictor.step(desk.inputs);
      for (int i = 0; i < y.length; i++) {
        y[i] = outputs[i];
      }
      flatten(desk.predictor.state(), state);
      desks.push(desk);
    }

    @Override
    public double[] initial() {
      Desk desk = desk();
      desk.predictor.reset();
      double[] state = new double[program.state().size()];
      flatten(desk.predictor.state(), state);
      desks.push(desk);
      return state;
    }

    private static void flatten(State state, double[] into) {
      int at = 0;
      for (var array : state.layout().arrays()) {
        for (float value : state.array(array.name())) {
          into[at++] = value;
        }
      }
    }
  }
}
