// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A message in the wire format of Protocol Buffers, to be written and never read: each field is its
 * number and kind, and then a variable-length integer or a length and so many bytes. What is put in
 * is referred to, not copied, so that weights exist once however deep their message is nested.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">the encoding</a>
 */
final class Message {
  private static final int INTEGER = 0;
  private static final int BYTES = 2;

  private final List<byte[]> parts = new ArrayList<>();
  private long size;

  /** Number of bytes so far. */
  long size() {
    return size;
  }

  /** Adds an integer or the number of an enum. */
  Message number(int field, long value) {
    variable((long) field << 3 | INTEGER);
    variable(value);
    return this;
  }

  Message text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds bytes, which are not to be modified from now on. */
  Message bytes(int field, byte[] value) {
    length(field, value.length);
    add(value);
    return this;
  }

  /** Adds a message that is complete. */
  Message message(int field, Message value) {
    length(field, value.size);
    return append(value);
  }

  /** Adds the fields of another message. */
  Message append(Message value) {
    parts.addAll(value.parts);
    size += value.size;
    return this;
  }

  private void length(int field, long bytes) {
    variable((long) field << 3 | BYTES);
    variable(bytes);
  }

  /** Seven bits a byte, the lowest first; a set eighth bit says that more follow. */
  private void variable(long value) {
    var bytes = new byte[10];
    int length = 0;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    add(Arrays.copyOf(bytes, length));
  }

  private void add(byte[] part) {
    parts.add(part);
    size += part.length;
  }

  void writeTo(OutputStream out) throws IOException {
    for (byte[] part : parts) {
      out.write(part);
    }
  }
}
