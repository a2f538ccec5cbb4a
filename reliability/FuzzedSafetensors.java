// SPDX-License-Identifier: Apache-2.0
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/**
 * Bytes that look like a safetensors file. Most are one slip away from a sound one, so that what
 * reads them gets far.
 */
final class FuzzedSafetensors {
  private static final List<String> TYPES =
      List.of("F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U64", "U32", "U8", "BOOL");
  private static final List<Long> EXTENTS =
      List.of(0L, 1L, 2L, 3L, 7L, -1L, 1L << 31, 1L << 32, 1L << 60, Long.MAX_VALUE, Long.MIN_VALUE);
  private static final List<String> ODD_VALUES =
      List.of(
          "null", "true", "\"\"", "\"7\"", "-0", "1.5", "1e3", "1e999", "NaN", "[]", "{}", "[[1]]",
          "99999999999999999999", "0x10", "01", "'a'", "\"\\ud800\"", "\"\\u0000\"", "/**/1", "1,");
  private static final List<String> ODD_NAMES =
      List.of(
          "", "__metadata__", "a", "dtype", "a.b", "../x", "\\u0000", "\\ud83d\\ude42", "ü", "\\n",
          "\\\"", "n".repeat(3000), "__crc32c__");

  private final Random random;
  private int offset;

  FuzzedSafetensors(Random random) {
    this.random = random;
  }

  private boolean oneOf(int n) {
    return random.nextInt(n) == 0;
  }

  private <T> T any(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  byte[] bytes() {
    byte[] header = header().getBytes(UTF_8);
    int data = oneOf(8) ? Math.max(0, offset + random.nextInt(17) - 8) : offset;
    long announced = header.length;
    if (oneOf(12)) {
      announced = announced();
    }
    var bytes =
        ByteBuffer.allocate(Long.BYTES + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(announced).put(header);
    while (bytes.hasRemaining()) {
      bytes.put((byte) random.nextInt());
    }
    return oneOf(4) ? changed(bytes.array()) : bytes.array();
  }

  private long announced() {
    return switch (random.nextInt(5)) {
      case 0 -> random.nextLong();
      case 1 -> 1L << random.nextInt(64);
      case 2 -> (1L << random.nextInt(64)) - 1;
      case 3 -> 16 << 20;
      default -> random.nextInt(300);
    };
  }

  private String header() {
    var json = new StringBuilder(oneOf(40) ? " {" : "{");
    int members = random.nextInt(4);
    for (int i = 0; i < members; i++) {
      json.append(i == 0 ? "" : oneOf(60) ? ",," : ",");
      if (oneOf(6)) {
        json.append("\"__metadata__\":").append(metadata());
      } else {
        json.append('"').append(oneOf(8) ? any(ODD_NAMES) : "t" + i).append("\":").append(tensor());
      }
    }
    json.append(oneOf(60) ? "" : "}");
    if (oneOf(4)) {
      json.append(" ".repeat(random.nextInt(20)));
    }
    return oneOf(60) ? json + any(ODD_VALUES) : json.toString();
  }

  private String metadata() {
    if (oneOf(8)) {
      return any(ODD_VALUES);
    }
    var json = new StringBuilder("{");
    int members = random.nextInt(3);
    for (int i = 0; i < members; i++) {
      String name = oneOf(8) ? any(ODD_NAMES) : "k" + i;
      String value = oneOf(8) ? any(ODD_VALUES) : "\"v\"";
      json.append(i == 0 ? "" : ",").append('"').append(name).append("\":").append(value);
    }
    return json.append('}').toString();
  }

  private String tensor() {
    if (oneOf(30)) {
      return any(ODD_VALUES);
    }
    String type = any(TYPES);
    long size = type.equals("BOOL") ? 1 : Integer.parseInt(type.replaceAll("[^0-9]", "")) / 8;
    var shape = new StringBuilder("[");
    int extents = oneOf(50) ? random.nextInt(200) : random.nextInt(4);
    for (int i = 0; i < extents; i++) {
      long extent = oneOf(20) ? any(EXTENTS) : 1 + random.nextInt(4);
      size *= extent; // may overflow, as whoever reads it must notice
      shape.append(i == 0 ? "" : ",").append(oneOf(60) ? any(ODD_VALUES) : extent);
    }
    shape.append(']');
    var members =
        new String[] {
          "\"dtype\":" + (oneOf(30) ? any(ODD_VALUES) : '"' + type + '"'),
          "\"shape\":" + (oneOf(40) ? any(ODD_VALUES) : shape),
          "\"data_offsets\":" + (oneOf(40) ? any(ODD_VALUES) : offsets(size))
        };
    var json = new StringBuilder("{").append(members[0]);
    json.append(',').append(members[oneOf(60) ? 0 : 1]).append(',').append(members[2]);
    if (oneOf(20)) {
      json.append(",\"extra\":").append(oneOf(2) ? any(ODD_VALUES) : nested(random.nextInt(2000)));
    }
    return json.append('}').toString();
  }

  private String offsets(long size) {
    long begin = oneOf(20) ? any(EXTENTS) : offset;
    long end = begin + (oneOf(20) ? any(EXTENTS) : size);
    if (end >= 0 && end < 1 << 16) {
      offset = (int) end;
    }
    return oneOf(40) ? "[%s,%s]".formatted(end, begin) : "[%s,%s]".formatted(begin, end);
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  /** The bytes with a few of them changed, cut off, taken out or doubled. */
  private byte[] changed(byte[] bytes) {
    byte[] now = bytes;
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = random.nextInt(Math.max(1, now.length));
      var out = new ByteArrayOutputStream();
      out.write(now, 0, Math.min(at, now.length));
      int rest = Math.min(now.length, at + random.nextInt(9));
      switch (random.nextInt(4)) {
        case 0 -> rest = now.length;
        case 1 -> {}
        case 2 -> rest = Math.min(at, now.length);
        default -> {
          out.write(oneOf(2) ? random.nextInt() : "0123456789{}[]\",:".charAt(random.nextInt(17)));
          rest = Math.min(now.length, at + 1);
        }
      }
      out.write(now, rest, now.length - rest);
      if (oneOf(8)) {
        out.write(now, 0, Math.min(64, now.length));
      }
      now = out.toByteArray();
    }
    return now;
  }

  /** Headers of megabytes, in which there is a lot to be read before it is refused. */
  static List<byte[]> large() {
    int n = 4 << 20;
    return List.of(
        whole("{" + " ".repeat(n) + "}"),
        whole("{\"a\":{\"x\":" + "[".repeat(n)),
        whole("{\"a\":{\"x\":[" + "1,".repeat(n / 2) + "1]}}"),
        whole("{\"a\":{\"shape\":[" + "1,".repeat(n / 2) + "1]}}"),
        whole("{\"" + "n".repeat(n) + "\":{}}"),
        whole("{\"a\":{\"dtype\":\"" + "F".repeat(n) + "\"}}"),
        whole("{\"a\":{\"data_offsets\":[0," + "9".repeat(n) + "]}}"),
        whole("{\"__metadata__\":{\"k\":\"" + "v".repeat(n) + "\"}}"),
        whole("{\"" + "\\u0041".repeat(n / 6) + "\":1}"),
        whole(many(n / 60)));
  }

  private static String many(int count) {
    var json = new StringBuilder("{");
    for (int i = 0; i < count; i++) {
      json.append(i == 0 ? "" : ",").append('"').append(i);
      json.append("\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
    }
    return json.append('}').toString();
  }

  private static byte[] whole(String header) {
    byte[] text = header.getBytes(UTF_8);
    return ByteBuffer.allocate(Long.BYTES + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }
}
