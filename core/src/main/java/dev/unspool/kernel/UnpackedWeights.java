// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.L;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A row times weights as they stand in θ, outputs × inputs. Where weights change at every step they
 * are needed once, and the stores and loads of a packed copy are most of what that would cost.
 */
final class UnpackedWeights {
  private final int outputs;
  private final int inputs;

  /** θ, until they are packed. */
  private float @Nullable [] theta;

  private int offset;

  /** Products since they changed, and whether there were several of them the last time. */
  private int products;

  private boolean often;

  UnpackedWeights(int outputs, int inputs) {
    this.outputs = outputs;
    this.inputs = inputs;
  }

  /** Says where they stand, until {@link #end}. */
  void begin(float[] in, int from) {
    often = products > 1;
    products = 0;
    theta = in;
    offset = from;
  }

  /** Says that they are packed. */
  void end() {
    theta = null;
  }

  /** Counts a product of so many rows; false if the weights are better packed for it. */
  boolean serve(int rows) {
    products = Math.min(products + rows, 2);
    return theta != null && products == 1 && !often;
  }

  /** Where they stand; null if they are packed. */
  float @Nullable [] theta() {
    return theta;
  }

  int offset() {
    return offset;
  }

  /**
   * {@code c = init + W·x} for the outputs {@code from} to the one before {@code to}.
   *
   * @param init empty for zeros
   */
  void multiply(int from, int to, float[] x, int x0, float[] init, int i0, float[] c, int c0) {
    float[] w = theta;
    if (w == null) {
      return;
    }
    if (init.length == 0) {
      Arrays.fill(c, c0 + from, c0 + to, 0);
    } else if (init != c) {
      System.arraycopy(init, i0 + from, c, c0 + from, to - from);
    }
    int whole = from + (to - from) / L * L;
    int columns = inputs / L * L;
    RowProduct product = Blocks.PRODUCT;
    for (int output = from; output < whole; output += L) {
      product.run(columns, w, offset + output * inputs, inputs, c, c0 + output, x, x0);
    }
    for (int output = from; output < to; output++) {
      int first = output < whole ? columns : 0;
      int row = offset + output * inputs;
      float sum = c[c0 + output];
      for (int i = first; i < inputs; i++) {
        sum = Math.fma(x[x0 + i], w[row + i], sum);
      }
      c[c0 + output] = sum;
    }
  }

  /** Made when it is first needed. */
  private static final class Blocks {
    static final RowProduct PRODUCT = TranspositionCompiler.rowProduct();
  }
}
