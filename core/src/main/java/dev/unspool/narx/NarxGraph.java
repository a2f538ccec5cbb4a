// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import dev.unspool.dynamics.Connection;
import dev.unspool.dynamics.Layer;
import dev.unspool.dynamics.SignalGraph;
import dev.unspool.dynamics.Unit;
import dev.unspool.network.Cell;
import java.util.ArrayList;
import java.util.List;

/**
 * Lays a NARX model out. θ holds, layer by layer: for each connection, in the order inputs (by
 * tap), previous layer, fed-back outputs (by tap), internal delays (by source layer and tap), own
 * recurrence, its weights as a row-major matrix; then the biases. Initial outputs come last.
 */
final class NarxGraph {
  private final NarxSpec spec;
  private int size;

  private NarxGraph(NarxSpec spec) {
    this.spec = spec;
  }

  /**
   * The graph.
   *
   * @param closed whether outputs are fed back; otherwise measured outputs come in as further
   *     inputs behind u
   * @param initialDelays number of initial outputs that are parameters
   * @param block which block of initial outputs, of {@code blocks}: one for each sequence
   */
  static SignalGraph of(NarxSpec spec, boolean closed, int initialDelays, int block, int blocks) {
    return new NarxGraph(spec).build(closed, initialDelays, block, blocks);
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
    int initial = size + block * initialDelays * spec.outputs();
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
        spec.inputs() + spec.outputs(), layers, Math.toIntExact(fitting((long) size + all)));
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
    int sums = exactly(unit.gates(), units);
    int output = spec.core().sizes().size();
    var connections = new ArrayList<Connection>();
    if (l == 0) {
      for (int delay : spec.inputDelays()) {
        connections.add(connect(sums, Connection.INPUT, 0, spec.inputs(), delay, false));
      }
      for (int delay : spec.outputDelays()) {
        connections.add(
            closed
                ? connect(sums, output, 0, spec.outputs(), delay, false)
                : connect(sums, Connection.INPUT, spec.inputs(), spec.outputs(), delay, false));
      }
    } else {
      connections.add(connect(sums, l - 1, 0, width(l - 1), 0, false));
    }
    for (int source = l; source <= output; source++) {
      if (l == 0 && source == output) {
        continue; // outputDelays say what comes back there
      }
      for (int delay : spec.internalDelays()) {
        connections.add(connect(sums, source, 0, width(source), delay, false));
      }
    }
    var recurrentBiases = List.<Integer>of();
    if (l < output && spec.core() instanceof NarxCore.Recurrent) {
      connections.add(connect(sums, l, 0, units, 1, true));
      if (unit == Unit.GRU) {
        recurrentBiases = List.of(take(sums));
      }
    }
    return new Layer(
        unit, units, connections, List.of(take(sums)), recurrentBiases, initialDelays, initial, -1);
  }

  private Connection connect(
      int sums, int source, int from, int columns, int delay, boolean recurrent) {
    return new Connection(
        source, from, columns, delay, recurrent, take(exactly(sums, columns)), columns, 1);
  }

  private int take(int count) {
    int offset = size;
    size = Math.toIntExact(fitting((long) size + count));
    return offset;
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
