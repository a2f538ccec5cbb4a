// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import java.util.Arrays;
import org.bytedeco.pytorch.LongArrayRef;
import org.bytedeco.pytorch.Tensor;

/** Shapes of one lane and of all lanes. */
final class Shapes {
  private Shapes() {}

  static int size(long[] shape) {
    return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
  }

  static int[] ints(long[] shape) {
    return Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
  }

  /** Lanes first. */
  static long[] batched(int lanes, long[] shape) {
    long[] batched = new long[shape.length + 1];
    batched[0] = lanes;
    System.arraycopy(shape, 0, batched, 1, shape.length);
    return batched;
  }

  static long[] of(Tensor tensor) {
    LongArrayRef sizes = tensor.sizes();
    long[] shape = new long[Math.toIntExact(sizes.size())];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.get(i);
    }
    return shape;
  }

  /** Type and shape, for messages: {@code Float [4, 8]}. */
  static String describe(Tensor tensor) {
    return "%s %s".formatted(tensor.scalar_type().intern(), Arrays.toString(of(tensor)));
  }

  /** A copy, each extent and the number of values checked. */
  static long[] checked(String what, long[] shape) {
    for (long extent : shape) {
      if (extent < 1) {
        throw new IllegalArgumentException(
            "%s has the shape %s; every extent must be at least 1"
                .formatted(what, Arrays.toString(shape)));
      }
    }
    double values = Arrays.stream(shape).asDoubleStream().reduce(1, (a, b) -> a * b);
    if (values > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%s has the shape %s, which are more values than one Java array holds; make it smaller"
              .formatted(what, Arrays.toString(shape)));
    }
    return shape.clone();
  }
}
