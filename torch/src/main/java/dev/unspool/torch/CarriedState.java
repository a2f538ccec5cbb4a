// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static dev.unspool.torch.Leaves.keep;

import dev.unspool.model.LaneEvents;
import dev.unspool.model.Snapshot;
import dev.unspool.model.State;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The state after the newest step, off every graph, and which lanes begin anew with the next. */
final class CarriedState {
  private final List<StateArray> arrays;
  private final StoredTensors stored;
  private final HostArrays host;
  private final Tensor[] tensors;
  private final boolean[] pendingReset;
  private final int lanes;

  /** All lanes are about to begin. */
  CarriedState(TorchModel model, int lanes) {
    this.arrays = model.stateArrays();
    this.stored = new StoredTensors(model, lanes);
    this.host = new HostArrays(model.type(), model.device());
    this.lanes = lanes;
    this.tensors = new Tensor[arrays.size()];
    this.pendingReset = new boolean[lanes];
    Arrays.fill(pendingReset, true);
    try (var _ = new PointerScope()) {
      Arrays.setAll(tensors, i -> keep(host.zeros(arrays.get(i).type(), shape(i))));
    }
  }

  private long[] shape(int array) {
    return arrays.get(array).batched(lanes);
  }

  /** The tensors themselves; those lanes that begin anew hold what nobody may read any more. */
  Tensor[] tensors() {
    return tensors;
  }

  /** The lanes that begin with the next step, which is at that position of a block. */
  boolean[] resets(LaneEvents events, int position) {
    boolean[] resets = pendingReset.clone();
    for (int lane = 0; lane < lanes; lane++) {
      resets[lane] |= events.begins(position, lane);
    }
    return resets;
  }

  /** Lets a lane begin with the next step. */
  void reset(int lane) {
    pendingReset[lane] = true;
  }

  /** The lanes that were about to begin have begun. */
  void begun() {
    Arrays.fill(pendingReset, false);
  }

  /** Takes over what a step has given. */
  void take(Tensor[] next) {
    try (var _ = new PointerScope()) {
      for (int i = 0; i < tensors.length; i++) {
        replace(i, next[i].detach());
      }
    }
  }

  /** Goes on from another state, in which no lane is about to begin. */
  void take(State state) {
    try (var _ = new PointerScope()) {
      for (int i = 0; i < tensors.length; i++) {
        StateArray array = arrays.get(i);
        float[] values = state.array(array.name());
        replace(i, host.tensor(array.type(), values, 0, values.length, shape(i)));
      }
    }
    begun();
  }

  private void replace(int array, Tensor next) {
    tensors[array].close();
    tensors[array] = keep(next);
  }

  /** Copies out, as float32; where a lane is about to begin, what it will begin from. */
  void read(State into, InitialValues initial) {
    try (var _ = new PointerScope()) {
      for (int i = 0; i < tensors.length; i++) {
        StateArray array = arrays.get(i);
        float[] values = into.array(array.name());
        HostArrays.read(tensors[i], values, 0);
        for (int lane = 0; lane < lanes; lane++) {
          if (pendingReset[lane]) {
            initial.copy(array, values, lane * array.size());
          }
        }
      }
    }
  }

  /** What a lane begins from. */
  @FunctionalInterface
  interface InitialValues {
    void copy(StateArray array, float[] into, int offset);
  }

  void save(Snapshot snapshot) {
    snapshot.put("pendingReset", StoredTensors.longs(pendingReset));
    stored.save(snapshot.in("state"), tensors);
  }

  void load(Snapshot snapshot) {
    boolean[] pending = stored.flags(snapshot.longs("pendingReset"));
    try (var _ = new PointerScope()) {
      Tensor[] state = stored.load(snapshot.in("state"));
      for (int i = 0; i < tensors.length; i++) {
        replace(i, state[i]);
      }
    }
    System.arraycopy(pending, 0, pendingReset, 0, lanes);
  }

  void close() {
    TapeStep.closeAll(tensors);
  }
}
