// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Written files are read back and run by an interpreter that knows only ONNX's specification. */
final class OnnxExportTest {
  private static final int LANES = 2;
  private static final int STEPS = 6;

  @TempDir Path folder;

  /** Every cell with every input, one and two layers, with and without an output layer. */
  static List<NetworkSpec> specs() {
    var specs = new ArrayList<NetworkSpec>();
    for (Cell cell : Cell.builtIn()) {
      specs.add(NetworkSpec.of(cell, 3, 4, 2));
      specs.add(NetworkSpec.of(cell, 3, 4, 0).withLayers(2));
      specs.add(NetworkSpec.of(cell, new Input.OneHot(5), 3, 2).withLayers(3));
      specs.add(NetworkSpec.of(cell, new Input.Embedding(5, 2), 3, 0));
      specs.add(NetworkSpec.of(cell, new Input.Embedding(5, 4), 4, 5).withTiedOutput());
    }
    return specs;
  }

  @ParameterizedTest
  @MethodSource("specs")
  void theGraphGivesTheSameOutputsAndCarriesTheState(NetworkSpec spec) throws IOException {
    var network = new Network(spec);
    Parameters theta = network.initialise(new SplitMix64(2));
    OnnxRun file = written(network, theta);
    var random = new Random(3);
    boolean numeric = spec.input() instanceof Input.Numeric;
    Steps x = Steps.allocate(STEPS, LANES, network.inputs());
    for (int i = 0; i < x.size(); i++) {
      x.values()[i] = numeric ? (float) random.nextGaussian() : random.nextInt(5);
    }
    State start = new State(network.state(), LANES);
    for (var array : network.state().arrays()) {
      float[] values = start.array(array.name());
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
    }
    Map<String, Array> carried = stacked(spec, start);
    var options = TapeOptions.training(LANES, STEPS).withOutputWindow(STEPS);
    try (var tape = network.open(theta, options)) {
      tape.restore(start);
      for (int from = 0; from < STEPS; from += STEPS / 2) {
        Steps part = x.view(from, from + STEPS / 2).copy();
        var inputs = new HashMap<>(carried);
        Array all = Array.of(part.values(), STEPS / 2, LANES, network.inputs());
        inputs.put("x", numeric ? all : all.reshaped(STEPS / 2, LANES));
        Map<String, Array> found = file.run(inputs);
        tape.forward(part);
        float[] y = tape.outputs(STEPS / 2).copy().values();
        assertClose(Array.of(y, STEPS / 2, LANES, network.outputs()), value(found, "y"));
        stacked(spec, tape.state())
            .forEach((name, state) -> assertClose(state, value(found, name + "_next")));
        arrays(spec).forEach(a -> carried.put(a, value(found, a + "_next")));
      }
    }
  }

  private OnnxRun written(Network network, Parameters theta) throws IOException {
    Path path = folder.resolve("network.onnx");
    OnnxExport.write(network, theta, path);
    return new OnnxRun(path);
  }

  private static Array value(Map<String, Array> values, String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  private static void assertClose(Array expected, Array found) {
    assertArrayEquals(expected.shape(), found.shape());
    assertArrayEquals(expected.values(), found.values(), 1e-5);
  }

  private static List<String> arrays(NetworkSpec spec) {
    return spec.cell().equals(Cell.LSTM) ? List.of("h", "c") : List.of("h");
  }

  /** The state as PyTorch and ONNX have it: layers × lanes × H. */
  private static Map<String, Array> stacked(NetworkSpec spec, State state) {
    var all = new HashMap<String, Array>();
    int size = LANES * spec.hidden();
    for (String array : arrays(spec)) {
      var values = new float[spec.layers() * size];
      for (int layer = 0; layer < spec.layers(); layer++) {
        float[] one = state.array("layer%s.%s".formatted(layer, array));
        System.arraycopy(one, 0, values, layer * size, size);
      }
      all.put(array, Array.of(values, spec.layers(), LANES, spec.hidden()));
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm", "gru"})
  void aLearnedInitialStateIsAnOutput(Cell cell) throws IOException {
    var spec = NetworkSpec.of(cell, 3, 4, 2).withLayers(2).withLearnedInitialState();
    var network = new Network(spec);
    Parameters theta = network.initialise(new SplitMix64(2));
    Array h = Array.zeros(2, 1, 4);
    for (int layer = 0; layer < 2; layer++) {
      var values = new float[4];
      for (int unit = 0; unit < 4; unit++) {
        values[unit] = 0.1f * layer + unit;
        h.set(values[unit], layer, 0, unit);
      }
      theta.set("initial.layer%s.h".formatted(layer), values);
    }
    OnnxRun file = written(network, theta);
    var inputs = stacked(spec, new State(network.state(), LANES));
    inputs.put("x", Array.zeros(1, LANES, 3));
    assertClose(h, value(file.run(inputs), "h_initial"));
  }

  @Test
  void inputsAndOutputsAreDeclared() throws IOException {
    var spec = NetworkSpec.of(Cell.LSTM, new Input.Embedding(5, 2), 3, 4).withLayers(2);
    var network = new Network(spec);
    OnnxRun file = written(network, network.initialise(new SplitMix64(1)));
    assertEquals(
        List.of("x int64 [steps, lanes]", "h float [2, lanes, 3]", "c float [2, lanes, 3]"),
        file.signature(11));
    assertEquals(
        List.of(
            "y float [steps, lanes, 4]",
            "h_next float [2, lanes, 3]",
            "c_next float [2, lanes, 3]"),
        file.signature(12));
    assertEquals(7, file.model().number(1));
    assertEquals(14, file.model().message(8).number(2));
    var names = new ArrayList<String>();
    file.graph().messages(1).forEach(node -> names.add(node.text(3)));
    assertEquals(names.size(), names.stream().distinct().count(), "names of nodes: " + names);
  }

  @Test
  void parametersOfAnotherNetworkAreRefused() {
    var lstm = new Network(NetworkSpec.of(Cell.LSTM, 3, 4, 2));
    var gru = new Network(NetworkSpec.of(Cell.GRU, 3, 4, 2));
    Parameters theta = gru.initialise(new SplitMix64(1));
    Path path = folder.resolve("never");
    var thrown =
        assertThrows(IllegalArgumentException.class, () -> OnnxExport.write(lstm, theta, path));
    String message = String.valueOf(thrown.getMessage());
    assertTrue(message.contains("lstm 3→4, 1 layer, 2 outputs"), message);
  }

  @Test
  void numbersOfAnySizeAreWritten() throws IOException {
    var out = new java.io.ByteArrayOutputStream();
    var message = new Message();
    long[] values = {0, 1, 127, 128, 300, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE};
    for (long value : values) {
      message.number(3000, value);
    }
    message.writeTo(out);
    assertEquals(message.size(), out.size());
    var fields = new Fields(java.nio.ByteBuffer.wrap(out.toByteArray()));
    assertArrayEquals(values, fields.numbers(3000).stream().mapToLong(Long::longValue).toArray());
  }
}
