// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.model.Snapshot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A snapshot of any number of arrays as a few tensors. The first thousand or so are tensors of
 * their own, which other programs can read by name. With a hundred thousand keys there are a
 * million small ones, and a header that names each would be larger than all of them, and than a
 * header may be. So the rest is put end to end, by type:
 *
 * <pre>{@code
 * __packed__.index    of each array its type (0 float32, 1 float64, 2 int64), its length, and the bytes of its name
 * __packed__.names    the names, UTF-8, eight bytes a number
 * __packed__.floats   their elements, in this order
 * __packed__.doubles
 * __packed__.longs
 * }</pre>
 */
final class PackedArrays {
  private static final int OWN_TENSORS = 1024;
  private static final String ROOM = "__packed__.";
  private static final List<String> ELEMENTS = List.of("floats", "doubles", "longs");
  private static final List<DType> TYPES = List.of(DType.F32, DType.F64, DType.I64);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private PackedArrays() {}

  /** The tensors of a snapshot; the values are copied. */
  static Map<String, Tensor> pack(Snapshot state) {
    var tensors = new LinkedHashMap<String, Tensor>();
    var rest = new ArrayList<Map.Entry<String, Snapshot.Entry>>();
    state
        .entries()
        .forEach(
            (name, entry) -> {
              if (name.startsWith(ROOM)) {
                throw new IllegalArgumentException(
                    "no array may have a name that begins with '%s', as '%s' does"
                        .formatted(ROOM, name));
              }
              if (tensors.size() < OWN_TENSORS) {
                tensors.put(name, SnapshotTensors.tensor(entry));
              } else {
                rest.add(Map.entry(name, entry));
              }
            });
    if (!rest.isEmpty()) {
      pack(rest, tensors);
    }
    return tensors;
  }

  private static void pack(
      List<Map.Entry<String, Snapshot.Entry>> arrays, Map<String, Tensor> into) {
    long[] index = new long[3 * arrays.size()];
    long[] bytes = new long[TYPES.size()];
    long nameBytes = 0;
    for (int i = 0; i < arrays.size(); i++) {
      int type = type(arrays.get(i).getValue());
      index[3 * i] = type;
      index[3 * i + 1] = length(arrays.get(i).getValue());
      index[3 * i + 2] = arrays.get(i).getKey().getBytes(UTF_8).length;
      bytes[type] += index[3 * i + 1] * TYPES.get(type).bytes();
      nameBytes += index[3 * i + 2];
    }
    var elements = new ArrayList<MemorySegment>();
    for (long each : bytes) {
      elements.add(Tensor.allocate(each));
    }
    MemorySegment names = Tensor.allocate((nameBytes + Long.BYTES - 1) / Long.BYTES * Long.BYTES);
    long[] at = new long[TYPES.size()];
    long nameAt = 0;
    for (var array : arrays) {
      int type = type(array.getValue());
      at[type] += copy(array.getValue(), elements.get(type), at[type]);
      byte[] name = array.getKey().getBytes(UTF_8);
      MemorySegment.copy(MemorySegment.ofArray(name), 0, names, nameAt, name.length);
      nameAt += name.length;
    }
    into.put(ROOM + "index", Tensor.of(index, arrays.size(), 3));
    into.put(ROOM + "names", tensor(DType.I64, names));
    for (int type = 0; type < TYPES.size(); type++) {
      into.put(ROOM + ELEMENTS.get(type), tensor(TYPES.get(type), elements.get(type)));
    }
  }

  private static Tensor tensor(DType type, MemorySegment data) {
    return new Tensor(type, List.of(data.byteSize() / type.bytes()), data);
  }

  private static int type(Snapshot.Entry entry) {
    return switch (entry) {
      case Snapshot.Floats _ -> 0;
      case Snapshot.Doubles _ -> 1;
      case Snapshot.Longs _ -> 2;
    };
  }

  private static int length(Snapshot.Entry entry) {
    return switch (entry) {
      case Snapshot.Floats(float[] values) -> values.length;
      case Snapshot.Doubles(double[] values) -> values.length;
      case Snapshot.Longs(long[] values) -> values.length;
    };
  }

  /** Copies the elements to that byte; returns how many bytes they are. */
  private static long copy(Snapshot.Entry entry, MemorySegment to, long at) {
    switch (entry) {
      case Snapshot.Floats(float[] values) ->
          MemorySegment.copy(values, 0, to, FLOAT, at, values.length);
      case Snapshot.Doubles(double[] values) ->
          MemorySegment.copy(values, 0, to, DOUBLE, at, values.length);
      case Snapshot.Longs(long[] values) ->
          MemorySegment.copy(values, 0, to, LONG, at, values.length);
    }
    return (long) length(entry) * TYPES.get(type(entry)).bytes();
  }

  /**
   * The snapshot again.
   *
   * @param file where the tensors are from
   * @throws CheckpointException if they are not what {@link #pack} makes
   */
  static Snapshot unpack(Path file, Map<String, Tensor> tensors) throws CheckpointException {
    var own = new LinkedHashMap<String, Tensor>();
    var packed = new HashMap<String, Tensor>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(ROOM)) {
            packed.put(name.substring(ROOM.length()), tensor);
          } else {
            own.put(name, tensor);
          }
        });
    Snapshot state = SnapshotTensors.snapshot(file, own);
    if (!packed.isEmpty()) {
      try {
        unpack(packed, state);
      } catch (IllegalArgumentException
          | IllegalStateException
          | ArithmeticException
          | IndexOutOfBoundsException e) {
        throw new CheckpointException(
            file, "its index does not fit its arrays: " + Messages.line(e), e);
      }
    }
    return state;
  }

  private static void unpack(Map<String, Tensor> packed, Snapshot state) {
    long[] index = require(packed, "index", DType.I64).longs();
    MemorySegment names = require(packed, "names", DType.I64).data();
    var elements = new ArrayList<MemorySegment>();
    for (int type = 0; type < TYPES.size(); type++) {
      elements.add(require(packed, ELEMENTS.get(type), TYPES.get(type)).data());
    }
    long[] at = new long[TYPES.size()];
    long nameAt = 0;
    for (int i = 0; i + 2 < index.length; i += 3) {
      int type = Math.toIntExact(index[i]);
      long bytes = Math.multiplyExact(index[i + 1], TYPES.get(type).bytes());
      MemorySegment data = elements.get(type).asSlice(at[type], bytes);
      byte[] name = names.asSlice(nameAt, index[i + 2]).toArray(ValueLayout.JAVA_BYTE);
      state.put(new String(name, UTF_8), entry(type, data));
      at[type] += bytes;
      nameAt += index[i + 2];
    }
  }

  private static Snapshot.Entry entry(int type, MemorySegment data) {
    return switch (type) {
      case 0 -> new Snapshot.Floats(data.toArray(FLOAT));
      case 1 -> new Snapshot.Doubles(data.toArray(DOUBLE));
      default -> new Snapshot.Longs(data.toArray(LONG));
    };
  }

  private static Tensor require(Map<String, Tensor> packed, String name, DType type) {
    Tensor tensor = packed.get(name);
    if (tensor == null || tensor.type() != type) {
      throw new IllegalArgumentException(
          "found %s for '%s', expected %s".formatted(tensor, ROOM + name, type));
    }
    return tensor;
  }
}
