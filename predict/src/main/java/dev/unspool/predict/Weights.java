// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trained weights by name, of a safetensors file: its header's length, the header in JSON, and
 * numbers in F32 or F64. Believes nothing that it has not checked: memory is asked for what is
 * there, whatever the header says.
 *
 * @see <a href="https://huggingface.co/docs/safetensors">the format</a>
 */
public final class Weights {
  private static final int LARGEST_HEADER = 16 << 20;

  private record Array(List<Long> extents, double[] values) {}

  private final Path file;
  private final Map<String, Array> arrays = new LinkedHashMap<>();
  private final Map<String, String> about = new LinkedHashMap<>();

  private Weights(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws ForecasterException if it is not what a training writes, or no file at all
   */
  public static Weights read(Path file) throws IOException {
    var weights = new Weights(file);
    try (FileChannel channel = RegularFile.open(file)) {
      weights.read(channel);
    } catch (IllegalArgumentException | CharacterCodingException e) {
      String found =
          e instanceof CharacterCodingException ? "its header is not UTF-8" : e.getMessage();
      throw new ForecasterException(
          "%s is damaged: %s; take a copy of the file, or train again".formatted(file, found), e);
    }
    return weights;
  }

  private void read(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw new IllegalArgumentException(
          "it ends too early: found %s bytes, even an empty one has 10".formatted(size));
    }
    long length = bytes(channel, Long.BYTES).getLong(0);
    long most = Math.min(LARGEST_HEADER, size - Long.BYTES);
    if (length < 2 || length > most) {
      throw new IllegalArgumentException(
          "it announces a header of %s bytes, expected 2 to %s"
              .formatted(Long.toUnsignedString(length), most));
    }
    String header = UTF_8.newDecoder().decode(bytes(channel, (int) length)).toString();
    var said = WeightsHeader.parse(header);
    long data = Long.BYTES + length;
    said.requireRanges(size - data);
    requireMemory(said);
    about.putAll(said.about());
    for (Map.Entry<String, WeightsHeader.Entry> each : said.entries().entrySet()) {
      WeightsHeader.Entry at = each.getValue();
      channel.position(data + at.begin());
      ByteBuffer numbers = bytes(channel, (int) at.bytes());
      arrays.put(each.getKey(), new Array(at.extents(), numbers(numbers, at.wide())));
    }
  }

  /** A file may be of any length and yet take no room on a disk. */
  private void requireMemory(WeightsHeader said) throws ForecasterException {
    long needed = 0;
    for (WeightsHeader.Entry entry : said.entries().values()) {
      needed += entry.wide() ? entry.bytes() : 2 * entry.bytes();
    }
    long there = Runtime.getRuntime().maxMemory();
    if (needed > there) {
      throw new ForecasterException(
          "%s: its weights need %s bytes of memory, Java has at most %s; if they are right, start it with a larger -Xmx"
              .formatted(file, needed, there));
    }
  }

  private static ByteBuffer bytes(FileChannel channel, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IllegalArgumentException("it became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static double[] numbers(ByteBuffer bytes, boolean wide) {
    double[] values = new double[bytes.remaining() / (wide ? Double.BYTES : Float.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = wide ? bytes.getDouble() : bytes.getFloat();
    }
    return values;
  }

  /** Text that stands beside the numbers, by name. */
  Map<String, String> about() {
    return about;
  }

  /**
   * Some weights, row-major; shared, not to be modified.
   *
   * @throws IllegalArgumentException if there are none of that name, or of another shape
   */
  public double[] get(RecordedStep.Shape shape) {
    Array array = arrays.get(shape.name());
    List<Long> needed = shape.extents().stream().map(Integer::longValue).toList();
    if (array == null || !array.extents().equals(needed)) {
      throw new IllegalArgumentException(
          "%s has %s for '%s', the model needs %s"
              .formatted(
                  file,
                  array == null ? "nothing" : array.extents(),
                  shape.name(),
                  shape.extents()));
    }
    return array.values();
  }
}
