// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file of weights says, it is read or refused in a line. */
final class WeightsTest {
  @TempDir Path folder;

  /** A file of so many bytes of data: of 0.5, 1.5, and so on. */
  static Path write(Path file, byte[] header, int data) throws IOException {
    ByteBuffer content =
        ByteBuffer.allocate(Long.BYTES + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
    content.putLong(header.length).put(header);
    for (int i = 0; i < data / Float.BYTES; i++) {
      content.putFloat(i + 0.5f);
    }
    return Files.write(file, content.array());
  }

  private Path file(byte[] header, int data) throws IOException {
    return write(folder.resolve("w.safetensors"), header, data);
  }

  private Path file(String header, int data) throws IOException {
    return file(header.getBytes(UTF_8), data);
  }

  private static String array(String shape, String offsets) {
    return "{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":%s}".formatted(shape, offsets);
  }

  /** A file of the array {@code w} and 16 bytes of data. */
  private void assertRefused(String found, String shape, String offsets) throws IOException {
    assertRefused(found, "{\"w\":%s}".formatted(array(shape, offsets)));
  }

  private void assertRefused(String found, String header) throws IOException {
    assertRefused(found, file(header, 16));
  }

  private static void assertRefused(String found, Path file) {
    assertEquals(
        "%s is damaged: %s; take a copy of the file, or train again".formatted(file, found),
        assertThrows(ForecasterException.class, () -> Weights.read(file)).getMessage());
  }

  @Test
  void arraysAreFoundByNameAndShape() throws IOException {
    String header =
        "{\"__metadata__\":{\"run\":\"a\"},\"late\":%s,\"early\":%s,\"none\":%s,\"one\":%s}"
            .formatted(
                array("[2]", "[8,16]"),
                array("[1,1]", "[4,8]"),
                array("[0,9007199254740992]", "[4,4]"),
                array("[]", "[0,4]"));
    var weights = Weights.read(file(header, 16));
    assertEquals(Map.of("run", "a"), weights.about());
    assertArrayEquals(
        new double[] {2.5, 3.5}, weights.get(new RecordedStep.Shape("late", List.of(2))));
    assertArrayEquals(
        new double[] {1.5}, weights.get(new RecordedStep.Shape("early", List.of(1, 1))));
    assertArrayEquals(new double[] {0.5}, weights.get(new RecordedStep.Shape("one", List.of())));
    assertThrows(
        IllegalArgumentException.class,
        () -> weights.get(new RecordedStep.Shape("late", List.of(1, 2))));
    assertEquals(Map.of(), Weights.read(file("{\"__metadata__\":null}", 0)).about());
  }

  @Test
  void shapesAreListsOfWholeNumbers() throws IOException {
    for (String shape : List.of("[null]", "[1.9]", "[-4]", "[\"4\"]", "[[4]]", "[1e999]", "4")) {
      String said = shape.replace("1e999", "\"Infinity\"");
      assertRefused(
          "\"w\" has the shape %s, expected at most 64 whole numbers of at least 0".formatted(said),
          shape,
          "[0,16]");
    }
    assertRefused(
        "\"w\" has the shape null, expected at most 64 whole numbers of at least 0",
        "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,16]}}");
    String long65 = Arrays.toString(new int[65]);
    assertRefused(
        "\"w\" has the shape %s…, expected at most 64 whole numbers of at least 0"
            .formatted(long65.substring(0, 100)),
        long65,
        "[0,0]");
  }

  @Test
  void rangesAreOfTheDataAndAsLongAsTheShape() throws IOException {
    for (String range : List.of("[-4,0]", "[0,15.9]", "[null,16]", "[0]", "[0,8,16]", "{}")) {
      String said = range.replace("[0,8,16]", "[0, 8, 16]").replaceAll(",(\\S)", ", $1");
      assertRefused(
          "\"w\" has the data_offsets %s, expected 2 whole numbers of at least 0".formatted(said),
          "[4]",
          range);
    }
    assertRefused(
        "the data_offsets of \"w\" are [16, 0], expected 16 bytes for F32 [4]", "[4]", "[16,0]");
    assertRefused(
        "the data_offsets of \"w\" are [0, 16], expected 12 bytes for F32 [3]", "[3]", "[0,16]");
    assertRefused(
        "\"w\" lies at bytes 0 to 20 of the data, expected it to begin at 0 and end by 16",
        "[5]",
        "[0,20]");
    assertRefused(
        "\"w\" lies at bytes 4 to 16 of the data, expected it to begin at 0 and end by 16",
        "[3]",
        "[4,16]");
    assertRefused("the arrays of its header need 12 bytes of data, found 16", "[3]", "[0,12]");
    assertRefused(
        "\"v\" lies at bytes 0 to 16 of the data, expected it to begin at 16 and end by 16",
        "{\"w\":%s,\"v\":%s}".formatted(array("[4]", "[0,16]"), array("[2,2]", "[0,16]")));
  }

