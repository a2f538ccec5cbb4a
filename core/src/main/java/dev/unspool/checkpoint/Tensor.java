// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * An array of numbers with a type and a shape, as it stands in a file.
 *
 * @param type of every element
 * @param shape row-major extents, each at least 0; an empty list is a single number
 * @param data the elements, little-endian, without gaps; shared, not copied
 */
public record Tensor(DType type, List<Long> shape, MemorySegment data) {
  /** Most bytes that {@link #allocate} can give. */
  static final long LARGEST = 8L * (Integer.MAX_VALUE - 8);

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Checks that shape and data agree. */
  public Tensor {
    shape = List.copyOf(shape);
    long bytes = bytes(type, shape);
    if (bytes != data.byteSize()) {
      throw new IllegalArgumentException(
          "a tensor of %s %s has %s bytes, found %s"
              .formatted(type, shape, bytes, data.byteSize()));
    }
  }

  /**
   * Bytes of a tensor of that type and shape.
   *
   * @throws IllegalArgumentException if an extent is negative, or there are more than a long counts
   */
  static long bytes(DType type, List<Long> shape) {
    if (shape.stream().anyMatch(extent -> extent < 0)) {
      throw new IllegalArgumentException("the shape %s has a negative extent".formatted(shape));
    }
    if (shape.contains(0L)) {
      return 0;
    }
    try {
      long bytes = type.bytes();
      for (long extent : shape) {
        bytes = Math.multiplyExact(bytes, extent);
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "a tensor of %s %s is larger than any file".formatted(type, shape), e);
    }
  }

  /** An F32 tensor; the values are copied. */
  public static Tensor of(float[] values, long... shape) {
    MemorySegment data = allocate(4L * values.length);
    MemorySegment.copy(values, 0, data, FLOAT, 0, values.length);
    return new Tensor(DType.F32, list(shape), data);
  }

  /** An F64 tensor; the values are copied. */
  public static Tensor of(double[] values, long... shape) {
    MemorySegment data = allocate(8L * values.length);
    MemorySegment.copy(values, 0, data, DOUBLE, 0, values.length);
    return new Tensor(DType.F64, list(shape), data);
  }

  /** An I64 tensor; the values are copied. */
  public static Tensor of(long[] values, long... shape) {
    MemorySegment data = allocate(8L * values.length);
    MemorySegment.copy(values, 0, data, LONG, 0, values.length);
    return new Tensor(DType.I64, list(shape), data);
  }

  /**
   * Parameters as a file holds them: an F32 tensor for each slice, under its name and in its shape;
   * the values are copied.
   */
  public static Map<String, Tensor> byName(Parameters theta) {
    return byName(theta.layout(), (slice, shape) -> of(theta.get(slice.name()), shape));
  }

  /**
   * The same of parameters in float64, as F64 tensors.
   *
   * @param theta of the layout's size; copied
   */
  public static Map<String, Tensor> byName(ParameterLayout layout, double[] theta) {
    return byName(
        layout,
        (slice, shape) -> of(Arrays.copyOfRange(theta, slice.offset(), slice.end()), shape));
  }

  private static Map<String, Tensor> byName(
      ParameterLayout layout, BiFunction<ParameterLayout.Slice, long[], Tensor> tensor) {
    var tensors = new LinkedHashMap<String, Tensor>();
    for (var slice : layout.slices()) {
      long[] shape = slice.shape().stream().mapToLong(Integer::longValue).toArray();
      tensors.put(slice.name(), tensor.apply(slice, shape));
    }
    return tensors;
  }

  /**
   * The parameters that a file holds by name, of whatever floating-point type, as one vector.
   *
   * @param tensors under the names and in the shapes of the layout, and no others
   * @return the caller's
   * @throws IllegalArgumentException if they are another model's; the message lists what differs
   */
  public static double[] flat(Map<String, Tensor> tensors, ParameterLayout layout) {
    requireShapes(tensors, layout, tensor -> String.valueOf(tensor.shape()), "");
    double[] theta = new double[layout.size()];
    for (var slice : layout.slices()) {
      double[] values = Objects.requireNonNull(tensors.get(slice.name())).doubles();
      System.arraycopy(values, 0, theta, slice.offset(), values.length);
    }
    return theta;
  }

