// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al.
 * 2000), gate order i, f, g, o as in PyTorch.
 *
 * <pre>{@code
 * z = W_ih·x + b_ih + W_hh·h + b_hh                δc' = δh'·o·(1 − tanh²(c')) + δc'
 * i = σ(z_i)   f = σ(z_f)                          δz_i = δc'·g·i·(1 − i)   δz_f = δc'·c·f·(1 − f)
 * g = tanh(z_g) o = σ(z_o)                         δz_g = δc'·i·(1 − g²)
 * c' = f·c + i·g                                   δz_o = δh'·tanh(c')·o·(1 − o)
 * h' = o·tanh(c')                                  δc = δc'·f               δh = W_hhᵀ·δz
 * }</pre>
 */
final class ScalarLstm implements CellKernel {
  @Override
  public int gates() {
    return 4;
  }

  @Override
  public int states() {
    return 2;
  }

  @Override
  public int memo() {
    return 1; // tanh(c')
  }

  @Override
  public boolean separate() {
    return false;
  }

  @Override
  public void forward(CellMemory memory, int slot) {
    int hidden = memory.hidden;
    float[] gates = memory.gates;
    float[] cellLeaving = memory.leaving[0];
    for (int lane = 0; lane < memory.lanes; lane++) {
      int row = (slot * memory.lanes + lane) * hidden;
      for (int j = 0; j < hidden; j++) {
        int z = 4 * row + j;
        float i = Scalar.sigmoid(gates[z]);
        float f = Scalar.sigmoid(gates[z + hidden]);
        float g = Scalar.tanh(gates[z + 2 * hidden]);
        float o = Scalar.sigmoid(gates[z + 3 * hidden]);
        float c = f * memory.entering[1][row + j] + i * g;
        float tanhC = Scalar.tanh(c);
        gates[z] = i;
        gates[z + hidden] = f;
        gates[z + 2 * hidden] = g;
        gates[z + 3 * hidden] = o;
        memory.memo[row + j] = tanhC;
        memory.output[row + j] = o * tanhC;
        cellLeaving[lane * hidden + j] = c;
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
        int z = 4 * row + j;
        float i = gates[z];
        float f = gates[z + hidden];
        float g = gates[z + 2 * hidden];
        float o = gates[z + 3 * hidden];
        float tanhC = memory.memo[row + j];
        float dh = output[outputOffset + unit];
        float dc = states[1][unit] + dh * o * (1 - tanhC * tanhC);
        int d = offset + 4 * lane * hidden + j;
        input[d] = dc * g * i * (1 - i);
        input[d + hidden] = dc * memory.entering[1][row + j] * f * (1 - f);
        input[d + 2 * hidden] = dc * i * (1 - g * g);
        input[d + 3 * hidden] = dh * tanhC * o * (1 - o);
        states[0][unit] = 0;
        states[1][unit] = dc * f;
      }
    }
  }
}
