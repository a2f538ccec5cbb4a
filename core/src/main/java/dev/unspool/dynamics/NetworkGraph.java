// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import dev.unspool.model.ParameterLayout;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A built-in network as a graph of signals over the same θ.
 *
 * @param graph the graph; class indices enter as vectors of zeros with a single 1, and an embedding
 *     is a linear layer on them
 * @param firstRecurrent index of the first recurrent layer: 1 after an embedding, else 0
 */
public record NetworkGraph(Network network, SignalGraph graph, int firstRecurrent) {

  /** Whether a network is a plain one of built-in cells. */
  public static boolean describes(Network network) {
    var spec = network.spec();
    return spec.isPlain() && Cell.labels().contains(spec.cell().label());
  }

  /** Describes a network. */
  public static NetworkGraph of(Network network) {
    var spec = network.spec();
    if (!describes(network)) {
      throw new IllegalArgumentException("no derivatives in float64 of %s yet".formatted(spec));
    }
    var theta = network.parameters();
    var layers = new ArrayList<Layer>();
    int inputs = spec.input().width();
    int source = Connection.INPUT;
    int first = 0;
    if (spec.input() instanceof Input.Embedding(int classes, int size)) {
      int table = theta.slice("embedding.weight").offset();
      var lookUp = new Connection(Connection.INPUT, 0, classes, 0, false, table, 1, size);
      layers.add(new Layer(Unit.LINEAR, size, List.of(lookUp), List.of(), List.of(), 0, 0, -1));
      inputs = classes;
      source = 0;
      first = 1;
    }
    for (int l = 0; l < spec.layers(); l++) {
      int width = l == 0 ? spec.input().width() : spec.hidden();
      layers.add(recurrent(theta, spec.cell(), spec.hidden(), l, source, width, layers.size()));
      source = layers.size() - 1;
    }
    if (spec.outputs() > 0) {
      int weights = theta.slice(spec.tied() ? "embedding.weight" : "output.weight").offset();
      layers.add(
          new Layer(
              Unit.LINEAR,
              spec.outputs(),
              List.of(Connection.dense(source, spec.hidden(), 0, false, weights)),
              List.of(theta.slice("output.bias").offset()),
              List.of(),
              0,
              0,
              -1));
    }
    return new NetworkGraph(network, new SignalGraph(inputs, layers, theta.size()), first);
  }

  private static Layer recurrent(
      ParameterLayout theta, Cell cell, int hidden, int l, int source, int width, int self) {
    var input = Connection.dense(source, width, 0, false, theta.slice("weight_ih_l" + l).offset());
    var loop = Connection.dense(self, hidden, 1, true, theta.slice("weight_hh_l" + l).offset());
    int learned = initial(theta, "initial.layer" + l + ".h");
    return new Layer(
        Unit.of(cell.label()),
        hidden,
        List.of(input, loop),
        List.of(theta.slice("bias_ih_l" + l).offset()),
        List.of(theta.slice("bias_hh_l" + l).offset()),
        learned >= 0 ? 1 : 0,
        Math.max(learned, 0),
        initial(theta, "initial.layer" + l + ".c"));
  }

  private static int initial(ParameterLayout theta, String name) {
    return theta.has(name) ? theta.slice(name).offset() : -1;
  }

  /**
   * One step of input as the graph takes it.
   *
   * @param features of the network's input from {@code offset}
   * @param into overwritten from {@code at}: as many values as the graph has inputs
   */
  public void load(float[] features, int offset, double[] into, int at) {
    if (network.spec().input() instanceof Input.Numeric(int count)) {
      for (int i = 0; i < count; i++) {
        into[at + i] = features[offset + i];
      }
      return;
    }
    float index = features[offset];
    if (!(index >= 0 && index < graph.inputs()) || index != (int) index) {
      throw new IllegalArgumentException(
          "an input is %s, expected a class index from 0 to %s"
              .formatted(index, graph.inputs() - 1));
    }
    Arrays.fill(into, at, at + graph.inputs(), 0);
    into[at + (int) index] = 1;
  }
}
