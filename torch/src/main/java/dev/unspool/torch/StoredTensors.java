// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Snapshot;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * State tensors and flags of lanes as a snapshot holds them: floating types as float64 and integers
 * and booleans as int64, so that every type comes back bit for bit.
 */
final class StoredTensors {
  private final List<StateArray> arrays;
  private final HostArrays host;
  private final int lanes;

  StoredTensors(TorchModel model, int lanes) {
    this.arrays = model.stateArrays();
    this.host = new HostArrays(model.type(), model.device());
    this.lanes = lanes;
  }

  /** Stores all arrays of the state; temporary tensors belong to the innermost scope. */
  void save(Snapshot snapshot, Tensor[] tensors) {
    for (int i = 0; i < tensors.length; i++) {
      StateArray array = arrays.get(i);
      if (array.differentiable()) {
        snapshot.put(array.name(), HostArrays.doubles(tensors[i]));
      } else {
        snapshot.put(array.name(), HostArrays.longs(tensors[i]));
      }
    }
  }

  /** All arrays of the state as tensors of the innermost scope. */
  Tensor[] load(Snapshot snapshot) {
    var tensors = new Tensor[arrays.size()];
    for (int i = 0; i < tensors.length; i++) {
      StateArray array = arrays.get(i);
      long[] shape = array.batched(lanes);
      if (array.differentiable()) {
        double[] values = snapshot.doubles(array.name());
        check(array, values.length);
        tensors[i] = host.tensor(array.type(), values, shape);
      } else {
        long[] values = snapshot.longs(array.name());
        check(array, values.length);
        tensors[i] = host.tensor(array.type(), values, shape);
      }
    }
    return tensors;
  }

  private void check(StateArray array, int found) {
    if (found != lanes * array.size()) {
      throw new IllegalArgumentException(
          "the checkpoint holds %s values of '%s', the tape %s lanes × %s"
              .formatted(found, array.name(), lanes, array.size()));
    }
  }

  static long[] longs(boolean[] flags) {
    long[] values = new long[flags.length];
    for (int i = 0; i < flags.length; i++) {
      values[i] = flags[i] ? 1 : 0;
    }
    return values;
  }

  boolean[] flags(long[] values) {
    if (values.length != lanes) {
      throw new IllegalArgumentException(
          "the checkpoint is of %s lanes, the tape has %s".formatted(values.length, lanes));
    }
    var flags = new boolean[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      flags[lane] = values[lane] != 0;
    }
    return flags;
  }
}
