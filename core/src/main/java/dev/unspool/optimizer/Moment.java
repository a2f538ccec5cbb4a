// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.model.Snapshot;

/**
 * What an update rule remembers of past gradients: one number for each parameter, 0 at first.
 *
 * @param name in a snapshot
 * @param values modified by the kernels
 */
record Moment(String name, float[] values) {
  Moment(String name, int size) {
    this(name, new float[size]);
  }

  void save(Snapshot snapshot) {
    snapshot.put(name, values.clone());
  }

  void load(Snapshot snapshot) {
    float[] stored = snapshot.floats(name);
    if (stored.length != values.length) {
      throw new IllegalArgumentException(
          "'%s' of the optimizer is stored with %d values, expected %d; the checkpoint belongs to"
                  .formatted(name, stored.length, values.length)
              + " another model or another optimizer");
    }
    System.arraycopy(stored, 0, values, 0, values.length);
  }
}
