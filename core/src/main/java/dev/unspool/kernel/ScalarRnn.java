// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Simple recurrent network (Elman 1990) with φ = tanh or φ = max(0, ·).
 *
 * <pre>{@code
 * h' = φ(W_ih·x + b_ih + W_hh·h + b_hh)            δz = δh'·φ'      δh = W_hhᵀ·δz
 * }</pre>
 *
 * <p>Both derivatives can be read off the output: 1 − h'² for tanh, and 1 where h' &gt; 0 for the
 * rectifier.
 */
final class ScalarRnn implements CellKernel {
  private final boolean rectifier;

  ScalarRnn(boolean rectifier) {
    this.rectifier = rectifier;
  }

  @Override
  public int gates() {
    return 1;
  }

  @Override
  public int states() {
    return 1;
  }

  @Override
  public int memo() {
    return 0;
  }

  @Override
  public boolean separate() {
    return false;
  }

  @Override
  public void forward(CellMemory memory, int slot) {
    int size = memory.lanes * memory.hidden;
    for (int j = slot * size; j < (slot + 1) * size; j++) {
      float z = memory.gates[j];
      memory.output[j] = rectifier ? Math.max(0, z) : Scalar.tanh(z);
    }
  }

  @Override
  public void backward(
      CellMemory memory,
      int slot,
      float[] output,
      int outputOffset,
      float[][] states,
      float[] input,
      float[] recurrent,
      int offset) {
    int size = memory.lanes * memory.hidden;
    for (int unit = 0; unit < size; unit++) {
      float h = memory.output[slot * size + unit];
      float slope = rectifier ? (h > 0 ? 1 : 0) : 1 - h * h;
      input[offset + unit] = output[outputOffset + unit] * slope;
      states[0][unit] = 0;
    }
  }
}
