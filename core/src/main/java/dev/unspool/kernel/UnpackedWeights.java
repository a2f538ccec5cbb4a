// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.L;
import static dev.unspool.kernel.Simd.W;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A row times weights as they stand in θ, outputs × inputs. Where weights change at every step they
 * are needed once, and the stores and loads of a packed copy are most of what that would cost.
 */
final class UnpackedWeights {
  private static final float[] NONE = {};

  /**
   * Weights that can be copied on the way. Blocks of more are stored so far apart that each store
   * waits for a distant cache, which takes longer than a copy in order.
   */
  private static final int NEAR = Caches.SECOND_LEVEL / 8 / Float.BYTES;

  private final int outputs;
  private final int inputs;

  /** θ, until the weights are packed. */
  private float @Nullable [] theta;

  private int offset;

  /** Rows that were multiplied since they changed, as far as two. */
  private int rows;

  UnpackedWeights(int outputs, int inputs) {
    this.outputs = outputs;
    this.inputs = inputs;
  }

  /** Says where they stand, until {@link #end}. */
  void begin(float[] in, int from) {
    theta = in;
    offset = from;
  }

  /** Says that they are packed. */
  void end() {
    theta = null;
  }

  /** Where they stand; null if they are packed. */
  float @Nullable [] theta() {
    return theta;
  }

  int offset() {
    return offset;
  }

  /** Whether more than a row was multiplied since the last time that this was asked. */
  boolean wereUsedOften() {
    boolean often = rows > 1;
    rows = 0;
    return often;
  }

  /** Counts a product of so many rows; false if the weights are better packed for it. */
  boolean serve(int more) {
    rows = Math.min(rows, 1) + Math.min(more, 2);
    return theta != null && rows == 1;
  }

  /** Whether the weights are copied on the way: few of them, in whole blocks. */
  boolean areCopied() {
    return outputs * inputs <= NEAR && outputs % L == 0 && inputs % L == 0;
  }

  /**
   * {@code c = init + W·x} for the outputs {@code from} to the one before {@code to}.
   *
   * @param init empty for zeros
   * @param back overwritten with those rows of W in panels, see {@link SimdMatrix}, if not null
   */
  void multiply(
      int from,
      int to,
      float[] x,
      int x0,
      float[] init,
      int i0,
      float[] c,
      int c0,
      @Nullable AlignedFloats back) {
    float[] w = theta;
    if (w == null) {
      throw new IllegalStateException("the weights are packed");
    }
    if (init.length == 0) {
      Arrays.fill(c, c0 + from, c0 + to, 0);
    } else if (init != c) {
      System.arraycopy(init, i0 + from, c, c0 + from, to - from);
    }
    int whole = from + (to - from) / L * L;
    int columns = inputs / L * L;
    RowProduct product = back == null ? Product.INSTANCE : CopyingProduct.INSTANCE;
    float[] y = back == null ? NONE : back.values();
    int y0 = back == null ? 0 : back.start();
    for (int output = from; output < whole; output += L) {
      int row = offset + output * inputs;
      product.run(columns, w, row, inputs, c, c0 + output, x, x0, y, y0 + output * W, outputs * W);
    }
    for (int output = from; output < to; output++) {
      int row = offset + output * inputs;
      float sum = c[c0 + output];
      for (int i = output < whole ? columns : 0; i < inputs; i++) {
        sum = Math.fma(x[x0 + i], w[row + i], sum);
      }
      c[c0 + output] = sum;
    }
  }

  /** Made when it is first needed. */
  private static final class Product {
    static final RowProduct INSTANCE = TranspositionCompiler.rowProduct(false);
  }

  /** Likewise. */
  private static final class CopyingProduct {
    static final RowProduct INSTANCE = TranspositionCompiler.rowProduct(true);
  }
}
