// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import dev.unspool.model.LaneEvents;
import dev.unspool.model.Steps;
import dev.unspool.program.Program;
import dev.unspool.sequence.BatchSensitivities;
import dev.unspool.sequence.Beginning;
import dev.unspool.sequence.SequenceJacobian;
import dev.unspool.step.StepProgram;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Cuts every lane into the sequences that begin in it and differentiates them in float64. What was
 * derived for a request is kept for the next one of its kind.
 */
final class ProgramJacobians implements Jacobians {
  private final StepProgram model;
  private final Program program;

  /** Free to be used by whoever takes it. */
  private final AtomicReference<@Nullable Derived> derived = new AtomicReference<>();

  private record Derived(JacobianRequest request, SequenceJacobian engine) {}

  ProgramJacobians(StepProgram model) {
    this.model = model;
    this.program = Program.of(model.recording());
  }

  @Override
  public void differentiate(
      double[] theta,
      Steps inputs,
      LaneEvents events,
      Steps mask,
      JacobianRequest request,
      JacobianRows rows) {
    Shapes.check(model, theta, inputs, events, mask);
    var known = derived.getAndSet(null);
    var mine =
        known != null && known.request().equals(request)
            ? known
            : new Derived(
                request,
                new SequenceJacobian(
                    program, theta.length, request.depth(), request.sensitivities()));
    var engine = mine.engine();
    engine.parameters(theta);
    for (int lane = 0; lane < inputs.lanes(); lane++) {
      int from = 0;
      for (int t = 1; t <= inputs.steps(); t++) {
        if (t == inputs.steps() || events.begins(t, lane)) {
          sequence(engine, inputs, mask, lane, from, t, request, rows);
          from = t;
        }
      }
    }
    derived.set(mine);
  }

  private void sequence(
      SequenceJacobian engine,
      Steps inputs,
      Steps mask,
      int lane,
      int from,
      int to,
      JacobianRequest request,
      JacobianRows rows) {
    double[] values = values(inputs, lane, from, to);
    var view = new StepJacobian(model.outputs());
    view.lane = lane;
    engine.differentiate(
        Beginning.own(),
        values,
        to - from,
        t -> mask.get(from + (int) t, lane, 0) != 0,
        (t, history, jacobian, wanted, row) -> {
          view.step = from + (int) t;
          view.depth = (int) Math.min(request.depth(), t + 1);
          view.jacobian = jacobian;
          for (int o = 0; o < view.outputs.length; o++) {
            view.outputs[o] = history.output(t, o);
          }
          if (wanted.length > 0) {
            readSensitivities(wanted, row, view);
          }
          rows.accept(view);
        });
  }

  private double[] values(Steps inputs, int lane, int from, int to) {
    int width = inputs.features();
    double[] values = new double[Math.multiplyExact(to - from, width)];
    for (int t = from; t < to; t++) {
      for (int i = 0; i < width; i++) {
        float value = inputs.get(t, lane, i);
        if (program.classes() > 0 && !program.isClass(value)) {
          throw new IllegalArgumentException(
              "input of step %s, lane %s is %s, expected a class index from 0 to %s"
                  .formatted(t, lane, value, program.classes() - 1));
        }
        values[(t - from) * width + i] = value;
      }
    }
    return values;
  }

  private void readSensitivities(BatchSensitivities[] wanted, int row, StepJacobian view) {
    int outputs = wanted.length;
    int features = model.inputs();
    view.inputs = new double[outputs * view.depth * features];
    for (int o = 0; o < outputs; o++) {
      for (int lag = 0; lag < view.depth; lag++) {
        for (int i = 0; i < features; i++) {
          view.inputs[(o * view.depth + lag) * features + i] = wanted[o].input(lag, i, row);
        }
      }
    }
    var arrays = model.state().arrays();
    for (int s = 0; s < arrays.size(); s++) {
      int size = arrays.get(s).size();
      double[] values = new double[outputs * size];
      for (int o = 0; o < outputs; o++) {
        for (int j = 0; j < size; j++) {
          values[o * size + j] = wanted[o].state(s, j, row);
        }
      }
      view.states.put(arrays.get(s).name(), values);
    }
  }
}
