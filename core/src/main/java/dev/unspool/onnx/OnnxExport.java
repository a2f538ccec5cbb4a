// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.model.Parameters;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.onnx.Graph.Attribute;
import dev.unspool.onnx.Graph.Extent;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Writes a trained network as ONNX (operator set 14), which ONNX Runtime and many others run.
 *
 * <p>The graph takes {@code x} (steps × lanes × inputs of float32, or steps × lanes of int64 where
 * the input is a class index) and the state in PyTorch's shape, {@code h} (and {@code c} for an
 * LSTM) of layers × lanes × H. It returns {@code y} (steps × lanes × outputs) and the new state,
 * {@code h_next} (and {@code c_next}); a caller that feeds it back runs a sequence in pieces.
 * Numbers of steps and lanes are open. Where the initial state is learned, the outputs {@code
 * h_initial} (and {@code c_initial}), layers × 1 × H, give it. Dropout is left out.
 */
public final class OnnxExport {
  /** No protobuf message is longer. */
  private static final long LIMIT = Integer.MAX_VALUE;

  private static final Extent STEPS = Extent.of("steps");
  private static final Extent LANES = Extent.of("lanes");

  private final NetworkSpec spec;
  private final Parameters theta;
  private final Graph graph = new Graph("unspool");

  private OnnxExport(NetworkSpec spec, Parameters theta) {
    this.spec = spec;
    this.theta = theta;
  }

