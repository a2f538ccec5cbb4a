// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

/**
 * What the signals were before the first step. Zeros when new; layers whose initial conditions are
 * parameters take them from θ instead.
 */
public final class InitialConditions {
  /** Delays × inputs, delay 1 (the newest) first. */
  public final double[] inputs;

  /** For each layer, delays × size, delay 1 (the newest) first. */
  public final double[][] outputs;

  /** For each layer, the c of an LSTM; empty for others. */
  public final double[][] cells;

  /** Zeros. */
  public InitialConditions(SignalGraph graph) {
    int delays = graph.delays();
    inputs = new double[delays * graph.inputs()];
    outputs = new double[graph.layers().size()][];
    cells = new double[graph.layers().size()][];
    for (int l = 0; l < outputs.length; l++) {
      var layer = graph.layers().get(l);
      outputs[l] = new double[delays * layer.size()];
      cells[l] = new double[layer.unit() == Unit.LSTM ? layer.size() : 0];
    }
  }
}
