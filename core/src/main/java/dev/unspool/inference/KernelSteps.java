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
    return of(program, theta);
  }

  /**
   * Runs steps of a model that is in memory.
   *
   * @param theta its weights, shared and not to be modified
   */
  public static StepRunner of(StepProgram program, Parameters theta) {
    return new Runner(program, theta, 1);
  }

  private static final class Runner implements StepRunner {
    private final StepProgram program;
    private final Parameters theta;
    private final int lanes;

    /** Those that nobody uses at the moment: as many as steps ran at once. */
    private final ConcurrentLinkedDeque<Desk> desks = new ConcurrentLinkedDeque<>();

    Runner(StepProgram program, Parameters theta, int lanes) {
      this.program = program;
      this.theta = theta;
      this.lanes = lanes;
      desks.push(new Desk()); // what cannot be compiled is found now
    }

    /** A place to run steps at. */
    private final class Desk {
      final Predictor predictor = new Predictor(program, theta, lanes);
      final State state = new State(program.state(), lanes);
      final float[] inputs = new float[lanes * program.inputs()];
    }

    private Desk desk() {
      Desk desk = desks.poll();
      return desk != null ? desk : new Desk();
    }

    @Override
    public StepRunner beside(int count) {
      return new Runner(program, theta, count);
    }

    @Override
    public void step(double[] x, double[] state, double[] y) {
      Desk desk = desk();
      for (int i = 0; i < x.length; i++) {
        desk.inputs[i] = (float) x[i];
      }
      apart(state, desk.state);
      desk.predictor.restore(desk.state);
      float[] outputs = desk.predictor.step(desk.inputs);
      for (int i = 0; i < y.length; i++) {
        y[i] = outputs[i];
      }
      together(desk.predictor.state(), state);
      desks.push(desk);
    }

    @Override
    public double[] initial() {
      Desk desk = desk();
      desk.predictor.reset();
      double[] state = new double[lanes * program.state().size()];
      together(desk.predictor.state(), state);
      desks.push(desk);
      return state;
    }

    /** From a lane behind the other to an array behind the other. */
    private void apart(double[] state, State into) {
      int all = state.length / lanes;
      int before = 0;
      for (var array : program.state().arrays()) {
        float[] values = into.array(array.name());
        int width = values.length / lanes;
        for (int lane = 0; lane < lanes; lane++) {
          for (int i = 0; i < width; i++) {
            values[lane * width + i] = (float) state[lane * all + before + i];
          }
        }
        before += width;
      }
    }

    /** And back. */
    private void together(State state, double[] into) {
      int all = into.length / lanes;
      int before = 0;
      for (var array : program.state().arrays()) {
        float[] values = state.array(array.name());
        int width = values.length / lanes;
        for (int lane = 0; lane < lanes; lane++) {
          for (int i = 0; i < width; i++) {
            into[lane * all + before + i] = values[lane * width + i];
          }
        }
        before += width;
      }
    }
  }
}