  /**
   * Writes a file.
   *
   * @param theta of {@code network}; not modified
   * @throws IllegalArgumentException if the parameters are those of another network, or more than
   *     an ONNX file can hold (2 GB)
   */
  public static void write(Network network, Parameters theta, Path file) throws IOException {
    if (!theta.layout().equals(network.parameters())) {
      throw new IllegalArgumentException(
          "the parameters have %s values, the network (%s) %s in another layout"
              .formatted(theta.layout().size(), network, network.parameters().size()));
    }
    NetworkSpec spec = network.spec();
    if (!spec.isPlain() || !Cell.labels().contains(spec.cell().label())) {
      throw new IllegalArgumentException("no ONNX of %s yet".formatted(spec));
    }
    if ((long) Float.BYTES * theta.layout().size() > LIMIT) {
      throw tooLong((long) Float.BYTES * theta.layout().size());
    }
    Message model = new OnnxExport(spec, theta).model();
    if (model.size() > LIMIT) {
      throw tooLong(model.size());
    }
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      model.writeTo(out);
    }
  }

  private static IllegalArgumentException tooLong(long bytes) {
    return new IllegalArgumentException(
        "the model takes %s bytes, and an ONNX file holds at most %s: store it as safetensors"
            .formatted(bytes, LIMIT));
  }

  private Message model() {
    List<String> arrays = arrays();
    String below = input();
    for (String array : arrays) {
      stateInput(array);
    }
    graph.constant("directions", new long[] {1}, 1);
    for (int layer = 0; layer < spec.layers(); layer++) {
      boolean last = layer == spec.layers() - 1 && spec.outputs() == 0;
      below = layer(layer, below, last ? "y" : "layer%s.y".formatted(layer));
    }
    output(below);
    for (String array : arrays) {
      stateOutput(array);
    }
    return graph.model();
  }

  /** What the first layer sees. */
  private String input() {
    return switch (spec.input()) {
      case Input.Numeric(int features) -> {
        graph.input("x", Graph.Type.FLOAT, STEPS, LANES, Extent.of(features));
        yield "x";
      }
      case Input.OneHot(int classes) -> {
        graph.input("x", Graph.Type.INT64, STEPS, LANES);
        graph.constant("classes", new long[] {classes});
        graph.constant("off_on", new float[] {0, 1}, 2);
        graph.operator("OneHot", List.of("x", "classes", "off_on"), List.of("one_hot"));
        yield "one_hot";
      }
      case Input.Embedding(int classes, int size) -> {
        graph.input("x", Graph.Type.INT64, STEPS, LANES);
        graph.constant("embedding.weight", theta.get("embedding.weight"), classes, size);
        graph.operator("Gather", List.of("embedding.weight", "x"), List.of("embedded"));
        yield "embedded";
      }
    };
  }

  private String ofLayer(int layer, String name) {
    return "layer%s.%s".formatted(layer, name);
  }

  private List<String> ofLayers(String name) {
    return IntStream.range(0, spec.layers()).mapToObj(layer -> ofLayer(layer, name)).toList();
  }

  private void stateInput(String array) {
    graph.input(array, Graph.Type.FLOAT, Extent.of(spec.layers()), LANES, Extent.of(spec.hidden()));
    if (spec.layers() == 1) {
      graph.operator("Identity", List.of(array), ofLayers(array));
    } else {
      graph.operator("Split", List.of(array), ofLayers(array), Attribute.of("axis", 0));
    }
  }

  private void stateOutput(String array) {
    String next = array + "_next";
    graph.operator("Concat", ofLayers(next), List.of(next), Attribute.of("axis", 0));
    graph.output(next, Graph.Type.FLOAT, Extent.of(spec.layers()), LANES, Extent.of(spec.hidden()));
    if (!spec.learnedInitialState()) {
      return;
    }
    String initial = array + "_initial";
    float[] values = all(layer -> theta.get("initial." + ofLayer(layer, array)), spec.layers());
    graph.constant("initial." + array, values, spec.layers(), 1, spec.hidden());
    graph.operator("Identity", List.of("initial." + array), List.of(initial));
    graph.output(
        initial,
        Graph.Type.FLOAT,
        Extent.of(spec.layers()),
        Extent.of(1),
        Extent.of(spec.hidden()));
  }

  private String layer(int layer, String below, String above) {
    int hidden = spec.hidden();
    float[] inputs = gates("weight_ih_l" + layer);
    int rows = order().length * hidden;
    graph.constant(ofLayer(layer, "W"), inputs, 1, rows, inputs.length / rows);
    graph.constant(ofLayer(layer, "R"), gates("weight_hh_l" + layer), 1, rows, hidden);
    float[] biases = all(i -> gates((i == 0 ? "bias_ih_l" : "bias_hh_l") + layer), 2);
    graph.constant(ofLayer(layer, "B"), biases, 1, 2L * rows);
    var from = new ArrayList<>(List.of(below));
    List.of("W", "R", "B").forEach(name -> from.add(ofLayer(layer, name)));
    from.add(""); // lengths of the lanes: all are as long as x
    var to = new ArrayList<>(List.of(ofLayer(layer, "directed")));
    for (String array : arrays()) {
      from.add(ofLayer(layer, array));
      to.add(ofLayer(layer, array + "_next"));
    }
    Attribute units = Attribute.of("hidden_size", hidden);
    switch (spec.cell().label()) {
      case "lstm" -> graph.operator("LSTM", from, to, units);
      case "gru" ->
          // The reset gate inside the recurrent product, as PyTorch has it.
          graph.operator("GRU", from, to, units, Attribute.of("linear_before_reset", 1));
      case "rnn-tanh" -> graph.operator("RNN", from, to, units, activation("Tanh"));
      default -> graph.operator("RNN", from, to, units, activation("Relu"));
    }
    graph.operator("Squeeze", List.of(to.getFirst(), "directions"), List.of(above));
    return above;
  }

  private static Attribute activation(String name) {
    return Attribute.strings("activations", name);
  }

  private void output(String below) {
    int width = spec.outputs() > 0 ? spec.outputs() : spec.hidden();
    graph.output("y", Graph.Type.FLOAT, STEPS, LANES, Extent.of(width));
    if (spec.outputs() == 0) {
      return;
    }
    String weight = spec.tied() ? "embedding.weight" : "output.weight";
    if (!spec.tied()) {
      graph.constant(weight, theta.get(weight), width, spec.hidden());
    }
    graph.constant("output.bias", theta.get("output.bias"), width);
    Attribute turned = Attribute.integers("perm", 1, 0);
    graph.operator("Transpose", List.of(weight), List.of("output.matrix"), turned);
    graph.operator("MatMul", List.of(below, "output.matrix"), List.of("output.product"));
    graph.operator("Add", List.of("output.product", "output.bias"), List.of("y"));
  }

  /** A parameter with the blocks of its gates in ONNX's order. */
  private float[] gates(String name) {
    int[] order = order();
    float[] values = theta.get(name);
    int block = values.length / order.length;
    var ordered = new float[values.length];
    for (int gate = 0; gate < order.length; gate++) {
      System.arraycopy(values, order[gate] * block, ordered, gate * block, block);
    }
    return ordered;
  }

  private int[] order() {
    return switch (spec.cell().label()) {
      case "lstm" -> new int[] {0, 3, 1, 2}; // i, f, g, o become i, o, f, c
      case "gru" -> new int[] {1, 0, 2}; // r, z, n become z, r, h
      default -> new int[] {0};
    };
  }

  private List<String> arrays() {
    return spec.cell().equals(Cell.LSTM) ? List.of("h", "c") : List.of("h");
  }

  /** So many arrays of one length behind each other. */
  private static float[] all(IntFunction<float[]> arrays, int count) {
    float[] first = arrays.apply(0);
    var all = new float[count * first.length];
    for (int i = 0; i < count; i++) {
      System.arraycopy(arrays.apply(i), 0, all, i * first.length, first.length);
    }
    return all;
  }
}
