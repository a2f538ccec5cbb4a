// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.unspool.cell.Elman;
import dev.unspool.cell.Gru;
import dev.unspool.cell.Lstm;
import dev.unspool.model.Parameters;
import dev.unspool.model.Refused;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.StepProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in a file; that it computes what the model does, {@link OnnxContractTest} says. */
final class OnnxExportTest {
  @TempDir Path folder;

  private Fields written(StepProgram model) throws IOException {
    Path file = folder.resolve("model.onnx");
    OnnxExport.write(model, model.initialise(new SplitMix64(1)), file);
    return new Fields(ByteBuffer.wrap(Files.readAllBytes(file)));
  }

  /** Name, type and shape of the graph's inputs (field 11) or outputs (12). */
  private static List<String> signature(Fields graph, int field) {
    var all = new ArrayList<String>();
    for (Fields value : graph.messages(field)) {
      Fields tensor = value.message(2).message(1);
      var extents = new ArrayList<String>();
      for (Fields extent : tensor.message(2).messages(1)) {
        extents.add(extent.texts(2).isEmpty() ? String.valueOf(extent.number(1)) : extent.text(2));
      }
      String type = tensor.number(1) == 1 ? "float" : "int64";
      all.add("%s %s %s".formatted(value.text(1), type, extents));
    }
    return all;
  }

  private static List<String> operators(Fields graph) {
    return graph.messages(1).stream().map(node -> node.text(4)).toList();
  }

  @Test
  void whatALinkLeadsToIsReplacedAndTheLinkStays() throws IOException {
    var network = new Network(NetworkSpec.of(Cell.GRU, 1, 2, 1));
    Path file = Files.writeString(folder.resolve("version-1.onnx"), "an older one");
    Path link = Files.createSymbolicLink(folder.resolve("newest.onnx"), file);
    OnnxExport.write(network, network.initialise(new SplitMix64(1)), link);
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(1, new Fields(ByteBuffer.wrap(Files.readAllBytes(file))).messages(7).size());
    try (var files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void aNetworkHasOneArrayForAllLayers() throws IOException {
    var spec = NetworkSpec.of(Cell.LSTM, new Input.Embedding(5, 2), 3, 4).withLayers(2);
    var network = new Network(spec.withLearnedInitialState());
    Path file = folder.resolve("network.onnx");
    OnnxExport.write(network, network.initialise(new SplitMix64(1)), file);
    var model = new Fields(ByteBuffer.wrap(Files.readAllBytes(file)));
    Fields graph = model.message(7);
    assertEquals(
        List.of("x int64 [steps, lanes]", "h float [2, lanes, 3]", "c float [2, lanes, 3]"),
        signature(graph, 11));
    assertEquals(
        List.of(
            "y float [steps, lanes, 4]",
            "h_next float [2, lanes, 3]",
            "h_initial float [2, 1, 3]",
            "c_next float [2, lanes, 3]",
            "c_initial float [2, 1, 3]"),
        signature(graph, 12));
    assertEquals(7, model.number(1));
    assertEquals(14, model.message(8).number(2));
    var names = new ArrayList<String>();
    graph.messages(1).forEach(node -> names.add(node.text(3)));
    assertEquals(names.size(), names.stream().distinct().count(), "names of nodes: " + names);
  }

  @Test
  void statesThatAreNotOfEachLayerHaveTheirOwnNames() throws IOException {
    var model =
        StepProgram.of(
            3,
            (s, x) -> {
              Signal h = s.layer(0, () -> new Lstm().write(s, x, 4));
              return s.layer(1, () -> new Gru().write(s, h.delay(1), 4));
            });
    assertEquals(
        List.of(
            "x float [steps, lanes, 3]",
            "h float [2, lanes, 4]",
            "layer0.c float [lanes, 4]",
            "delay0 float [lanes, 4]"),
        signature(written(model).message(7), 11));
  }

  @Test
  void namesOfTheAuthorAreKeptApart() throws IOException, OrtException {
    var model =
        StepProgram.of(
            2,
            (s, x) -> {
              Signal y = s.state("y", 2, s.vector("x", 2));
              Signal next = s.state("y__next", 2);
              s.next(next, s.next(y, s.linear("h", y, 2).plus(x)));
              return s.linear("y_", next, 1);
            });
    assertEquals(
        List.of("x float [steps, lanes, 2]", "y_ float [lanes, 2]", "y__next_ float [lanes, 2]"),
        signature(written(model).message(7), 11));
    new OnnxSession(model, folder.resolve("model.onnx")).close(); // checks the graph
  }

  @Test
  void cellsForWhichThereAreOperatorsUseThem() throws IOException {
    var model =
        StepProgram.of(
            3,
            (s, x) -> {
              Signal h = s.layer(0, () -> new Lstm().write(s, x, 4));
              Signal g = s.layer(1, () -> new Gru().write(s, h.plus(1), 5));
              return s.layer(2, () -> new Elman(Signal::relu).write(s, g, 6));
            });
    List<String> operators = operators(written(model).message(7));
    assertTrue(operators.containsAll(List.of("LSTM", "GRU", "RNN")), operators.toString());
    assertFalse(operators.contains("MatMul"), "the operators have the input's part: " + operators);
  }

  @Test
  void whoLooksIntoACellGetsAScan() throws IOException {
    RecurrentCell peeping =
        (s, x, hidden) -> {
          Signal h = new Lstm().write(s, x, hidden);
          return s.join(h, h.delay(1));
        };
    var plain = StepProgram.of(3, (s, x) -> peeping.write(s, x, 4));
    assertTrue(operators(written(plain).message(7)).contains("LSTM"));
    var other =
        StepProgram.of(
            3,
            (s, x) -> {
              Signal h = s.state("h", 4);
              Signal z = s.linear("w", "b", x, 4).plus(s.linear("u", h, 4)); // one bias
              return s.next(h, z.tanh());
            });
    List<String> operators = operators(written(other).message(7));
    assertTrue(operators.contains("Scan"), operators.toString());
    assertTrue(operators.contains("MatMul"), "W·x of all steps at once: " + operators);
  }

  @Test
  void parametersOfAnotherModelAreRefused() {
    var lstm = new Network(NetworkSpec.of(Cell.LSTM, 3, 4, 2));
    Parameters theta = new Parameters(new Network(NetworkSpec.of(Cell.GRU, 3, 4, 2)).parameters());
    Path path = folder.resolve("never");
    Refused.refused(
        () -> {
          try {
            OnnxExport.write(lstm, theta, path);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        },
        "the parameters belong to another model");
    assertFalse(Files.exists(path));
  }

  @Test
  void numbersOfAnySizeAreWritten() throws IOException {
    var out = new ByteArrayOutputStream();
    var message = new Message();
    long[] values = {0, 1, 127, 128, 300, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE};
    for (long value : values) {
      message.number(3000, value);
    }
    message.writeTo(out);
    assertEquals(message.size(), out.size());
    var fields = new Fields(ByteBuffer.wrap(out.toByteArray()));
    assertArrayEquals(values, fields.numbers(3000).stream().mapToLong(Long::longValue).toArray());
  }
}
