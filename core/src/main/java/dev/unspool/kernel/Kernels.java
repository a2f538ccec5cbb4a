// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import dev.unspool.model.Workers;
import java.util.List;

/**
 * The hot loops, as whole blocks: everything that is worth doing fast stands behind this interface.
 * The scalar implementation is plain Java and the oracle for every other one. Arguments are checked
 * by the callers; kernels only assert.
 */
public interface Kernels extends Workers, AutoCloseable {
  /** The implementation's name: {@code scalar}, {@code simd}. */
  String name();

  /** An empty matrix of outputs × inputs weights, prepared for one direction. */
  PackedMatrix matrix(int outputs, int inputs, PackedMatrix.Direction direction);

  /**
   * Whether each thread is to have some of the rows for itself, in products that follow each other:
   * it reads all weights and waits for nobody. Else threads share out each product, by columns.
   *
   * @param weights of the largest matrix that they are done with one after the other
   */
  default boolean haveOwnRows(int rows, int weights) {
    return false;
  }

  /**
   * {@code D = Aᵀ·B}: the weight gradient of a whole sweep as one product.
   *
   * @param a rows × m, row-major and dense from {@code aOffset}, not modified
   * @param b rows × n, row-major and dense from {@code bOffset}, not modified
   * @param d m × n, row-major and dense from {@code dOffset}, overwritten
   */
  void transposedProduct(
      float[] a,
      int aOffset,
      int m,
      float[] b,
      int bOffset,
      int n,
      int rows,
      float[] d,
      int dOffset);

  /**
   * The same for several matrices B, and the sums of A's columns as {@link #columnSums}, so that A
   * is gone through once.
   *
   * @param a rows × m, row-major and dense from {@code aOffset}, not modified
   * @param rights the matrices B, and where the products go
   * @param sums m values from {@code sumsOffset} are overwritten; none if that is negative
   */
  default void transposedProducts(
      float[] a,
      int aOffset,
      int m,
      int rows,
      List<RightSide> rights,
      float[] sums,
      int sumsOffset) {
    for (int i = 0; i < rights.size(); i++) {
      RightSide right = rights.get(i);
      transposedProduct(
          a, aOffset, m, right.b, right.bOffset, right.n, rows, right.d, right.dOffset);
    }
    if (sumsOffset >= 0) {
      columnSums(a, aOffset, m, rows, sums, sumsOffset);
    }
  }

  /** {@code d[j] = Σ_rows a[row][j]} for rows × m values: the bias gradient of a whole sweep. */
  void columnSums(float[] a, int aOffset, int m, int rows, float[] d, int dOffset);

  /**
   * Softmax cross-entropy of one row.
   *
   * @param logits n values, not modified
   * @param target class, 0 ≤ target &lt; n
   * @param scale of the gradient
   * @param gradient overwritten with {@code scale · (softmax(logits) − onehot(target))}
   * @return −log softmax(logits)[target]
   */
  double softmaxCrossEntropy(
      float[] logits,
      int offset,
      int n,
      int target,
      float scale,
      float[] gradient,
      int gradientOffset);

  /**
   * Squared error of one row.
   *
   * @param outputs y, n values, not modified
   * @param targets t, n values, not modified
   * @param factor of the gradient
   * @param gradient overwritten with {@code factor · (y − t)}
   * @return Σ (y − t)², accumulated in float64
   */
  double squaredError(
      float[] outputs,
      int offset,
      float[] targets,
      int targetOffset,
      int n,
      float factor,
      float[] gradient,
      int gradientOffset);

  /** Σ v² of the values {@code from} to the one before {@code to}, accumulated in float64. */
  double sumOfSquares(float[] values, int from, int to);

  /** {@code v *= factor} for the values {@code from} to the one before {@code to}. */
  void scale(float[] values, int from, int to, float factor);

  /**
   * Flushes to 0 what is nearer to it than {@code least}, of the values {@code from} to the one
   * before {@code to}. All others keep their bits, also those that are not numbers.
   */
  void flush(float[] values, int from, int to, float least);

  /**
   * Stochastic gradient descent: {@code m = momentum·m + g; θ −= rate·(nesterov ? g + momentum·m :
   * m)}, with m as {@link Decayed} has it.
   *
   * @param velocity m, of θ's length; empty if momentum is 0
   * @param from first value that is updated; nothing of others is read or changed
   * @param to the one after the last
   */
  void sgd(
      float[] theta,
      float[] gradient,
      float[] velocity,
      int from,
      int to,
      float rate,
      float momentum,
      boolean nesterov);

  /**
   * RMSprop: {@code s = decay·s + (1 − decay)·g²; θ −= rate·g / (√s + ε)}, with s as {@link
   * Decayed} has it; a range as above.
   */
  void rmsprop(
      float[] theta,
      float[] gradient,
      float[] square,
      int from,
      int to,
      float rate,
      float decay,
      float epsilon);

  /**
   * Adam and AdamW: {@code m = β1·m + (1 − β1)·g; v = β2·v + (1 − β2)·g²; θ = shrink·θ − rate·m /
   * (√v·root + ε)}, with m and v as {@link Decayed} has them; a range as above.
   *
   * @param rate learning rate divided by 1 − β1ᵗ
   * @param root 1 / √(1 − β2ᵗ)
   * @param shrink 1 − learning rate · weight decay; 1 for Adam
   */
  void adam(
      float[] theta,
      float[] gradient,
      float[] mean,
      float[] square,
      int from,
      int to,
      float beta1,
      float beta2,
      float rate,
      float root,
      float epsilon,
      float shrink);

  /**
   * The implementation chosen for this process: system property {@code unspool.kernels} ({@code
   * scalar} or {@code simd}), else the fastest one that this machine and its modules offer.
   */
  static Kernels get() {
    return KernelLookup.CHOSEN;
  }

  /**
   * The same for one caller and a crew of threads of its own, which {@link #close} ends. Matrices,
   * rows and weight gradients are shared out; results are the same for any number of threads.
   *
   * @param threads at least 1, the caller's among them
   */
  static Kernels open(int threads) {
    return KernelLookup.open(threads);
  }

  /**
   * How many threads the steps of a model are worth, by rule: as many as have enough to do between
   * two meetings.
   *
   * @param processors of the machine: never more than these
   * @param rows of a step
   * @param weights of all matrices
   */
  static int threads(int processors, int rows, long weights) {
    return Sharing.threads(processors, rows, weights);
  }

  /** Those that are behind {@code workers}, else those of this process. */
  static Kernels of(Workers workers) {
    return workers instanceof Kernels kernels ? kernels : get();
  }

  /** Ends the threads, if there are any. */
  @Override
  default void close() {}
}
