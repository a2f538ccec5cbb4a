// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A protobuf message taken apart: for each field number its values in their order. */
final class Fields {
  private final Map<Integer, List<Object>> fields = new TreeMap<>();

  Fields(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      long key = variable(bytes);
      var values = fields.computeIfAbsent((int) (key >>> 3), _ -> new ArrayList<>());
      switch ((int) (key & 7)) {
        case 0 -> values.add(variable(bytes));
        case 2 -> {
          int length = Math.toIntExact(variable(bytes));
          values.add(bytes.slice(bytes.position(), length));
          bytes.position(bytes.position() + length);
        }
        default -> throw new AssertionError("kind of field " + key);
      }
    }
  }

  private static long variable(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private List<Object> all(int field) {
    return fields.getOrDefault(field, List.of());
  }

  List<Long> numbers(int field) {
    return all(field).stream().map(Long.class::cast).toList();
  }

  long number(int field) {
    return numbers(field).getLast();
  }

  List<String> texts(int field) {
    return all(field).stream()
        .map(value -> StandardCharsets.UTF_8.decode(((ByteBuffer) value).slice()).toString())
        .toList();
  }

  String text(int field) {
    return texts(field).getLast();
  }

  List<Fields> messages(int field) {
    return all(field).stream().map(value -> new Fields(((ByteBuffer) value).slice())).toList();
  }

  Fields message(int field) {
    return messages(field).getLast();
  }

  ByteBuffer bytes(int field) {
    return ((ByteBuffer) all(field).getLast()).slice();
  }
}
