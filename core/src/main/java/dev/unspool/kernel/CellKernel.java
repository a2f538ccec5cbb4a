// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * The non-linear part of a recurrent cell and its derivative, for all lanes of one step. Matrix
 * products are done before and after; nothing here mixes lanes or units.
 */
public interface CellKernel {
  /** Number of gates: the pre-activations are gates·H wide. */
  int gates();

  /** Number of arrays in the state; the first is h, the output. */
  int states();

  /** Extra floats per unit kept for the derivative, besides gates, entering state and output. */
  int memo();

  /**
   * Whether the recurrent product goes into {@link CellMemory#recurrent} of its own rather than
   * being added to the pre-activations, and the two sides have different derivatives.
   */
  boolean separate();

  /**
   * One step: turns pre-activations into activations, output and leaving state.
   *
   * @param memory all arrays of the layer
   * @param slot the step's place in them
   */
  void forward(CellMemory memory, int slot);

  /**
   * The derivative of one step.
   *
   * @param memory as {@link #forward} left it
   * @param slot the step's place
   * @param output lanes × H at {@code outputOffset}, ∂L/∂h leaving the step; not modified
   * @param states for each array of the state, lanes × H: in, for all arrays but h, the derivative
   *     with respect to the array leaving the step; out, the part of the derivative with respect to
   *     the array entering it that does not go through the recurrent weights
   * @param input lanes × gates·H at {@code offset}: overwritten with the derivative with respect to
   *     the input side of the pre-activations
   * @param recurrent the same for the recurrent side; the same array as {@code input} unless {@link
   *     #separate()}
   */
  void backward(
      CellMemory memory,
      int slot,
      float[] output,
      int outputOffset,
      float[][] states,
      float[] input,
      float[] recurrent,
      int offset);
}
