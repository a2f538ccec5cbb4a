// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import dev.unspool.model.ParameterLayout;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.reference.Graph.Node;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of one lane, as PyTorch's documentation writes the cells down, one unit at a time. */
final class ReferenceNetwork implements ReferenceStep {
  private static final List<Cell> CELLS =
      List.of(Cell.RNN_TANH, Cell.RNN_RELU, Cell.GRU, Cell.LSTM);

  private final Network network;
  private final ParameterLayout layout;
  private final int hidden;

  ReferenceNetwork(Network network) {
    this.network = network;
    this.layout = network.parameters();
    this.hidden = network.spec().hidden();
  }

  /**
   * Whether it is one of those that are written down here; others are {@link ReferenceProgram}s.
   */
  static boolean knows(Network network) {
    return network.spec().isPlain() && CELLS.contains(network.spec().cell());
  }

  @Override
  public Network model() {
    return network;
  }

  @Override
  public Node[][] initial(Graph graph, Node[] theta) {
    var arrays = network.state().arrays();
    Node[][] state = new Node[arrays.size()][];
    for (int a = 0; a < state.length; a++) {
      String name = "initial." + arrays.get(a).name();
      state[a] = new Node[hidden];
      for (int j = 0; j < hidden; j++) {
        state[a][j] =
            network.spec().learnedInitialState()
                ? graph.same(theta[layout.slice(name).offset() + j])
                : graph.leaf(0);
      }
    }
    return state;
  }

  /** Masks are between a layer and the one below, for each layer above the first. */
  @Override
  public Result step(
      Graph graph, Node[] theta, Node[] input, Node[][] entering, double @Nullable [][] masks) {
    var spec = network.spec();
    int arrays = entering.length / spec.layers();
    Node[][] leaving = new Node[entering.length][];
    Node[] x = firstInput(graph, theta, input);
    for (int layer = 0; layer < spec.layers(); layer++) {
      if (layer > 0 && masks != null) {
        Node[] kept = new Node[hidden];
        for (int j = 0; j < hidden; j++) {
          kept[j] = graph.scale(masks[layer - 1][j], x[j]);
        }
        x = kept;
      }
      Node[][] state = Arrays.copyOfRange(entering, layer * arrays, (layer + 1) * arrays);
      Node[][] next = cell(graph, theta, layer, x, state);
      System.arraycopy(next, 0, leaving, layer * arrays, arrays);
      x = next[0];
    }
    return new Result(leaving, outputs(graph, theta, x));
  }

  private Node[] firstInput(Graph graph, Node[] theta, Node[] input) {
    return switch (network.spec().input()) {
      case Input.Numeric _ -> input;
      case Input.OneHot(int classes) -> {
        Node[] x = new Node[classes];
        for (int k = 0; k < classes; k++) {
          x[k] = graph.leaf(k == (int) input[0].value() ? 1 : 0);
        }
        yield x;
      }
      case Input.Embedding(int _, int size) -> {
        int row = layout.slice("embedding.weight").offset() + size * (int) input[0].value();
        Node[] x = new Node[size];
        Arrays.setAll(x, j -> graph.same(theta[row + j]));
        yield x;
      }
    };
  }

  private Node[][] cell(Graph g, Node[] theta, int layer, Node[] x, Node[][] state) {
    Node[] h = state[0];
    Node[] next = new Node[hidden];
    Node[] nextCell = new Node[hidden];
    for (int j = 0; j < hidden; j++) {
      switch (network.spec().cell().label()) {
        case "rnn-tanh" -> next[j] = g.tanh(both(g, theta, layer, 0, j, x, h));
        case "rnn-relu" -> next[j] = g.rectify(both(g, theta, layer, 0, j, x, h));
        case "gru" -> {
          Node r = g.sigmoid(both(g, theta, layer, 0, j, x, h));
          Node z = g.sigmoid(both(g, theta, layer, 1, j, x, h));
          Node recurrent = g.multiply(r, side(g, theta, "hh", layer, 2, j, h));
          Node n = g.tanh(g.add(side(g, theta, "ih", layer, 2, j, x), recurrent));
          Node rest = g.subtract(g.constant(1), z);
          next[j] = g.add(g.multiply(rest, n), g.multiply(z, h[j]));
        }
        case "lstm" -> {
          Node i = g.sigmoid(both(g, theta, layer, 0, j, x, h));
          Node f = g.sigmoid(both(g, theta, layer, 1, j, x, h));
          Node c = g.tanh(both(g, theta, layer, 2, j, x, h));
          Node o = g.sigmoid(both(g, theta, layer, 3, j, x, h));
          nextCell[j] = g.add(g.multiply(f, state[1][j]), g.multiply(i, c));
          next[j] = g.multiply(o, g.tanh(nextCell[j]));
        }
        default -> throw new IllegalArgumentException("no reference of " + network);
      }
    }
    return state.length == 2 ? new Node[][] {next, nextCell} : new Node[][] {next};
  }

  /** W_i·x + b_i + W_h·h + b_h for one unit of one gate. */
  private Node both(Graph g, Node[] theta, int layer, int gate, int unit, Node[] x, Node[] h) {
    return g.add(
        side(g, theta, "ih", layer, gate, unit, x), side(g, theta, "hh", layer, gate, unit, h));
  }

  private Node side(
      Graph graph, Node[] theta, String side, int layer, int gate, int unit, Node[] x) {
    int row = gate * hidden + unit;
    int bias = layout.slice("bias_" + side + "_l" + layer).offset() + row;
    int weights = layout.slice("weight_" + side + "_l" + layer).offset() + row * x.length;
    return graph.affine(theta[bias], theta, weights, x);
  }

  private Node[] outputs(Graph graph, Node[] theta, Node[] h) {
    var spec = network.spec();
    if (spec.outputs() == 0) {
      return h;
    }
    int weights = layout.slice(spec.tied() ? "embedding.weight" : "output.weight").offset();
    int bias = layout.slice("output.bias").offset();
    Node[] y = new Node[spec.outputs()];
    for (int k = 0; k < y.length; k++) {
      y[k] = graph.affine(theta[bias + k], theta, weights + k * hidden, h);
    }
    return y;
  }
}
