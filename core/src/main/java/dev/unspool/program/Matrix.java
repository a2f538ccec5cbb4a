// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

/**
 * A matrix of parameters, row-major in θ: weights as rows of outputs × columns of inputs, or a
 * table with one row a class.
 *
 * @param name as in θ
 * @param rows at least 1
 * @param columns at least 1
 */
public record Matrix(String name, int rows, int columns) {

  /** {@code weight_ih_l0 (256 × 64)}. */
  @Override
  public String toString() {
    return "%s (%s × %s)".formatted(name, rows, columns);
  }
}
