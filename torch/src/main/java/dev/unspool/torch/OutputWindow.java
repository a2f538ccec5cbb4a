// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Snapshot;
import dev.unspool.model.Steps;

/**
 * The newest outputs as the engine reads them, also those of steps that are off the tape. A window
 * that slides over an array of twice its length.
 */
final class OutputWindow {
  private final float[] values;
  private final int capacity;
  private final int lanes;
  private final int features;
  private final int width;
  private int end;
  private int held;

  OutputWindow(int capacity, int lanes, int features) {
    this.capacity = capacity;
    this.lanes = lanes;
    this.features = features;
    this.width = lanes * features;
    this.values = new float[Math.multiplyExact(2 * capacity, width)];
  }

  int capacity() {
    return capacity;
  }

  int held() {
    return held;
  }

  void clear() {
    end = 0;
    held = 0;
  }

  /** Makes room for one more step. */
  void append() {
    if (end == 2 * capacity) {
      int kept = Math.min(held, capacity - 1);
      System.arraycopy(values, (end - kept) * width, values, 0, kept * width);
      end = kept;
    }
    end++;
    held = Math.min(capacity, held + 1);
  }

  float[] values() {
    return values;
  }

  /** Where the outputs of a step begin: age 0 is the newest step, 1 the one before. */
  int offset(int age) {
    return (end - 1 - age) * width;
  }

  /** The newest {@code count} steps, oldest first. */
  Steps last(int count) {
    if (count > held) {
      throw new IllegalStateException(
          ("outputs of %s steps asked for, but only %s are there: so few steps were run, or the"
                  + " others left the tape before their outputs were asked for")
              .formatted(count, held));
    }
    return Steps.of(values, (end - count) * width, count, lanes, features);
  }

  void save(Snapshot snapshot) {
    snapshot.put("values", last(held).copy().values());
  }

  void load(Snapshot snapshot) {
    float[] saved = snapshot.floats("values");
    if (saved.length > capacity * width || saved.length % width != 0) {
      throw new IllegalArgumentException(
          "the checkpoint holds %s output values, the tape has room for %s steps of %s"
              .formatted(saved.length, capacity, width));
    }
    System.arraycopy(saved, 0, values, 0, saved.length);
    held = saved.length / width;
    end = held;
  }
}
