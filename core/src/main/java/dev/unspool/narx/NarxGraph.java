// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import dev.unspool.dynamics.Connection;
import dev.unspool.dynamics.Layer;
import dev.unspool.dynamics.SignalGraph;
import dev.unspool.dynamics.Unit;
import dev.unspool.model.ParameterLayout;
import dev.unspool.network.Cell;
import java.util.ArrayList;
import java.util.List;

/**
 * A NARX model as a graph of signals over the parameters of its program. Initial outputs come last.
 */
final class NarxGraph {
  private final NarxSpec spec;
  private final ParameterLayout theta;

  private NarxGraph(NarxSpec spec, ParameterLayout theta) {
    this.spec = spec;
    this.theta = theta;
  }

  /**
   * The graph.
   *
   * @param closed whether outputs are fed back; otherwise measured outputs come in as further
   *     inputs behind u
   * @param initialDelays number of initial outputs that are parameters
   * @param block which block of initial outputs, of {@code blocks}: one for each sequence
   */
  static SignalGraph of(
      NarxSpec spec,
      ParameterLayout theta,
      boolean closed,
      int initialDelays,
      int block,
      int blocks) {
    return new NarxGraph(spec, theta).build(closed, initialDelays, block, blocks);
  }

  private SignalGraph build(boolean closed, int initialDelays, int block, int blocks) {
    var layers = new ArrayList<Layer>();
    var sizes = spec.core().sizes();
    for (int l = 0; l < sizes.size(); l++) {
      layers.add(layer(l, unit(), sizes.get(l), closed, 0, 0));
    }
    int output = sizes.size();
    var last = layer(output, Unit.LINEAR, spec.outputs(), closed, initialDelays, 0);
    int all = exactly(exactly(blocks, initialDelays), spec.outputs());
    int initial = theta.size() + block * initialDelays * spec.outputs();
    layers.add(
        new Layer(
            last.unit(),
            last.size(),
            last.connections(),
            last.biases(),
            last.recurrentBiases(),
            initialDelays,
            initial,
            -1));
    return new SignalGraph(
        spec.inputs() + spec.outputs(),
        layers,
        Math.toIntExact(fitting((long) theta.size() + all)));
  }

  private Unit unit() {
    return switch (spec.core()) {
      case NarxCore.Tanh _ -> Unit.TANH;
      case NarxCore.Recurrent(Cell cell, List<Integer> _) -> Unit.of(cell.label());
    };
  }

  private int width(int layer) {
    var sizes = spec.core().sizes();
    return layer == sizes.size() ? spec.outputs() : sizes.get(layer);
  }

  private Layer layer(int l, Unit unit, int units, boolean closed, int initialDelays, int initial) {
    int output = spec.core().sizes().size();
    var connections = new ArrayList<Connection>();
    String own = name(l) + ".";
    boolean recurrent = l < output && spec.core() instanceof NarxCore.Recurrent;
    String matrix = recurrent ? "weight_ih_l" + l : "";
    if (l == 0) {
      connect(
          connections,
          recurrent ? matrix : own + "input.weight",
          Connection.INPUT,
          0,
          spec.inputs(),
          spec.seenInputs());
      connect(
          connections,
          recurrent ? matrix : own + "output.weight",
          closed ? output : Connection.INPUT,
          closed ? 0 : spec.inputs(),
          spec.outputs(),
          spec.outputDelays());
    } else {
      connect(connections, recurrent ? matrix : own + "weight", l - 1, 0, width(l - 1), List.of(0));
    }
    for (int source = l; source <= output; source++) {
      if (l > 0 || source < output) {
        connect(
            connections,
            recurrent ? matrix : own + name(source) + ".weight",
            source,
            0,
            width(source),
            spec.internalDelays());
      }
    }
    var biases = List.of(theta.slice(recurrent ? "bias_ih_l" + l : own + "bias").offset());
    var recurrentBiases = List.<Integer>of();
    if (recurrent) {
      connections.add(Connection.dense(l, units, 1, true, theta.slice("weight_hh_l" + l).offset()));
      recurrentBiases = List.of(theta.slice("bias_hh_l" + l).offset());
    }
    return new Layer(unit, units, connections, biases, recurrentBiases, initialDelays, initial, -1);
  }

  /** Taps side by side in one matrix; those of a recurrent layer follow what is there already. */
  private void connect(
      List<Connection> into, String matrix, int source, int from, int width, List<Integer> delays) {
    if (delays.isEmpty()) {
      return;
    }
    var slice = theta.slice(matrix);
    int columns = slice.shape().get(1);
    int before =
        matrix.startsWith("weight_ih") ? into.stream().mapToInt(Connection::columns).sum() : 0;
    for (int i = 0; i < delays.size(); i++) {
      into.add(
          new Connection(
              source,
              from,
              width,
              delays.get(i),
              false,
              slice.offset() + before + i * width,
              columns,
              1));
    }
  }

  private String name(int l) {
    return l == spec.core().sizes().size() ? "output" : "layer" + l;
  }

  private static int exactly(int a, int b) {
    return Math.toIntExact(fitting((long) a * b));
  }

  private static long fitting(long parameters) {
    if (parameters > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a NARX model has at most %s parameters, this one more than %s: use fewer units or delays"
              .formatted(Integer.MAX_VALUE, parameters - 1));
    }
    return parameters;
  }
}