  /**
   * Refuses tensors that are not those of a layout.
   *
   * @param described a tensor as the message shows it
   * @param type what stands before a shape there
   */
  static void requireShapes(
      Map<String, Tensor> tensors,
      ParameterLayout layout,
      Function<Tensor, String> described,
      String type) {
    List<String> found =
        tensors.entrySet().stream()
            .map(entry -> entry.getKey() + " " + described.apply(entry.getValue()))
            .sorted()
            .toList();
    List<String> expected =
        layout.slices().stream()
            .map(slice -> "%s %s%s".formatted(slice.name(), type, slice.shape()))
            .sorted()
            .toList();
    if (!found.equals(expected)) {
      throw new IllegalArgumentException(
          "the weights are of another model: found %s, expected %s; build the model they belong to"
              .formatted(without(found, expected), without(expected, found)));
    }
  }

  private static String without(List<String> some, List<String> others) {
    var left = new ArrayList<>(some);
    left.removeAll(others);
    return left.isEmpty() ? "nothing else" : String.join(", ", left);
  }

  /**
   * Room for so many bytes on the heap. An array of longs holds eight times as many as one of
   * bytes.
   */
  static MemorySegment allocate(long bytes) {
    return MemorySegment.ofArray(new long[Math.toIntExact((bytes + 7) / 8)]).asSlice(0, bytes);
  }

  private static List<Long> list(long[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }

  /** Number of elements. */
  public long size() {
    return data.byteSize() / type.bytes();
  }

  /**
   * The elements of a floating-point tensor: F32, F16 and BF16 exactly, F64 rounded to the nearest.
   *
   * @return the caller's
   * @throws IllegalArgumentException if the tensor holds integers, or more than fit into an array
   */
  public float[] floats() {
    float[] values = new float[length()];
    switch (type) {
      case F32 -> MemorySegment.copy(data, FLOAT, 0, values, 0, values.length);
      case F16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.float16ToFloat(data.get(SHORT, 2L * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = Float.intBitsToFloat(data.get(SHORT, 2L * i) << 16);
        }
      }
      case F64 -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) data.get(DOUBLE, 8L * i);
        }
      }
      default -> throw wrong("floating-point numbers");
    }
    return values;
  }

  /**
   * The elements of a floating-point tensor, exactly.
   *
   * @return the caller's
   * @throws IllegalArgumentException if the tensor holds integers, or more than fit into an array
   */
  public double[] doubles() {
    double[] values = new double[length()];
    if (type == DType.F64) {
      MemorySegment.copy(data, DOUBLE, 0, values, 0, values.length);
      return values;
    }
    float[] floats = floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = floats[i];
    }
    return values;
  }

  /**
   * The elements of a tensor of integers, exactly; BOOL as 0 and 1.
   *
   * @return the caller's
   * @throws IllegalArgumentException if the tensor holds floating-point numbers, more than fit into
   *     an array, or a number above 2⁶³ − 1
   */
  public long[] longs() {
    long[] values = new long[length()];
    if (type == DType.I64) {
      MemorySegment.copy(data, LONG, 0, values, 0, values.length);
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = integer(i);
    }
    return values;
  }

  private long integer(long i) {
    return switch (type) {
      case I64 -> data.get(LONG, 8 * i);
      case I32 -> data.get(INT, 4 * i);
      case I16 -> data.get(SHORT, 2 * i);
      case I8 -> data.get(JAVA_BYTE, i);
      case U64 -> {
        long value = data.get(LONG, 8 * i);
        if (value < 0) {
          throw new IllegalArgumentException(
              "element %s is %s, expected at most %s"
                  .formatted(i, Long.toUnsignedString(value), Long.MAX_VALUE));
        }
        yield value;
      }
      case U32 -> Integer.toUnsignedLong(data.get(INT, 4 * i));
      case U16 -> Short.toUnsignedLong(data.get(SHORT, 2 * i));
      case U8, BOOL -> Byte.toUnsignedLong(data.get(JAVA_BYTE, i));
      case F64, F32, F16, BF16 -> throw wrong("integers");
    };
  }

  private int length() {
    if (size() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%s elements do not fit into one Java array".formatted(size()));
    }
    return (int) size();
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException(
        "the elements are of type %s, expected %s".formatted(type, expected));
  }

  /** Type and shape, for messages: {@code F32 [256, 64]}. */
  @Override
  public String toString() {
    return type + " " + shape;
  }
}
