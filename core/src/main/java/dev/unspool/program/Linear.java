// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * A product with a matrix W of parameters: W·x, or Wᵀ·x.
 *
 * @param matrix W
 * @param transposed whether it is Wᵀ·x
 */
public record Linear(Matrix matrix, boolean transposed) implements Op {

  /** Width of x. */
  public int inputs() {
    return transposed ? matrix.rows() : matrix.columns();
  }

  /** Width of the product. */
  public int outputs() {
    return transposed ? matrix.columns() : matrix.rows();
  }

  @Override
  public int width(List<Node> arguments) {
    Node x = arguments.getFirst();
    if (x.width() != inputs()) {
      throw new IllegalArgumentException(
          "%s%s takes a width of %s, found %s"
              .formatted(matrix, transposed ? ", transposed," : "", inputs(), x.described()));
    }
    return outputs();
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    double[] w = values.matrix(matrix);
    double[] x = arguments[0];
    for (int j = 0; j < into.length; j++) {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        sum += (transposed ? w[i * matrix.columns() + j] : w[j * matrix.columns() + i]) * x[i];
      }
      into[j] = sum;
    }
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    return to.linear(matrix, transposed, arguments.getFirst());
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {
    to.add(y.arg(0), g.linear(matrix, !transposed, d));
    if (transposed) {
      to.addProduct(matrix, y.arg(0), d);
    } else {
      to.addProduct(matrix, d, y.arg(0));
    }
  }

  @Override
  public String text(List<String> arguments) {
    String x = arguments.getFirst();
    return matrix.name() + (transposed ? "ᵀ" : "") + "·" + (isProduct(x) ? "(" + x + ")" : x);
  }

  /** Whether a text is a product or a quotient, which after a matrix could be read in two ways. */
  private static boolean isProduct(String text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
      if (depth == 0 && (c == '·' || c == '/')) {
        return true;
      }
    }
    return false;
  }
}
