// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Gated recurrent unit (Cho et al. 2014) with the reset gate applied to the recurrent product, gate
 * order r, z, n as in PyTorch.
 *
 * <pre>{@code
 * a = W_ih·x + b_ih     b = W_hh·h + b_hh          δn = δh'·(1 − z)·(1 − n²)
 * r = σ(a_r + b_r)      z = σ(a_z + b_z)           δr = δn·b_n·r·(1 − r)
 * n = tanh(a_n + r·b_n)                            δz = δh'·(h − n)·z·(1 − z)
 * h' = (1 − z)·n + z·h                             δa = (δr, δz, δn)        δb = (δr, δz, δn·r)
 *                                                  δh = δh'·z + W_hhᵀ·δb
 * }</pre>
 */
final class ScalarGru implements CellKernel {
  @Override
  public int gates() {
    return 3;
  }

  @Override
  public int states() {
    return 1;
  }

  @Override
  public int memo() {
    return 1; // b_n
  }

  @Override
  public boolean separate() {
    return true;
  }

  @Override
  public void forward(CellMemory memory, int slot) {
    int hidden = memory.hidden;
    float[] gates = memory.gates;
    for (int lane = 0; lane < memory.lanes; lane++) {
      int row = (slot * memory.lanes + lane) * hidden;
      for (int j = 0; j < hidden; j++) {
        int a = 3 * row + j;
        int b = 3 * lane * hidden + j;
        float bn = memory.recurrent[b + 2 * hidden];
        float r = Scalar.sigmoid(gates[a] + memory.recurrent[b]);
        float z = Scalar.sigmoid(gates[a + hidden] + memory.recurrent[b + hidden]);
        float n = Scalar.tanh(gates[a + 2 * hidden] + r * bn);
        gates[a] = r;
        gates[a + hidden] = z;
        gates[a + 2 * hidden] = n;
        memory.memo[row + j] = bn;
        memory.output[row + j] = (1 - z) * n + z * memory.entering[0][row + j];
      }
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
    int hidden = memory.hidden;
    float[] gates = memory.gates;
    for (int lane = 0; lane < memory.lanes; lane++) {
      int row = (slot * memory.lanes + lane) * hidden;
      for (int j = 0; j < hidden; j++) {
        int unit = lane * hidden + j;
        int a = 3 * row + j;
        float r = gates[a];
        float z = gates[a + hidden];
        float n = gates[a + 2 * hidden];
        float dh = output[outputOffset + unit];
        float dn = dh * (1 - z) * (1 - n * n);
        float dr = dn * memory.memo[row + j] * r * (1 - r);
        float dz = dh * (memory.entering[0][row + j] - n) * z * (1 - z);
        int d = offset + 3 * lane * hidden + j;
        input[d] = dr;
        input[d + hidden] = dz;
        input[d + 2 * hidden] = dn;
        recurrent[d] = dr;
        recurrent[d + hidden] = dz;
        recurrent[d + 2 * hidden] = dn * r;
        states[0][unit] = dh * z;
      }
    }
  }
}
