// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import java.util.Arrays;

/**
 * The parameters θ of a model: one flat float32 vector with named slices.
 *
 * <p>The vector is mutable and shared: an optimizer writes into {@link #values()}, and whoever has
 * an open {@link Tape} tells it by {@link Tape#parametersChanged()}.
 */
public final class Parameters {
  private final ParameterLayout layout;
  private final float[] values;

  /** Zeros in the given layout. */
  public Parameters(ParameterLayout layout) {
    this(layout, new float[layout.size()]);
  }

  /**
   * Wraps a vector.
   *
   * @param values of length {@code layout.size()}; shared, not copied
   */
  public Parameters(ParameterLayout layout, float[] values) {
    if (values.length != layout.size()) {
      throw new IllegalArgumentException(
          "the layout has %s parameters, the vector %s".formatted(layout.size(), values.length));
    }
    this.layout = layout;
    this.values = values;
  }

  /** Names, shapes and offsets. */
  public ParameterLayout layout() {
    return layout;
  }

  /** The flat vector itself. */
  public float[] values() {
    return values;
  }

  /** A copy of the flat vector in float64, as least squares computes. */
  public double[] toDoubles() {
    double[] copy = new double[values.length];
    Arrays.setAll(copy, i -> values[i]);
    return copy;
  }

  /**
   * Sets the flat vector, rounded to float32.
   *
   * @param flat as long as the layout; not modified
   */
  public void set(double[] flat) {
    if (flat.length != values.length) {
      throw new IllegalArgumentException(
          "the layout has %s parameters, found %s values".formatted(values.length, flat.length));
    }
    for (int i = 0; i < flat.length; i++) {
      values[i] = (float) flat[i];
    }
  }

  /** A copy of one named array, row-major. */
  public float[] get(String name) {
    var slice = layout.slice(name);
    return Arrays.copyOfRange(values, slice.offset(), slice.end());
  }

  /**
   * Sets one named array.
   *
   * @param array row-major, of the slice's size; not modified
   */
  public void set(String name, float... array) {
    var slice = layout.slice(name);
    if (array.length != slice.size()) {
      throw new IllegalArgumentException(
          "parameter '%s' has %s values of shape %s, found %s"
              .formatted(name, slice.size(), slice.shape(), array.length));
    }
    System.arraycopy(array, 0, values, slice.offset(), array.length);
  }

  /** A copy with a vector of its own. */
  public Parameters copy() {
    return new Parameters(layout, values.clone());
  }
}
