// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import java.util.Arrays;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * One array of the state as tensors see it.
 *
 * @param shape of one lane
 * @param type its data type; no derivative goes through one that is not floating
 * @param initial name of the parameter that holds its initial value, null for zeros
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never modified
record StateArray(String name, long[] shape, ScalarType type, @Nullable String initial) {

  StateArray as(ScalarType newType) {
    return new StateArray(name, shape, newType, initial);
  }

  /** Refuses what a checkpoint could not bring back bit for bit. */
  static void requireStorable(String name, ScalarType type) {
    if (!isFloating(type) && !isWhole(type)) {
      throw new IllegalArgumentException(
          ("state '%s' is %s; there are Float, Double, Half, BFloat16, Byte, Char, Short, Int, Long"
                  + " and Bool. Carry the real and the imaginary part of complex numbers as two arrays")
              .formatted(name, type));
    }
  }

  /** Integers and booleans, all of which int64 holds. */
  static boolean isWhole(ScalarType type) {
    return switch (type) {
      case Byte, Char, Short, Int, Long, Bool -> true;
      default -> false;
    };
  }

  static boolean isFloating(ScalarType type) {
    return switch (type) {
      case Float, Double, Half, BFloat16 -> true;
      default -> false;
    };
  }

  boolean differentiable() {
    return isFloating(type);
  }

  int size() {
    return Shapes.size(shape);
  }

  long[] batched(int lanes) {
    return Shapes.batched(lanes, shape);
  }

  /** The shape of all lanes, for messages. */
  String describe(int lanes) {
    return "%s %s".formatted(type, Arrays.toString(batched(lanes)));
  }
}
