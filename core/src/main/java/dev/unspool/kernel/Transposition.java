// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Blocks of a matrix, as many rows and columns as a vector has lanes, to be transposed: {@link
 * TranspositionCompiler} makes the one for the vectors of this process.
 */
interface Transposition {
  /**
   * Transposes some blocks that stand beside each other.
   *
   * @param a0 where the first of them begins
   * @param lda from one row to the next
   * @param b overwritten with the transposed blocks, one below the other
   * @param b0 where the first of them begins
   * @param ldb from one row to the next
   */
  void run(int blocks, float[] a, int a0, int lda, float[] b, int b0, int ldb);
}
