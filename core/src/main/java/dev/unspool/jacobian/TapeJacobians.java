// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One sweep for every step, with an adjoint for every lane and output: what any model can do, in
 * the precision of its tape.
 */
final class TapeJacobians implements Jacobians {
  private final Model model;

  TapeJacobians(Model model) {
    this.model = model;
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
    var parameters = new Parameters(model.parameters());
    for (int i = 0; i < theta.length; i++) {
      parameters.values()[i] = (float) theta[i];
    }
    int lanes = inputs.lanes();
    int depth = Math.max(1, Math.min(request.depth(), inputs.steps()));
    var options =
        TapeOptions.inference(lanes).withCapacity(depth).withSensitivities(request.sensitivities());
    int[] start = new int[lanes];
    try (var tape = model.open(parameters, options)) {
      for (int t = 0; t < inputs.steps(); t++) {
        var reset = new LaneEvents(1, lanes);
        for (int lane = 0; lane < lanes; lane++) {
          if (events.begins(t, lane)) {
            reset.set(0, lane, true);
            start[lane] = t;
          }
        }
        tape.forward(inputs.view(t, t + 1), reset);
        int swept = Math.min(depth, t + 1);
        var outputs = tape.outputs(1);
        for (int lane = 0; lane < lanes; lane++) {
          if (mask.get(t, lane, 0) != 0) {
            var view = new StepJacobian(model.outputs());
            view.step = t;
            view.lane = lane;
            view.depth = Math.min(swept, t - start[lane] + 1);
            for (int o = 0; o < view.outputs.length; o++) {
              view.outputs[o] = outputs.get(0, lane, o);
            }
            var adjoints = adjoints(lanes, lane, request.sensitivities() ? swept : 0);
            tape.backward(swept, adjoints);
            read(adjoints, swept, view);
            rows.accept(view);
          }
        }
      }
    }
  }

  private List<Adjoint> adjoints(int lanes, int lane, int sensitivityDepth) {
    var adjoints = new ArrayList<Adjoint>();
    for (int o = 0; o < model.outputs(); o++) {
      var unit = Steps.allocate(1, lanes, model.outputs());
      unit.set(0, lane, o, 1);
      @Nullable Sensitivities wanted =
          sensitivityDepth > 0 ? new Sensitivities(model, sensitivityDepth, lanes) : null;
      adjoints.add(new Adjoint(unit, new Gradient(model.parameters()), wanted));
    }
    return adjoints;
  }

  private void read(List<Adjoint> adjoints, int swept, StepJacobian view) {
    int parameters = model.parameters().size();
    int outputs = adjoints.size();
    int features = model.inputs();
    view.jacobian = new double[outputs * parameters];
    view.inputs = new double[outputs * view.depth * features];
    for (int o = 0; o < outputs; o++) {
      float[] gradient = adjoints.get(o).into().values();
      for (int p = 0; p < parameters; p++) {
        view.jacobian[o * parameters + p] = gradient[p];
      }
      var wanted = adjoints.get(o).sensitivities();
      if (wanted == null) {
        view.inputs = new double[0];
        continue;
      }
      for (int lag = 0; lag < view.depth; lag++) {
        for (int i = 0; i < features; i++) {
          view.inputs[(o * view.depth + lag) * features + i] =
              wanted.inputs().get(swept - 1 - lag, view.lane, i);
        }
      }
      for (var array : model.state().arrays()) {
        double[] values =
            view.states.computeIfAbsent(array.name(), _ -> new double[outputs * array.size()]);
        for (int j = 0; j < array.size(); j++) {
          values[o * array.size() + j] =
              wanted.state(array.name()).get(swept - view.depth, view.lane, j);
        }
      }
    }
  }
}
