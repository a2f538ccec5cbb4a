// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  @TempDir Path folder;

  private Path file(String header, byte... data) throws IOException {
    byte[] text = header.getBytes(UTF_8);
    return file(text.length, text, data);
  }

  private Path file(long announced, byte[] header, byte... data) throws IOException {
    var bytes = ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(announced).put(header).put(data);
    return Files.write(folder.resolve("x.safetensors"), bytes.array());
  }

  private static byte[] floats(float... values) {
    var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static Tensor tensor(DType type, List<Long> shape, int... bytes) {
    byte[] data = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      data[i] = (byte) bytes[i];
    }
    return new Tensor(type, shape, MemorySegment.ofArray(data));
  }

  /** Byte for byte what {@code safetensors.torch.save_file} writes for the same tensors. */
  @Test
  void writesWhatPythonWrites() throws IOException {
    var tensors = new LinkedHashMap<String, Tensor>();
    tensors.put("bias", Tensor.of(new float[] {1, -2}, 2));
    tensors.put("weight", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));
    Path written = folder.resolve("written.safetensors");
    Safetensors.write(written, tensors, Map.of("format", "pt"));
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"weight\":{\"dtype\":\"F32\",\"shape\":[3,2],\"data_offsets\":[8,32]}}";
    while (header.length() % 8 != 0) {
      header += " ";
    }
    assertArrayEquals(
        Files.readAllBytes(file(header, floats(1, -2, 1, 2, 3, 4, 5, 6))),
        Files.readAllBytes(written));
  }

  @Test
  void readsWhatItWritesBitForBit() throws IOException {
    float[] floats = {
      Float.NaN, Float.intBitsToFloat(0x7fc12345), -0f, Float.MIN_VALUE, Float.NEGATIVE_INFINITY
    };
    double[] doubles = {Double.longBitsToDouble(0x7ff8000000000abcL), -0.0, Double.MIN_VALUE};
    long[] longs = {Long.MIN_VALUE, -1, Long.MAX_VALUE};
    var tensors = new LinkedHashMap<String, Tensor>();
    tensors.put("a \"quoted\" name, <html>, \u2028 and Ünïcödé 🙂", Tensor.of(floats, 5));
    tensors.put("doubles", Tensor.of(doubles, 3, 1));
    tensors.put("longs", Tensor.of(longs, 1, 3));
    tensors.put("empty", Tensor.of(new float[0], 0, 7));
    tensors.put("single", Tensor.of(new float[] {3}));
    tensors.put("large", Tensor.of(new float[700_001], 700_001));
    Path file = folder.resolve("x.safetensors");
    Safetensors.write(file, tensors, Map.of("a\nb", "c\"d"));
    var read = Safetensors.read(file);

    assertEquals(tensors.keySet(), read.tensors().keySet());
    assertEquals(Map.of("a\nb", "c\"d"), read.metadata());
    tensors.forEach(
        (name, tensor) -> {
          assertEquals(tensor.type(), read.tensor(name).type(), name);
          assertEquals(tensor.shape(), read.tensor(name).shape(), name);
          assertEquals(-1, tensor.data().mismatch(read.tensor(name).data()), name);
        });
    for (int i = 0; i < floats.length; i++) {
      assertEquals(
          Float.floatToRawIntBits(floats[i]),
          Float.floatToRawIntBits(
              read.tensors().values().stream()
                  .filter(t -> t.size() == 5)
                  .findFirst()
                  .orElseThrow()
                  .floats()[i]));
    }
    assertArrayEquals(longs, read.tensor("longs").longs());
    assertEquals(
        Double.doubleToRawLongBits(doubles[0]),
        Double.doubleToRawLongBits(read.tensor("doubles").doubles()[0]));
    assertEquals(List.of(), read.tensor("single").shape());
  }

  @Test
  void alignsWideElementsBehindNarrowOnes() throws IOException {
    var tensors = new LinkedHashMap<String, Tensor>();
    tensors.put("bytes", tensor(DType.U8, List.of(3L), 1, 2, 255));
    tensors.put("wide", Tensor.of(new double[] {1.5}, 1));
    Path file = folder.resolve("x.safetensors");
    Safetensors.write(file, tensors, Map.of());
    byte[] bytes = Files.readAllBytes(file);
    var header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int data = (int) (8 + header.getLong(0));
    assertEquals(0, data % 8);
    assertEquals(1.5, header.getDouble(data));
    assertArrayEquals(new long[] {1, 2, 255}, Safetensors.read(file).tensor("bytes").longs());
  }

  @Test
  void writesNothingThatItWouldNotRead() {
    var empty = Tensor.of(new float[0], 0);
    Map<String, Tensor> tensors = Map.of("n".repeat(16 << 20), empty);
    Path file = folder.resolve("x.safetensors");
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> Safetensors.write(file, tensors, Map.of()));
    assertTrue(String.valueOf(refused.getMessage()).contains("nobody could read"));
    assertFalse(Files.exists(file));
  }

  @Test
  void readsEveryElementType() {
    var two = List.of(2L);
    assertArrayEquals(new float[] {1, -2}, tensor(DType.F16, two, 0x00, 0x3c, 0x00, 0xc0).floats());
    assertArrayEquals(
        new float[] {1, -2}, tensor(DType.BF16, two, 0x80, 0x3f, 0x00, 0xc0).floats());
    assertArrayEquals(
        new double[] {1, -2}, tensor(DType.BF16, two, 0x80, 0x3f, 0x00, 0xc0).doubles());
    assertArrayEquals(new float[] {0.1f}, Tensor.of(new double[] {0.1}, 1).floats());
    assertArrayEquals(
        new long[] {-2, 258}, tensor(DType.I32, two, 254, 255, 255, 255, 2, 1, 0, 0).longs());
    assertArrayEquals(
        new long[] {4294967294L, 1},
        tensor(DType.U32, two, 254, 255, 255, 255, 1, 0, 0, 0).longs());
    assertArrayEquals(new long[] {-2, 258}, tensor(DType.I16, two, 254, 255, 2, 1).longs());
    assertArrayEquals(new long[] {65534, 258}, tensor(DType.U16, two, 254, 255, 2, 1).longs());
    assertArrayEquals(new long[] {-2, 2}, tensor(DType.I8, two, 254, 2).longs());
    assertArrayEquals(new long[] {254, 2}, tensor(DType.U8, two, 254, 2).longs());
    assertArrayEquals(new long[] {0, 1}, tensor(DType.BOOL, two, 0, 1).longs());
    assertArrayEquals(
        new long[] {7}, tensor(DType.U64, List.of(1L), 7, 0, 0, 0, 0, 0, 0, 0).longs());
    var huge = tensor(DType.U64, List.of(), 0, 0, 0, 0, 0, 0, 0, 128);
    assertThrows(IllegalArgumentException.class, huge::longs);
    assertThrows(IllegalArgumentException.class, huge::floats);
    assertThrows(IllegalArgumentException.class, Tensor.of(new float[1], 1)::longs);
    assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[3], 2));
    assertThrows(IllegalArgumentException.class, () -> Tensor.of(new float[3], -3));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}   ",
        " {\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4],\"extra\":{\"x\":[1]},\"dtype\":\"F32\"}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},\"__metadata__\":{}}",
        "{\"__metadata__\":null,\"a\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]}}",
      })
  void acceptsWhatTheFormatAllows(String header) throws IOException {
    boolean begins = header.startsWith("{");
    Path file = file(header, floats(7));
    if (begins) {
      assertArrayEquals(new float[] {7}, Safetensors.read(file).tensor("a").floats());
    } else {
      refused(file, "does not begin with '{'");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "{\"a\"                                                                     | JSON",
        "{}}                                                                      | JSON",
        "{} x                                                                     | JSON",
        "{'a':{}}                                                                 | JSON",
        "{\"a\":[]}                                                               | JSON",
        "{\"a\":{\"dtype\":7}}                                                    | '7'",
        "{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}     | 'F8_E4M3'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}                                | two data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}           | two data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,9]}}       | at most 2",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}     | whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}       | 2.0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}        | negative",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}         | expected 12 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}         | expected 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}        | expected 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}        | begin at 0",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}        | end by 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}         | need 4 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,9],\"data_offsets\":[0,8]}} | larger",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9999999999999999999],\"data_offsets\":[0,8]}} | 9999",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[500000000],\"data_offsets\":[0,2000000000]}} | end by 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,8]}} | two members",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 'a' is there twice",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 'b'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | begin at 8",
        "{\"__metadata__\":{\"k\":1},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 'k'",
        "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 'k'",
        "{\"__metadata__\":{},\"__metadata__\":{},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | twice",
      })
  void refusesHeadersThatBreakTheRules(String header, String said) throws IOException {
    refused(file(header, floats(1, 2)), said);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {0, 1, 60, 100_000_000, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void refusesLengthsThatCannotBe(long announced) throws IOException {
    refused(
        file(announced, "{}      ".getBytes(UTF_8)),
        "header of " + Long.toUnsignedString(announced));
  }

  @Test
  void refusesDeepAndLongHeaders() throws IOException {
    refused(file("{\"a\":{\"x\":" + "[".repeat(100_000)), "JSON");
    String name = "n".repeat(100_000) + "\\n\\u001b";
    refused(file("{\"" + name + "\":{},\"" + name + "\":{}}"), "nnn…");
    refused(file("{\"evil\\nname\\u001b[31m\":{\"dtype\":\"X\"}}"), "evil?name?[31m");
    byte[] noText = "{\"a\":{}}".getBytes(UTF_8);
    noText[2] = (byte) 0xff;
    refused(file(noText.length, noText), "UTF-8");
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    Path file = folder.resolve("x.safetensors");
    Safetensors.write(file, Map.of("a", Tensor.of(new float[] {1, 2}, 2)), Map.of("k", "v"));
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      refused(file, "");
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
    refused(file, "found 9");
  }

  /**
   * A changed byte of the header is noticed, or changes a name or text only; nothing else happens.
   */
  @Test
  void noFlippedByteDoesAnythingWorse() throws IOException {
    Path file = folder.resolve("x.safetensors");
    Safetensors.write(file, Map.of("a", Tensor.of(new float[] {1, 2}, 2)), Map.of("k", "v"));
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length - 8; i++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = bytes.clone();
        changed[i] ^= (byte) (1 << bit);
        Files.write(file, changed);
        try {
          assertEquals(1, Safetensors.read(file).tensors().size());
        } catch (CheckpointException e) {
          assertTrue(e.toString().contains(file.toString()), e.toString());
        }
      }
    }
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    refused(folder.resolve("nowhere"), "no such file");
    var empty = Safetensors.read(file("{}"));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> empty.tensor("a"))
            .toString()
            .contains("'a'"));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Safetensors.write(
                folder.resolve("y"), Map.of("__metadata__", Tensor.of(new float[0], 0)), Map.of()));
  }

  private static void refused(Path file, String said) {
    String message =
        assertThrows(CheckpointException.class, () -> Safetensors.read(file)).toString();
    assertTrue(message.contains("CheckpointException: " + file + ": "), message);
    assertTrue(message.contains(said.strip()), message);
    assertFalse(message.contains("\n"), message);
    assertTrue(message.length() < 1000, message);
  }
}
