// SPDX-License-Identifier: Apache-2.0
package dev.unspool.jacobian;

import dev.unspool.dynamics.BatchSensitivities;
import dev.unspool.dynamics.History;
import dev.unspool.dynamics.InitialConditions;
import dev.unspool.dynamics.NetworkGraph;
import dev.unspool.dynamics.SequenceJacobian;
import dev.unspool.model.Resets;
import dev.unspool.model.Steps;
import dev.unspool.network.Input;
import dev.unspool.network.Network;

/** Cuts every lane into the sequences between its resets and differentiates them in float64. */
final class NetworkJacobians implements Jacobians {
  private final Network network;
  private final NetworkGraph description;

  NetworkJacobians(Network network) {
    this.network = network;
    this.description = NetworkGraph.of(network);
  }

  @Override
  public void differentiate(
      double[] theta,
      Steps inputs,
      Resets resets,
      Steps mask,
      JacobianRequest request,
      JacobianRows rows) {
    Shapes.check(network, theta, inputs, resets, mask);
    var engine =
        new SequenceJacobian(description.graph(), request.depth(), request.sensitivities());
    engine.parameters(theta);
    for (int lane = 0; lane < inputs.lanes(); lane++) {
      int from = 0;
      for (int t = 1; t <= inputs.steps(); t++) {
        if (t == inputs.steps() || resets.at(t, lane)) {
          sequence(engine, inputs, mask, lane, from, t, request, rows);
          from = t;
        }
      }
    }
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
    var graph = description.graph();
    double[] values = new double[Math.multiplyExact(to - from, graph.inputs())];
    for (int t = from; t < to; t++) {
      description.load(
          inputs.values(),
          inputs.at(t) + lane * inputs.features(),
          values,
          (t - from) * graph.inputs());
    }
    var view = new StepJacobian(graph.outputs());
    view.lane = lane;
    engine.differentiate(
        new InitialConditions(graph),
        values,
        to - from,
        t -> mask.get(from + (int) t, lane, 0) != 0,
        (t, history, jacobian, wanted, row) -> {
          view.step = from + (int) t;
          view.depth = (int) Math.min(request.depth(), t + 1);
          view.jacobian = jacobian;
          readOutputs(history, t, view);
          if (wanted.length > 0) {
            readSensitivities(wanted, row, view);
          }
          rows.accept(view);
        });
  }

  private static void readOutputs(History history, long t, StepJacobian view) {
    for (int o = 0; o < view.outputs.length; o++) {
      view.outputs[o] = history.output(t, o);
    }
  }

  private void readSensitivities(BatchSensitivities[] wanted, int row, StepJacobian view) {
    int outputs = wanted.length;
    int features = network.inputs();
    boolean numeric = network.spec().input() instanceof Input.Numeric;
    view.inputs = new double[outputs * view.depth * features];
    for (int o = 0; o < outputs; o++) {
      for (int lag = 0; numeric && lag < view.depth; lag++) {
        for (int i = 0; i < features; i++) {
          view.inputs[(o * view.depth + lag) * features + i] = wanted[o].input(lag, i, row);
        }
      }
    }
    int hidden = network.spec().hidden();
    for (var array : network.state().arrays()) {
      int layer =
          description.firstRecurrent()
              + Integer.parseInt(
                  array.name().substring("layer".length(), array.name().indexOf('.')));
      boolean output = array.name().endsWith(".h");
      double[] values = new double[outputs * hidden];
      for (int o = 0; o < outputs; o++) {
        for (int j = 0; j < hidden; j++) {
          values[o * hidden + j] =
              output ? wanted[o].output(layer, j, row) : wanted[o].cell(layer, j, row);
        }
      }
      view.states.put(array.name(), values);
    }
  }
}
