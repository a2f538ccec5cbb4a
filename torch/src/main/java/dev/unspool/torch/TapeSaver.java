// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;

/**
 * Stores the steps of a tape: of each what it began with, from which {@link TapeLoader} runs it
 * again, and each version of the weights once.
 */
final class TapeSaver {
  private final StoredTensors stored;
  private final List<float[]> versions = new ArrayList<>();

  TapeSaver(TorchModel model, int lanes) {
    this.stored = new StoredTensors(model, lanes);
  }

  /**
   * Stores.
   *
   * @param current the weights of the next step
   */
  void save(List<TapeStep> steps, float[] current, Snapshot snapshot) {
    snapshot.put("held", (long) steps.size());
    try (var _ = new PointerScope()) {
      for (int i = 0; i < steps.size(); i++) {
        TapeStep step = steps.get(i);
        Snapshot room = snapshot.in("step" + i);
        room.put("number", step.number);
        room.put("resets", StoredTensors.longs(step.resets));
        room.put("weights", version(step.theta));
        room.put("input", HostArrays.doubles(step.input));
        stored.save(room.in("entering"), step.entering);
      }
    }
    snapshot.put("weights", version(current));
    for (int v = 0; v < versions.size(); v++) {
      snapshot.in("weights").put(String.valueOf(v), versions.get(v).clone());
    }
  }

  @SuppressWarnings("ReferenceEquality") // each update makes a new array
  private long version(float[] values) {
    for (int v = 0; v < versions.size(); v++) {
      if (versions.get(v) == values) {
        return v;
      }
    }
    versions.add(values);
    return versions.size() - 1L;
  }
}
