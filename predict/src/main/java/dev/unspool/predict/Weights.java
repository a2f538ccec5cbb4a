// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trained weights by name, of a safetensors file: its header's length, the header in JSON, and
 * numbers in F32 or F64.
 *
 * @see <a href="https://huggingface.co/docs/safetensors">the format</a>
 */
public final class Weights {
  private static final int LARGEST_HEADER = 16 << 20;

  private record Array(List<Integer> extents, double[] values) {}

  private final Path file;
  private final Map<String, Array> arrays = new LinkedHashMap<>();
  private final Map<String, String> about = new LinkedHashMap<>();

  private Weights(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws ForecasterException if it is not what a training writes
   */
  public static Weights read(Path file) throws IOException {
    var weights = new Weights(file);
    try (FileChannel channel = FileChannel.open(file)) {
      long length = weights.bytes(channel, Long.BYTES).getLong(0);
      if (length < 2 || length > Math.min(LARGEST_HEADER, channel.size() - Long.BYTES)) {
        throw new IllegalArgumentException("its header has %s bytes".formatted(length));
      }
      String header = UTF_8.decode(weights.bytes(channel, (int) length)).toString();
      weights.read((Map<?, ?>) member(Json.parse(header), "header"), channel);
    } catch (IllegalArgumentException | ArithmeticException | ClassCastException e) {
      throw new ForecasterException(
          "%s is damaged: %s; take a copy of the file, or train again"
              .formatted(file, e.getMessage()),
          e);
    }
    return weights;
  }

  private ByteBuffer bytes(FileChannel channel, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new IllegalArgumentException("it ends too early");
      }
    }
    return buffer.flip();
  }

  private void read(Map<?, ?> header, FileChannel channel) throws IOException {
    long data = channel.position();
    for (Map.Entry<?, ?> entry : header.entrySet()) {
      String name = String.valueOf(entry.getKey());
      Map<?, ?> said = (Map<?, ?>) member(entry.getValue(), name);
      if (name.equals("__metadata__")) {
        said.forEach((key, text) -> about.put(String.valueOf(key), String.valueOf(text)));
        continue;
      }
      List<Integer> extents = integers(member(said.get("shape"), name));
      int size = extents.stream().reduce(1, Math::multiplyExact);
      boolean wide = "F64".equals(said.get("dtype"));
      if (!wide && !"F32".equals(said.get("dtype"))) {
        throw new IllegalArgumentException(
            "'%s' is of type %s, expected F32 or F64".formatted(name, said.get("dtype")));
      }
      List<Integer> range = integers(member(said.get("data_offsets"), name));
      int bytes = Math.multiplyExact(size, wide ? Double.BYTES : Float.BYTES);
      if (range.size() != 2
          || range.get(1) - range.get(0) != bytes
          || data + range.get(1) > channel.size()) {
        throw new IllegalArgumentException("'%s' lies at bytes %s".formatted(name, range));
      }
      channel.position(data + range.get(0));
      arrays.put(name, new Array(extents, numbers(bytes(channel, bytes), size, wide)));
    }
  }

  private static double[] numbers(ByteBuffer bytes, int size, boolean wide) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = wide ? bytes.getDouble() : bytes.getFloat();
    }
    return values;
  }

  private static Object member(@Nullable Object value, String name) {
    if (value == null) {
      throw new IllegalArgumentException("it says too little of '%s'".formatted(name));
    }
    return value;
  }

  private static List<Integer> integers(Object list) {
    return ((List<?>) list)
        .stream().map(number -> Math.toIntExact(((Double) number).longValue())).toList();
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
    if (array == null || !array.extents().equals(shape.extents())) {
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
