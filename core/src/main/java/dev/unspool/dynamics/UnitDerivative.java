// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

/**
 * The derivative of one layer's units at one lag, for a batch of consecutive steps. The equations
 * are those of the kernels' cells; see {@code dev.unspool.kernel}.
 */
final class UnitDerivative {
  private UnitDerivative() {}

  /**
   * From the adjoints of outputs to those of sums.
   *
   * @param at position in the history that row 0 of the batch looks at
   * @param from first row of the batch
   * @param to row after the last
   * @param output ∂y/∂h, size × rows; not modified
   * @param cell ∂y/∂c, size × rows: in, of the c leaving the step; out, of the one entering it
   * @param entering the adjoint of the h entering the step; a GRU adds to it what does not go
   *     through its weights
   * @param sums overwritten: ∂y/∂sums, sums × rows
   * @param recurrent the same for a GRU's recurrent side
   */
  static void backward(
      History history,
      int l,
      int at,
      int from,
      int to,
      double[][] output,
      double[][] cell,
      double[][] entering,
      double[][] sums,
      double[][] recurrent) {
    var layer = history.graph.layers().get(l);
    int n = layer.size();
    for (int j = 0; j < n; j++) {
      double[] dh = output[j];
      double[] h = history.output[l][j];
      double[][] gates = history.gates[l];
      switch (layer.unit()) {
        case LINEAR -> System.arraycopy(dh, from, sums[j], from, to - from);
        case TANH -> tanh(dh, h, at, sums[j], from, to);
        case RECTIFIER -> {
          for (int r = from; r < to; r++) {
            sums[j][r] = h[at + r] > 0 ? dh[r] : 0;
          }
        }
        case GRU -> {
          gru(
              dh,
              gates[j],
              gates[n + j],
              gates[2 * n + j],
              h,
              history.memo[l][j],
              at,
              entering[j],
              sums[j],
              sums[n + j],
              sums[2 * n + j],
              recurrent[2 * n + j],
              from,
              to);
          System.arraycopy(sums[j], from, recurrent[j], from, to - from);
          System.arraycopy(sums[n + j], from, recurrent[n + j], from, to - from);
        }
        case LSTM -> {
          outputGate(
              dh, gates[3 * n + j], history.memo[l][j], at, cell[j], sums[3 * n + j], from, to);
          innerGates(
              gates[j],
              gates[n + j],
              gates[2 * n + j],
              history.cell[l][j],
              at,
              cell[j],
              sums[j],
              sums[n + j],
              sums[2 * n + j],
              from,
              to);
        }
      }
    }
  }

  private static void tanh(double[] dh, double[] h, int at, double[] sum, int from, int to) {
    for (int r = from; r < to; r++) {
      sum[r] = dh[r] * (1 - h[at + r] * h[at + r]);
    }
  }

  private static void gru(
      double[] dh,
      double[] reset,
      double[] update,
      double[] candidate,
      double[] h,
      double[] product,
      int at,
      double[] entering,
      double[] sumReset,
      double[] sumUpdate,
      double[] sumCandidate,
      double[] recurrentCandidate,
      int from,
      int to) {
    for (int row = from; row < to; row++) {
      double r = reset[at + row];
      double z = update[at + row];
      double n = candidate[at + row];
      double dn = dh[row] * (1 - z) * (1 - n * n);
      sumReset[row] = dn * product[at + row] * r * (1 - r);
      sumUpdate[row] = dh[row] * (h[at + row - 1] - n) * z * (1 - z);
      sumCandidate[row] = dn;
      recurrentCandidate[row] = dn * r;
      entering[row] += dh[row] * z;
    }
  }

  private static void outputGate(
      double[] dh,
      double[] gate,
      double[] tanhs,
      int at,
      double[] cell,
      double[] sum,
      int from,
      int to) {
    for (int r = from; r < to; r++) {
      double o = gate[at + r];
      double tanh = tanhs[at + r];
      cell[r] += dh[r] * o * (1 - tanh * tanh);
      sum[r] = dh[r] * tanh * o * (1 - o);
    }
  }

  private static void innerGates(
      double[] input,
      double[] forget,
      double[] candidate,
      double[] c,
      int at,
      double[] cell,
      double[] sumInput,
      double[] sumForget,
      double[] sumCandidate,
      int from,
      int to) {
    for (int r = from; r < to; r++) {
      double i = input[at + r];
      double f = forget[at + r];
      double g = candidate[at + r];
      double dc = cell[r];
      sumInput[r] = dc * g * i * (1 - i);
      sumForget[r] = dc * c[at + r - 1] * f * (1 - f);
      sumCandidate[r] = dc * i * (1 - g * g);
      cell[r] = dc * f;
    }
  }
}
