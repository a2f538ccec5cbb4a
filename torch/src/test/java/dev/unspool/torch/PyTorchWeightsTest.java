// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Weights and outputs that Python has written; {@code torch/src/script/golden.py} makes them again.
 */
class PyTorchWeightsTest {
  private static final PyTorchWeights NAMES = new PyTorchWeights("emb", "rnn", "fc");

  @TempDir Path folder;

  private static Network network(Cell cell) {
    return new Network(NetworkSpec.of(cell, new Input.Embedding(5, 3), 4, 3).withLayers(2));
  }

  private Path golden(String name) throws IOException {
    Path file = folder.resolve("golden-" + name);
    try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(name))) {
      Files.copy(in, file);
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource({"lstm, LSTM", "gru, GRU", "rnn, rnn-tanh", "lstm-projected, projected-lstm:size=2"})
  void weightsOfPythonGiveTheOutputsOfPython(String name, String cell) throws IOException {
    Network network = network(Cell.named(cell));
    var theta = new Parameters(network.parameters());
    Path file = golden(name + ".safetensors");
    NAMES.read(file, theta);
    Safetensors golden = Safetensors.read(file);
    long[] tokens = golden.tensor("golden.x").longs();
    Steps x = Steps.allocate(4, 2, 1);
    for (int i = 0; i < tokens.length; i++) {
      x.values()[i] = tokens[i];
    }
    try (var tape = network.open(theta, TapeOptions.training(2, 4).withOutputWindow(4))) {
      tape.forward(x);
      assertArrayEquals(golden.tensor("golden.y").floats(), tape.outputs(4).copy().values(), 1e-6f);
    }
    Path back = folder.resolve("back.safetensors");
    NAMES.write(back, theta);
    var written = Safetensors.read(back).tensors();
    assertEquals(golden.tensors().size() - 2, written.size());
    for (var entry : written.entrySet()) {
      var expected = golden.tensor(entry.getKey());
      assertEquals(expected.shape(), entry.getValue().shape());
      assertEquals(-1, expected.data().mismatch(entry.getValue().data()), entry.getKey());
    }
  }

  @Test
  void aPickledStateDictIsConvertedBitForBit() throws IOException {
    Path converted = folder.resolve("converted.safetensors");
    PickledStateDict.convert(golden("lstm.pt"), converted);
    var expected = Safetensors.read(golden("lstm.safetensors")).tensors();
    var found = Safetensors.read(converted).tensors();
    assertEquals(expected.size() - 2, found.size());
    found.forEach(
        (name, tensor) -> {
          var other = Objects.requireNonNull(expected.get(name));
          assertEquals(other.shape(), tensor.shape());
          assertEquals(-1, other.data().mismatch(tensor.data()), name);
        });
  }

  @Test
  void aPickleOfSmallerTypesIsWidened() throws IOException {
    Path converted = folder.resolve("converted.safetensors");
    PickledStateDict.convert(golden("types.pt"), converted);
    var found = Safetensors.read(converted).tensors();
    found.forEach(
        (name, tensor) -> {
          if (name.contains("float")) {
            assertArrayEquals(new float[] {0.5f, 1}, tensor.floats(), name);
          } else {
            assertArrayEquals(new long[] {0, 1}, tensor.longs(), name);
          }
        });
    assertEquals(8, found.size());
  }

  @Test
  void aPickleOfComplexNumbersIsNotCutToTheirRealParts() throws IOException {
    Path file = golden("complex.pt");
    Path converted = folder.resolve("converted.safetensors");
    var thrown = assertThrows(IOException.class, () -> PickledStateDict.convert(file, converted));
    String message = Messages.of(thrown);
    assertTrue(message.startsWith(file + ": 'spectrum' is ComplexFloat [2]"), message);
    assertTrue(message.contains("view_as_real"), message);
    assertFalse(Files.exists(converted));
  }

  @Test
  void aPickleIsReadOnlyWhereAskedFor() throws IOException {
    Path pickle = golden("lstm.pt");
    var theta = new Parameters(network(Cell.LSTM).parameters());
    var thrown = assertThrows(IllegalArgumentException.class, () -> NAMES.read(pickle, theta));
    assertTrue(Messages.of(thrown).contains("PickledStateDict.convert"), Messages.of(thrown));
  }

  @Test
  void somethingElseIsNoStateDict() throws IOException {
    Path file = folder.resolve("text.pt");
    Files.writeString(file, "not a pickle at all");
    var thrown =
        assertThrows(IOException.class, () -> PickledStateDict.convert(file, folder.resolve("x")));
    assertTrue(Messages.of(thrown).contains("is not a state dict"), Messages.of(thrown));
    assertEquals(1, Messages.of(thrown).lines().count());
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    Path file = golden("lstm.safetensors");
    var gru = new Parameters(network(Cell.GRU).parameters());
    String message =
        Messages.of(assertThrows(IllegalArgumentException.class, () -> NAMES.read(file, gru)));
    assertTrue(message.contains("'rnn.weight_ih_l0' is F32 [16, 3]"), message);
    assertTrue(message.contains("[12, 3]"), message);
    var one =
        new Parameters(
            new Network(NetworkSpec.of(Cell.LSTM, new Input.Embedding(5, 3), 4, 3)).parameters());
    message =
        Messages.of(assertThrows(IllegalArgumentException.class, () -> NAMES.read(file, one)));
    assertTrue(message.contains("l1"), message);
    var plain = new PyTorchWeights();
    message =
        Messages.of(assertThrows(IllegalArgumentException.class, () -> plain.read(file, one)));
    assertTrue(message.contains("no tensor 'embedding.weight'"), message);
  }

  /** Tensors of a small model with one table for embedding and output, and that model. */
  private static Map<String, Tensor> tied() {
    var tensors = new LinkedHashMap<String, Tensor>();
    tensors.put("emb.weight", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
    tensors.put("fc.weight", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
    tensors.put("fc.bias", Tensor.of(new float[2], 2));
    tensors.put("rnn.weight_ih_l0", Tensor.of(new float[4], 2, 2));
    tensors.put("rnn.weight_hh_l0", Tensor.of(new float[4], 2, 2));
    tensors.put("rnn.bias_ih_l0", Tensor.of(new float[2], 2));
    tensors.put("rnn.bias_hh_l0", Tensor.of(new float[2], 2));
    return tensors;
  }

  private static NetworkSpec untied() {
    return NetworkSpec.of(Cell.RNN_TANH, new Input.Embedding(2, 2), 2, 2);
  }

  private String refusal(Map<String, Tensor> tensors, NetworkSpec spec) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, tensors, Map.of());
    var theta = new Parameters(new Network(spec).parameters());
    var thrown = assertThrows(IllegalArgumentException.class, () -> NAMES.read(file, theta));
    assertTrue(Messages.of(thrown).startsWith(file.toString()), Messages.of(thrown));
    return Messages.of(thrown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "fc.weight", "emb.weight"})
  void aSharedTableIsReadUnderWhicheverNameTheFileHasIt(String missing) throws IOException {
    var tensors = tied();
    tensors.remove(missing);
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, tensors, Map.of());
    var theta = new Parameters(new Network(untied().withTiedOutput()).parameters());
    NAMES.read(file, theta);
    assertArrayEquals(new float[] {1, 2, 3, 4}, theta.get("embedding.weight"));
  }

  @Test
  void twoTablesThatDifferAreNotReadIntoOne() throws IOException {
    var tensors = tied();
    tensors.put("fc.weight", Tensor.of(new float[] {1, 2, 3, 5}, 2, 2));
    String message = refusal(tensors, untied().withTiedOutput());
    assertTrue(message.contains("'emb.weight' and 'fc.weight' differ"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fc.weight", "emb.weight"})
  void oneTableForAModelOfTwoIsRefusedWithAWordOnTying(String missing) throws IOException {
    var tensors = tied();
    tensors.remove(missing);
    String message = refusal(tensors, untied());
    assertTrue(message.contains("no tensor '" + missing + "'"), message);
    assertTrue(message.contains("withTiedOutput()"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"emb.weight", "rnn.bias_ih_l0"})
  void integersAreRefusedByFileAndName(String name) throws IOException {
    var tensors = tied();
    tensors.remove("fc.weight");
    long[] shape = name.endsWith("weight") ? new long[] {2, 2} : new long[] {2};
    tensors.put(name, Tensor.of(new long[(int) Math.pow(2, shape.length)], shape));
    String message = refusal(tensors, untied().withTiedOutput());
    assertTrue(message.contains("'" + name + "' is I64"), message);
    assertTrue(message.contains("expected floating-point numbers"), message);
  }

  @Test
  void torchScriptIntoAMissingFolderSaysSo() {
    var network = network(Cell.GRU);
    Parameters theta = network.initialise(new SplitMix64(3));
    Path file = folder.resolve("missing").resolve("network.pt");
    var thrown =
        assertThrows(IOException.class, () -> TorchScriptExport.write(network, theta, file));
    String message = Messages.of(thrown);
    assertTrue(message.startsWith(file + " could not be written"), message);
    assertEquals(1, message.lines().count());
  }
}
