// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.program.Matrix;

/**
 * A matrix of parameters, to be used in one place or in several ({@linkplain Signal#timesTransposed
 * transposed}, too): what {@link Step#matrix} declares.
 */
public final class Weights {
  final Step step;
  final Matrix matrix;

  Weights(Step step, Matrix matrix) {
    this.step = step;
    this.matrix = matrix;
  }

  /** Rows: outputs of the product; classes of a table. */
  public int rows() {
    return matrix.rows();
  }

  /** Columns: inputs of the product; width of a table. */
  public int columns() {
    return matrix.columns();
  }

  /** Name and shape. */
  @Override
  public String toString() {
    return matrix.toString();
  }
}
