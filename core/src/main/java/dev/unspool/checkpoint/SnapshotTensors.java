// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import dev.unspool.model.Snapshot;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The arrays of a snapshot as a file holds them: each a tensor of one dimension. */
final class SnapshotTensors {
  private SnapshotTensors() {}

  /** The tensors, under the names and in the order of the entries; the values are copied. */
  static Map<String, Tensor> of(Snapshot state) {
    var tensors = new LinkedHashMap<String, Tensor>();
    state.entries().forEach((name, entry) -> tensors.put(name, tensor(entry)));
    return tensors;
  }

  /** One array; the values are copied. */
  static Tensor tensor(Snapshot.Entry entry) {
    return switch (entry) {
      case Snapshot.Floats(float[] values) -> Tensor.of(values, values.length);
      case Snapshot.Doubles(double[] values) -> Tensor.of(values, values.length);
      case Snapshot.Longs(long[] values) -> Tensor.of(values, values.length);
    };
  }

  /**
   * The snapshot again.
   *
   * @param file where the tensors are from
   */
  static Snapshot snapshot(Path file, Map<String, Tensor> tensors) throws CheckpointException {
    var state = new Snapshot();
    for (var entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      String name = entry.getKey();
      switch (tensor.type()) {
        case F32 -> state.put(name, tensor.floats());
        case F64 -> state.put(name, tensor.doubles());
        case I64 -> state.put(name, tensor.longs());
        default ->
            throw new CheckpointException(
                file,
                "'%s' is %s, expected F32, F64 or I64; the file is no state of Unspool"
                    .formatted(Messages.shorten(name), tensor));
      }
    }
    return state;
  }
}
