// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.Kernels;
import dev.unspool.kernel.RightSide;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * ∂L/∂(each matrix), once a sweep: Σ_rows leftᵀ·right over all of its steps, one product for each
 * place where the matrix is used; for tables, rows added to those that were looked up.
 */
final class MatrixGradients {
  /** One product. */
  private static final class Product {
    final BackwardPlan.Gradient gradient;
    final boolean first;

    /** Where it goes that is not the first of its matrix, until it is added. */
    float[] added = new float[0];

    Product(BackwardPlan.Gradient gradient, boolean first) {
      this.gradient = gradient;
      this.first = first;
    }

    int size() {
      return gradient.matrix().rows() * gradient.matrix().columns();
    }
  }

  /**
   * Products with the same left side, which is gone through once.
   *
   * @param sums where in θ the vector stands whose derivative is the sum of the left side's rows;
   *     −1 if there is none
   */
  private record Products(
      Home left, boolean lazy, List<Product> products, List<RightSide> rights, int sums) {}

  /** Finds the vector whose derivative is the sum over all rows of something. */
  interface RowSums {
    /**
     * Where in θ it stands, if there is one: whoever asks computes it.
     *
     * @param lazy whether only steps with a derivative of outputs count
     */
    int claim(Home rows, boolean lazy);
  }

  private final List<Products> products = new ArrayList<>();
  private final BackwardPlan.Gradient[] scattered;

  /** For each of these, whether it is the first of its matrix. */
  private final boolean[] fresh;

  private final ProgramArrays arrays;
  private final ProgramWeights weights;
  private final Kernels kernels;
  private final int lanes;

  MatrixGradients(
      Plan plan,
      ProgramArrays arrays,
      ProgramWeights weights,
      Kernels kernels,
      int lanes,
      RowSums sums) {
    this.arrays = arrays;
    this.weights = weights;
    this.kernels = kernels;
    this.lanes = lanes;
    // Whole products first, since the first one of a matrix overwrites; then rows of tables.
    Set<Matrix> seen = new HashSet<>();
    var gradients = plan.backward().gradients();
    for (var gradient : gradients) {
      if (!gradient.scattered()) {
        Products same = ofLeft(gradient, sums);
        same.products().add(new Product(gradient, seen.add(gradient.matrix())));
        same.rights().add(new RightSide(gradient.matrix().columns()));
      }
    }
    this.scattered =
        gradients.stream()
            .filter(BackwardPlan.Gradient::scattered)
            .toArray(BackwardPlan.Gradient[]::new);
    this.fresh = new boolean[scattered.length];
    for (int i = 0; i < scattered.length; i++) {
      fresh[i] = seen.add(scattered[i].matrix());
    }
  }

  private Products ofLeft(BackwardPlan.Gradient gradient, RowSums sums) {
    Home left = gradient.left().home();
    boolean lazy = gradient.lazy();
    for (Products each : products) {
      if (each.left() == left && each.lazy() == lazy) {
        return each;
      }
    }
    var none =
        new Products(left, lazy, new ArrayList<>(), new ArrayList<>(), sums.claim(left, lazy));
    products.add(none);
    return none;
  }

  /**
   * Computes all of them, and the sums that were claimed.
   *
   * @param read first slot whose outputs have a derivative
   */
  void compute(int first, int end, int read, float[] into) {
    for (int i = 0; i < products.size(); i++) {
      Products some = products.get(i);
      multiply(some, some.lazy() ? read : first, end, into);
    }
    for (int i = 0; i < products.size(); i++) {
      List<Product> some = products.get(i).products();
      for (int j = 0; j < some.size(); j++) {
        add(some.get(j), into);
      }
    }
    for (int i = 0; i < scattered.length; i++) {
      scatter(scattered[i], scattered[i].lazy() ? read : first, end, into, fresh[i]);
    }
  }

  private void multiply(Products some, int from, int end, float[] into) {
    for (int i = 0; i < some.products().size(); i++) {
      Product product = some.products().get(i);
      Home right = product.gradient.right();
      if (!product.first && product.added.length == 0) {
        product.added = new float[product.size()];
      }
      float[] d = product.first ? into : product.added;
      int offset = product.first ? weights.offset(product.gradient.matrix()) : 0;
      some.rights().get(i).set(arrays.of(right), arrays.at(right, from), d, offset);
    }
    kernels.transposedProducts(
        arrays.of(some.left()),
        arrays.at(some.left(), from),
        some.left().width(),
        (end - from) * lanes,
        some.rights(),
        into,
        some.sums());
  }

  /** Adds what is not the first of its matrix, when that is there. */
  private void add(Product product, float[] into) {
    if (product.first) {
      return;
    }
    int offset = weights.offset(product.gradient.matrix());
    for (int i = 0; i < product.added.length; i++) {
      into[offset + i] += product.added[i];
    }
  }

  private void scatter(
      BackwardPlan.Gradient gradient, int from, int end, float[] into, boolean clear) {
    Matrix table = gradient.matrix();
    int offset = weights.offset(table);
    int width = table.columns();
    if (clear) {
      kernels.clear(into, offset, table.rows() * width);
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
