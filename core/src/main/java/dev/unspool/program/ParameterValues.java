// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.ParameterLayout;
import java.util.Arrays;

/**
 * What can be computed from parameters alone.
 *
 * @param layout of the parameters
 * @param theta begins with them; not modified
 */
public record ParameterValues(ParameterLayout layout, double[] theta) implements Op.Values {
  @Override
  public double[] leaf(Leaf leaf) {
    if (leaf.role() != Leaf.Role.VECTOR) {
      throw new IllegalStateException("not made of parameters: " + leaf);
    }
    return slice(leaf.name());
  }

  @Override
  public double[] matrix(Matrix matrix) {
    return slice(matrix.name());
  }

  private double[] slice(String name) {
    var slice = layout.slice(name);
    return Arrays.copyOfRange(theta, slice.offset(), slice.end());
  }

  /** Some values of an array, in float64. */
  static double[] doubles(float[] values, int offset, int count) {
    double[] result = new double[count];
    for (int j = 0; j < count; j++) {
      result[j] = values[offset + j];
    }
    return result;
  }
}
