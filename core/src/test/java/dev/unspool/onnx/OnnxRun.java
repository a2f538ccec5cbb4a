// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Reads an ONNX file and runs it, as far as recurrent networks need it. */
final class OnnxRun {
  private final Fields model;
  private final Fields graph;

  OnnxRun(Path file) throws IOException {
    this.model = new Fields(ByteBuffer.wrap(Files.readAllBytes(file)));
    this.graph = model.message(7);
  }

  Fields model() {
    return model;
  }

  Fields graph() {
    return graph;
  }

  /** Name and shape of the graph's inputs (field 11) or outputs (12): {@code x [steps, 3]}. */
  List<String> signature(int field) {
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

  /** All values by name, after the graph has run. */
  Map<String, Array> run(Map<String, Array> inputs) {
    var values = new HashMap<>(inputs);
    graph.messages(5).forEach(tensor -> values.put(tensor.text(8), constant(tensor)));
    graph.messages(1).forEach(node -> node(node, values));
    return values;
  }

  private static Array constant(Fields tensor) {
    int[] shape = tensor.numbers(1).stream().mapToInt(Math::toIntExact).toArray();
    Array array = Array.zeros(shape);
    ByteBuffer bytes = tensor.bytes(9).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < array.values().length; i++) {
      array.values()[i] = tensor.number(2) == 1 ? bytes.getFloat() : bytes.getLong();
    }
    if (bytes.hasRemaining()) {
      throw new AssertionError("bytes left over in " + tensor.text(8));
    }
    return array;
  }

  private static void node(Fields node, Map<String, Array> values) {
    var in = new ArrayList<Array>();
    for (String name : node.texts(1)) {
      Array none = Array.zeros(0);
      in.add(name.isEmpty() ? none : Objects.requireNonNull(values.get(name), name));
    }
    var attributes = new HashMap<String, Fields>();
    node.messages(5).forEach(attribute -> attributes.put(attribute.text(1), attribute));
    List<Array> out = operator(node.text(4), in, node.texts(2).size(), attributes);
    for (int i = 0; i < out.size(); i++) {
      if (values.put(node.texts(2).get(i), out.get(i)) != null) {
        throw new AssertionError(node.texts(2).get(i) + " is there twice");
      }
    }
  }

  private static List<Array> operator(
      String type, List<Array> in, int results, Map<String, Fields> attributes) {
    Array first = in.getFirst();
    return switch (type) {
      case "Identity" -> List.of(first);
      case "Split" -> split(first, results);
      case "Concat" -> List.of(concatenated(in));
      case "Squeeze" -> List.of(first.reshaped(first.extent(0), first.extent(2), first.extent(3)));
      case "Gather" -> List.of(gathered(first, in.get(1)));
      case "OneHot" -> List.of(oneHot(first, (int) in.get(1).values()[0]));
      case "Transpose" -> List.of(transposed(first));
      case "MatMul" -> List.of(product(first, in.get(1)));
      case "Add" -> List.of(sum(first, in.get(1)));
      case "LSTM", "GRU", "RNN" -> recurrence(type, in, attributes);
      default -> throw new AssertionError(type);
    };
  }

  private static List<Array> recurrence(
      String type, List<Array> in, Map<String, Fields> attributes) {
    int hidden = (int) Objects.requireNonNull(attributes.get("hidden_size")).number(3);
    if (type.equals("GRU")) {
      assert Objects.requireNonNull(attributes.get("linear_before_reset")).number(3) == 1;
    }
    Fields chosen = attributes.get("activations");
    String activation = chosen == null ? "" : chosen.text(9);
    Array h = copy(in.get(5));
    Array c = type.equals("LSTM") ? copy(in.get(6)) : h;
    var operator = new Recurrence(in.get(1), in.get(2), in.get(3), hidden);
    Array y = operator.run(type, activation, in.getFirst(), h, c);
    return type.equals("LSTM") ? List.of(y, h, c) : List.of(y, h);
  }

  private static Array copy(Array array) {
    return new Array(array.shape(), array.values().clone());
  }

  private static List<Array> split(Array array, int parts) {
    int size = array.values().length / parts;
    var split = new ArrayList<Array>();
    for (int i = 0; i < parts; i++) {
      Array part = Array.zeros(array.extent(0) / parts, array.extent(1), array.extent(2));
      System.arraycopy(array.values(), i * size, part.values(), 0, size);
      split.add(part);
    }
    return split;
  }

  private static Array concatenated(List<Array> parts) {
    Array first = parts.getFirst();
    Array all = Array.zeros(parts.size(), first.extent(1), first.extent(2));
    int size = first.values().length;
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i).values(), 0, all.values(), i * size, size);
    }
    return all;
  }

  private static Array gathered(Array table, Array rows) {
    Array all = Array.zeros(rows.extent(0), rows.extent(1), table.extent(1));
    for (int i = 0; i < rows.values().length; i++) {
      for (int j = 0; j < table.extent(1); j++) {
        all.values()[i * table.extent(1) + j] = table.at((int) rows.values()[i], j);
      }
    }
    return all;
  }

  private static Array oneHot(Array classes, int count) {
    Array all = Array.zeros(classes.extent(0), classes.extent(1), count);
    for (int i = 0; i < classes.values().length; i++) {
      all.values()[i * count + (int) classes.values()[i]] = 1;
    }
    return all;
  }

  private static Array transposed(Array matrix) {
    Array turned = Array.zeros(matrix.extent(1), matrix.extent(0));
    for (int i = 0; i < matrix.extent(0); i++) {
      for (int j = 0; j < matrix.extent(1); j++) {
        turned.set(matrix.at(i, j), j, i);
      }
    }
    return turned;
  }

  private static Array product(Array rows, Array matrix) {
    Array all = Array.zeros(rows.extent(0), rows.extent(1), matrix.extent(1));
    for (int i = 0; i < all.values().length; i++) {
      int row = i / matrix.extent(1);
      for (int k = 0; k < matrix.extent(0); k++) {
        double left = rows.values()[row * matrix.extent(0) + k];
        all.values()[i] += left * matrix.at(k, i % matrix.extent(1));
      }
    }
    return all;
  }

  private static Array sum(Array rows, Array vector) {
    Array all = copy(rows);
    for (int i = 0; i < all.values().length; i++) {
      all.values()[i] += vector.values()[i % vector.values().length];
    }
    return all;
  }
}
