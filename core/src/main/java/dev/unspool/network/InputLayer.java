// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Steps;
import java.util.Arrays;

/** Turns what a step of the input is into what the first recurrent layer sees of it. */
final class InputLayer {
  private final Input input;
  private final int lanes;
  private final int features;
  private final int width;
  private final float[] raw;
  private final float[] values;
  private final float[] theta;
  private final int table;
  private final int tableEnd;

  InputLayer(Input input, TapeArrays arrays, ParameterLayout layout, float[] theta) {
    this.input = input;
    this.lanes = arrays.lanes();
    this.features = input.features();
    this.width = input.width();
    this.raw = arrays.store().floats("input", lanes * features);
    this.values =
        input instanceof Input.Numeric ? raw : arrays.store().floats("input.values", lanes * width);
    this.theta = theta;
    this.table = input instanceof Input.Embedding ? layout.slice("embedding.weight").offset() : -1;
    this.tableEnd = input instanceof Input.Embedding ? layout.slice("embedding.weight").end() : -1;
  }

  /** Slots × lanes × width. */
  float[] values() {
    return values;
  }

  /** Whether sweeps must bring the gradient down to here. */
  boolean trained() {
    return input instanceof Input.Embedding;
  }

  /** Refuses indices out of range before anything is changed. */
  void check(Steps x) {
    int classes =
        switch (input) {
          case Input.Numeric _ -> 0;
          case Input.OneHot(int count) -> count;
          case Input.Embedding(int count, int _) -> count;
        };
    if (classes == 0) {
      return;
    }
    for (int i = 0; i < x.size(); i++) {
      float index = x.values()[x.offset() + i];
      if (!(index >= 0 && index < classes) || index != (int) index) {
        throw new IllegalArgumentException(
            "input of step %s, lane %s of the block is %s, expected a class index from 0 to %s"
                .formatted(i / lanes, i % lanes, index, classes - 1));
      }
    }
  }

  /** Puts the inputs of new steps into the slots from {@code slot}. */
  void load(Steps x, int slot) {
    System.arraycopy(x.values(), x.offset(), raw, slot * lanes * features, x.size());
  }

  void forward(int from, int to) {
    switch (input) {
      case Input.Numeric _ -> {} // raw and values are the same array
      case Input.OneHot _ -> {
        Arrays.fill(values, from * lanes * width, to * lanes * width, 0);
        for (int row = from * lanes; row < to * lanes; row++) {
          values[row * width + (int) raw[row]] = 1;
        }
      }
      case Input.Embedding _ -> {
        for (int row = from * lanes; row < to * lanes; row++) {
          System.arraycopy(theta, table + width * (int) raw[row], values, row * width, width);
        }
      }
    }
  }

  /** Clears the gradient of the table, before anything adds to it; a tied output overwrites it. */
  void clear(float[] into) {
    if (trained()) {
      Arrays.fill(into, table, tableEnd, 0);
    }
  }

  /** Adds ∂L/∂values of the slots first–end to the gradient of the table. */
  void backward(int first, int end, float[] delta, float[] into) {
    if (!trained()) {
      return;
    }
    for (int row = 0; row < (end - first) * lanes; row++) {
      int target = table + width * (int) raw[first * lanes + row];
      for (int j = 0; j < width; j++) {
        into[target + j] += delta[row * width + j];
      }
    }
  }
}
