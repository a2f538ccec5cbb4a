// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;

/**
 * ∂L/∂(each matrix), once a sweep: Σ_rows leftᵀ·right over all of its steps, one product for each
 * place where the matrix is used; for tables, rows added to those that were looked up.
 */
final class MatrixGradients {
  private final BackwardPlan.Gradient[] gradients;

  /** For each gradient, whether it is the first of its matrix. */
  private final boolean[] fresh;

  private final ProgramArrays arrays;
  private final ProgramWeights weights;
  private final Kernels kernels;
  private final int lanes;
  private float[] temporary = new float[0];

  MatrixGradients(
      Plan plan, ProgramArrays arrays, ProgramWeights weights, Kernels kernels, int lanes) {
    this.arrays = arrays;
    this.weights = weights;
    this.kernels = kernels;
    this.lanes = lanes;
    // Whole products first, since the first one of a matrix overwrites; then rows of tables.
    this.gradients =
        plan.backward().gradients().stream()
            .sorted(Comparator.comparing(BackwardPlan.Gradient::scattered))
            .toArray(BackwardPlan.Gradient[]::new);
    this.fresh = new boolean[gradients.length];
    Set<Matrix> seen = new HashSet<>();
    for (int i = 0; i < gradients.length; i++) {
      fresh[i] = seen.add(gradients[i].matrix());
    }
  }

  /**
   * Computes all of them.
   *
   * @param read first slot whose outputs have a derivative
   */
  void compute(int first, int end, int read, float[] into) {
    for (int i = 0; i < gradients.length; i++) {
      BackwardPlan.Gradient gradient = gradients[i];
      int from = gradient.lazy() ? read : first;
      if (gradient.scattered()) {
        scatter(gradient, from, end, into, fresh[i]);
      } else {
        product(gradient, from, end, into, fresh[i]);
      }
    }
  }

  private void product(
      BackwardPlan.Gradient gradient, int from, int end, float[] into, boolean overwrite) {
    Matrix matrix = gradient.matrix();
    Home left = gradient.left().home();
    Home right = gradient.right();
    int offset = weights.offset(matrix);
    int size = matrix.rows() * matrix.columns();
    if (!overwrite && temporary.length < size) {
      temporary = new float[size];
    }
    kernels.transposedProduct(
        arrays.of(left),
        arrays.at(left, from),
        matrix.rows(),
        arrays.of(right),
        arrays.at(right, from),
        matrix.columns(),
        (end - from) * lanes,
        overwrite ? into : temporary,
        overwrite ? offset : 0);
    for (int i = 0; !overwrite && i < size; i++) {
      into[offset + i] += temporary[i];
    }
  }

  private void scatter(
      BackwardPlan.Gradient gradient, int from, int end, float[] into, boolean clear) {
    Matrix table = gradient.matrix();
    int offset = weights.offset(table);
    int width = table.columns();
    if (clear) {
      Arrays.fill(into, offset, offset + table.rows() * width, 0);
    }
    Home left = gradient.left().home();
    float[] indices = arrays.of(left);
    float[] d = arrays.of(gradient.right());
    int index = arrays.at(left, from) + gradient.left().column();
    int at = arrays.at(gradient.right(), from);
    for (int row = 0; row < (end - from) * lanes; row++) {
      int target = offset + (int) indices[index + row * left.width()] * width;
      for (int j = 0; j < width; j++) {
        into[target + j] += d[at + row * width + j];
      }
    }
  }
}
