// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * The messages of an ONNX model, of which only what a recurrent model needs. The field numbers are
 * those of the ONNX specification.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/docs/IR.md">the format</a>
 */
final class Graph {
  /** Since ONNX 1.9 of 2021; later runtimes take it too. */
  private static final int FORMAT_VERSION = 7;

  private static final int OPERATORS_VERSION = 14;

  private final Message graph = new Message();

  /** An element type, by the number it has in files. */
  enum Type {
    FLOAT(1),
    INT64(7),
    DOUBLE(11);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  /** One extent of a shape: known, or only called by a name. */
  sealed interface Extent {
    record Known(long value) implements Extent {}

    record Named(String name) implements Extent {}

    static Extent of(long value) {
      return new Known(value);
    }

    static Extent of(String name) {
      return new Named(name);
    }
  }

  /** A constant of an operator; {@code kind} says which alternative of the format it is. */
  record Attribute(String name, Message value, int kind) {
    private static final int INTEGER = 2;
    private static final int GRAPH = 5;
    private static final int INTEGERS = 7;
    private static final int STRINGS = 8;

    static Attribute of(String name, long value) {
      return new Attribute(name, new Message().number(3, value), INTEGER);
    }

    static Attribute integers(String name, long... values) {
      var message = new Message();
      for (long value : values) {
        message.number(8, value);
      }
      return new Attribute(name, message, INTEGERS);
    }

    static Attribute strings(String name, String value) {
      return new Attribute(name, new Message().text(9, value), STRINGS);
    }

    /** A graph that an operator runs; it sees the values of the graph that the operator is in. */
    static Attribute of(String name, Graph value) {
      return new Attribute(name, new Message().message(6, value.graph), GRAPH);
    }
  }

  Graph(String name) {
    graph.text(2, name);
  }

  /** Adds an operator; an input that is left out is an empty name. */
  void operator(String type, List<String> inputs, List<String> outputs, Attribute... attributes) {
    var node = new Message();
    inputs.forEach(name -> node.text(1, name));
    outputs.forEach(name -> node.text(2, name));
    node.text(3, outputs.getFirst() + " of " + type).text(4, type);
    for (Attribute attribute : attributes) {
      var message = new Message().text(1, attribute.name());
      node.message(5, message.append(attribute.value()).number(20, attribute.kind()));
    }
    graph.message(1, node);
  }

  void constant(String name, float[] values, long... shape) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, Float.BYTES)];
    littleEndian(bytes).asFloatBuffer().put(values);
    constant(name, Type.FLOAT, bytes, shape);
  }

  void constant(String name, double[] values, long... shape) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, Double.BYTES)];
    littleEndian(bytes).asDoubleBuffer().put(values);
    constant(name, Type.DOUBLE, bytes, shape);
  }

  void constant(String name, long[] values, long... shape) {
    byte[] bytes = new byte[Math.multiplyExact(values.length, Long.BYTES)];
    littleEndian(bytes).asLongBuffer().put(values);
    constant(name, Type.INT64, bytes, shape);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void constant(String name, Type type, byte[] bytes, long[] shape) {
    var tensor = new Message();
    for (long extent : shape) {
      tensor.number(1, extent);
    }
    graph.message(5, tensor.number(2, type.number).text(8, name).bytes(9, bytes));
  }

  void input(String name, Type type, Extent... shape) {
    graph.message(11, value(name, type, shape));
  }

  void output(String name, Type type, Extent... shape) {
    graph.message(12, value(name, type, shape));
  }

  private static Message value(String name, Type type, Extent[] shape) {
    var extents = new Message();
    for (Extent extent : shape) {
      extents.message(
          1,
          switch (extent) {
            case Extent.Known(long value) -> new Message().number(1, value);
            case Extent.Named(String called) -> new Message().text(2, called);
          });
    }
    var tensor = new Message().number(1, type.number).message(2, extents);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /**
   * The whole file.
   *
   * @param metadata any text about the model
   */
  Message model(Map<String, String> metadata) {
    var operators = new Message().text(1, "").number(2, OPERATORS_VERSION);
    var model =
        new Message()
            .number(1, FORMAT_VERSION)
            .text(2, "Unspool")
            .message(7, graph)
            .message(8, operators);
    metadata.forEach((key, value) -> model.message(14, new Message().text(1, key).text(2, value)));
    return model;
  }
}