  /** A hundred bytes that ask for gigabytes. */
  @Test
  void nothingOverflows() throws IOException {
    assertRefused(
        "\"w\" has the data_offsets [2147483647, -5], expected 2 whole numbers of at least 0",
        "[536870911]",
        "[2147483647,-5]");
    assertRefused(
        "the data_offsets of \"w\" are [0, 16], expected 2147483644 bytes for F32 [536870911]",
        "[536870911]",
        "[0,16]");
    assertRefused(
        "the data_offsets of \"w\" are [0, 0], expected 17179869184 bytes for F32 [65536, 65536]",
        "[65536,65536]",
        "[0,0]");
    assertRefused(
        "\"w\" of shape [4294967296, 4294967296] is larger than any file",
        "[4294967296,4294967296]",
        "[0,0]");
    assertRefused(
        "\"w\" lies at bytes 9007199254740988 to 9007199254740992 of the data, expected it to begin at 0 and end by 16",
        "[1]",
        "[9007199254740988,9007199254740992]");
  }

  /** A file of which there is nothing but a header and a length. */
  @Test
  void weightsFitIntoMemory() throws IOException {
    long each = 4L << 28;
    var arrays = new ArrayList<String>();
    for (int i = 0; i < 256; i++) {
      arrays.add(
          "\"w%s\":%s"
              .formatted(i, array("[268435456]", "[%s,%s]".formatted(i * each, (i + 1) * each))));
    }
    Path file = file("{%s}".formatted(String.join(",", arrays)), 0);
    try (var large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(large.length() + 256 * each);
    }
    assertEquals(
        "%s: its weights need 549755813888 bytes of memory, Java has at most %s; if they are right, start it with a larger -Xmx"
            .formatted(file, Runtime.getRuntime().maxMemory()),
        assertThrows(ForecasterException.class, () -> Weights.read(file)).getMessage());
  }

  @Test
  void headersAreObjectsOfArrays() throws IOException {
    assertRefused(
        "\"w\" is [1], expected an object with dtype, shape and data_offsets", "{\"w\":[1]}");
    assertRefused(
        "\"w\" is null, expected an object with dtype, shape and data_offsets", "{\"w\":null}");
    assertRefused(
        "\"two\\u000alines\" is 1, expected an object with dtype, shape and data_offsets",
        "{\"two\\nlines\":1}");
    assertRefused(
        "\"w\" is of type \"I8\", expected F32 or F64",
        "{\"w\":%s}".formatted(array("[4]", "[0,16]").replace("F32", "I8")));
    assertRefused("\"w\" is of type null, expected F32 or F64", "{\"w\":{\"shape\":[4]}}");
    assertRefused("its header is no object", "[1]");
    assertRefused("__metadata__ is [1], expected an object of texts", "{\"__metadata__\":[1]}");
    assertRefused(
        "\"run\" in __metadata__ is 7, expected a text", "{\"__metadata__\":{\"run\":7}}");
    assertRefused("its header is not UTF-8", file(new byte[] {'{', '"', (byte) 0xff, '"'}, 16));
  }

  @Test
  void headersEndWithinTheFile() throws IOException {
    Path file = folder.resolve("short");
    Files.write(file, new byte[7]);
    assertRefused("it ends too early: found 7 bytes, even an empty one has 10", file);
    Files.write(file, new byte[] {3, 0, 0, 0, 0, 0, 0, 0, '{', '}'});
    assertRefused("it announces a header of 3 bytes, expected 2 to 2", file);
    Files.write(file, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, '{', '}'});
    assertRefused("it announces a header of 18446744073709551615 bytes, expected 2 to 2", file);
  }

  /** Whatever is done to a file, nothing but a line comes of it. */
  @Test
  void damagedFilesAreRefusedInALine() throws IOException {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    String header =
        "{\"__metadata__\":{\"run\":\"a\"},\"w\":%s,\"v\":%s}"
            .formatted(array("[2,1]", "[0,8]"), array("[2]", "[8,16]"));
    Path file = file(header, 16);
    byte[] sound = Files.readAllBytes(file);
    for (int trial = 0; trial < 400; trial++) {
      byte[] damaged = sound.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        String likely = "0123456789-.e,[]{}\":nul";
        damaged[random.nextInt(damaged.length)] =
            (byte) likely.charAt(random.nextInt(likely.length()));
      }
      Files.write(file, damaged);
      try {
        Weights.read(file);
      } catch (ForecasterException e) {
        String message = String.valueOf(e.getMessage());
        assertEquals(1, message.lines().count(), () -> message + ", seed " + seed);
      } catch (RuntimeException e) {
        throw new AssertionError("seed %s: %s".formatted(seed, new String(damaged, UTF_8)), e);
      }
    }
  }
}
