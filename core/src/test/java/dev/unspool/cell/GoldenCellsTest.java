// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Parameters;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Cells against the equations of their papers, written down in Python once more and differentiated
 * there: outputs, states and gradients to 2e-6 of the largest of them. {@code
 * core/src/script/golden.py} makes the values again.
 */
class GoldenCellsTest {
  private static final double TOLERANCE = 2e-6;

  private static Safetensors golden;

  @BeforeAll
  static void read() throws IOException {
    golden = readGolden();
  }

  private static Safetensors readGolden() throws IOException {
    Path file = Files.createTempFile("golden", ".safetensors");
    try (InputStream in = GoldenCellsTest.class.getResourceAsStream("golden.safetensors")) {
      Files.write(file, Objects.requireNonNull(in).readAllBytes());
      return Safetensors.read(file);
    } finally {
      Files.delete(file);
    }
  }

  static List<String> cells() {
    try {
      return readGolden().tensors().keySet().stream()
          .map(name -> name.substring(0, name.indexOf('/')))
          .distinct()
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** PyTorch's own cells are compared with PyTorch in another module. */
  @Test
  void everyCellHasGoldenValues() {
    var labels = cells().stream().map(text -> text.split(":", 2)[0]).collect(Collectors.toSet());
    labels.addAll(List.of("rnn-tanh", "rnn-relu", "gru", "lstm"));
    assertTrue(labels.containsAll(Cell.labels()), "of " + Cell.labels() + " there are " + labels);
  }

  private static Tensor tensor(String cell, String name) {
    return golden.tensor(cell + "/" + name);
  }

  @ParameterizedTest
  @MethodSource("cells")
  void agreesWithItsPaper(String text) {
    Tensor x = tensor(text, "x");
    int steps = x.shape().get(0).intValue();
    int lanes = x.shape().get(1).intValue();
    int inputs = x.shape().get(2).intValue();
    var network = new Network(NetworkSpec.of(Cell.named(text), inputs, 4, 0));
    var theta = new Parameters(network.parameters());
    for (var slice : theta.layout().slices()) {
      theta.set(slice.name(), tensor(text, "parameter." + written(slice.name())).floats());
    }
    var options = TapeOptions.inference(lanes).withCapacity(steps).withOutputWindow(steps);
    var gradient = new Gradient(network.parameters());
    try (var tape = network.open(theta, options)) {
      tape.forward(Steps.of(x.floats(), steps, lanes, inputs));
      close(tensor(text, "y"), tape.outputs(steps).copy().values(), text + ", outputs");
      State state = tape.state();
      for (var array : network.state().arrays()) {
        String name = array.name().substring("layer0.".length());
        close(tensor(text, "state." + name), state.array(array.name()), text + ", " + name);
      }
      var seed = Steps.of(tensor(text, "weight").floats(), steps, lanes, network.outputs());
      tape.backward(steps, List.of(new Adjoint(seed, gradient)));
    }
    for (var slice : theta.layout().slices()) {
      String name = written(slice.name());
      close(tensor(text, "derivative." + name), gradient.get(slice.name()), text + ", ∂" + name);
    }
  }

  /** The name that the cell's equations use. */
  private static String written(String parameter) {
    return parameter.substring(0, parameter.length() - "_l0".length());
  }

  private static void close(Tensor expected, float[] actual, String what) {
    float[] values = expected.floats();
    assertEquals(values.length, actual.length, what);
    double scale = 1;
    for (float value : values) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < values.length; i++) {
      assertEquals(values[i], actual[i], TOLERANCE * scale, what + ", value " + i);
    }
  }
}
