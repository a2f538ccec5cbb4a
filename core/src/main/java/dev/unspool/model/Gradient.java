// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.Arrays;

/** The derivative of one number with respect to θ, in the layout of θ. */
public final class Gradient {
  private final ParameterLayout layout;
  private final float[] values;

  /** Zeros in the given layout. */
  public Gradient(ParameterLayout layout) {
    this.layout = layout;
    this.values = new float[layout.size()];
  }

  /** Names, shapes and offsets. */
  public ParameterLayout layout() {
    return layout;
  }

  /** The flat vector itself. */
  public float[] values() {
    return values;
  }

  /** A copy of the part that belongs to one named array, row-major. */
  public float[] get(String name) {
    var slice = layout.slice(name);
    return Arrays.copyOfRange(values, slice.offset(), slice.end());
  }
}
