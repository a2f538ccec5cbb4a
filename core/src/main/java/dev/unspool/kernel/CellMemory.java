// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * What one recurrent layer keeps of each step on the tape, in arrays of slots × lanes × width. The
 * arrays are shared between the layer, which moves steps in and out, and its {@link CellKernel}.
 */
public final class CellMemory {
  /** Number of lanes. */
  public final int lanes;

  /** Number of hidden units H. */
  public final int hidden;

  /** Width gates·H. Before {@link CellKernel#forward}: pre-activations; after: activations. */
  public final float[] gates;

  /** Width H, for each array of the state: the state with which the step ran. h comes first. */
  public final float[][] entering;

  /** Width H: the hidden state h after the step. */
  public final float[] output;

  /** Width memo·H: whatever else the derivative needs. */
  public final float[] memo;

  /** Lanes × H, for each array of the state but h: the state after the newest step. */
  public final float[][] leaving;

  /**
   * Lanes × gates·H: {@code h·W_hhᵀ + b_hh} of the step, for cells whose recurrent part is {@link
   * CellKernel#separate()}; empty otherwise.
   */
  public final float[] recurrent;

  /** Wires the arrays together. */
  public CellMemory(
      int lanes,
      int hidden,
      float[] gates,
      float[][] entering,
      float[] output,
      float[] memo,
      float[][] leaving,
      float[] recurrent) {
    this.lanes = lanes;
    this.hidden = hidden;
    this.gates = gates;
    this.entering = entering;
    this.output = output;
    this.memo = memo;
    this.leaving = leaving;
    this.recurrent = recurrent;
  }
}
