// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** A line of JSON as bytes, part after part; there is one object for all lines. */
final class JsonLine {
  private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);
  private static final byte[] NULL = "null".getBytes(UTF_8);

  private final StringBuilder digits = new StringBuilder();
  private byte[] bytes = new byte[512];
  private int length;

  /** Whether something stands before what comes, on its level. */
  private boolean comma;

  /** A name with quotes and a colon, made once for all lines. */
  static byte[] name(String name) {
    var line = new JsonLine();
    line.text(name);
    line.put(':');
    return Arrays.copyOf(line.bytes, line.length);
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /** Begins anew with an object. */
  void begin() {
    length = 0;
    comma = false;
    open();
  }

  /** Ends the object and the line. */
  void end() {
    close();
    put('\n');
  }

  /** Begins an object. */
  void open() {
    separate();
    put('{');
    comma = false;
  }

  /** Ends an object. */
  void close() {
    put('}');
    comma = true;
  }

  /** Names what comes; the name is one of {@link #name(String)}. */
  void member(byte[] name) {
    separate();
    put(name);
    comma = false;
  }

  private void separate() {
    if (comma) {
      put(',');
    }
    comma = true;
  }

  /** A whole number. */
  void number(long value) {
    separate();
    digits.setLength(0);
    digits.append(value);
    putDigits();
  }

  /** A number, to the bit; null if it is none. */
  void number(double value) {
    separate();
    if (!Double.isFinite(value)) {
      put(NULL);
      return;
    }
    digits.setLength(0);
    long whole = (long) value;
    if (whole == value && Math.abs(whole) < 1_000_000_000L && (whole != 0 || 1 / value > 0)) {
      digits.append(whole);
    } else {
      digits.append(value);
    }
    putDigits();
  }

  private void putDigits() {
    int count = digits.length();
    room(count);
    for (int i = 0; i < count; i++) {
      bytes[length++] = (byte) digits.charAt(i);
    }
  }

  /** A text. */
  void text(String value) {
    separate();
    put('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 128) {
        ascii((byte) c);
      } else {
        int end = i + 1;
        while (end < value.length() && value.charAt(end) >= 128) {
          end++;
        }
        put(value.substring(i, end).getBytes(UTF_8));
        i = end - 1;
      }
    }
    put('"');
  }

  private void ascii(byte c) {
    room(6);
    if (c == '"' || c == '\\') {
      bytes[length++] = '\\';
      bytes[length++] = c;
    } else if (c < ' ' || c == 127) {
      bytes[length++] = '\\';
      bytes[length++] = 'u';
      bytes[length++] = '0';
      bytes[length++] = '0';
      bytes[length++] = HEX[c >> 4];
      bytes[length++] = HEX[c & 15];
    } else {
      bytes[length++] = c;
    }
  }

  private void put(byte[] some) {
    room(some.length);
    System.arraycopy(some, 0, bytes, length, some.length);
    length += some.length;
  }

  private void put(char one) {
    room(1);
    bytes[length++] = (byte) one;
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
