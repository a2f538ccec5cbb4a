// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;

import jdk.incubator.vector.FloatVector;

/** Gated recurrent unit on vectors; the equations stand at {@link ScalarGru}. */
final class SimdGru implements LaneKernel {
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
    return 1;
  }

  @Override
  public boolean separate() {
    return true;
  }

  @Override
  public void forward(CellMemory memory, int slot, int from, int to) {
    int hidden = memory.hidden;
    int first = (slot * memory.lanes + from) * hidden;
    add(memory, slot, from, to);
    SimdActivations.apply(memory.gates, 3 * first, to - from, 3, 2, hidden, 0);
    candidate(memory, slot, from, to);
    SimdActivations.apply(memory.gates, 3 * first + 2 * hidden, to - from, 3, 1, hidden, 1);
    output(memory, slot, from, to);
  }

  /** a + b of the first two gates, in place of a. */
  private static void add(CellMemory memory, int slot, int from, int to) {
    int size = 2 * memory.hidden;
    int whole = F.loopBound(size);
    float[] gates = memory.gates;
    float[] recurrent = memory.recurrent;
    for (int lane = from; lane < to; lane++) {
      int a = 3 * (slot * memory.lanes + lane) * memory.hidden;
      int b = 3 * lane * memory.hidden;
      for (int j = 0; j < whole; j += L) {
        FloatVector sum = FloatVector.fromArray(F, gates, a + j);
        sum.add(FloatVector.fromArray(F, recurrent, b + j)).intoArray(gates, a + j);
      }
      for (int j = whole; j < size; j++) {
        gates[a + j] += recurrent[b + j];
      }
    }
  }

  /** a + r·b of the third gate, in place of a; b is kept. */
  private static void candidate(CellMemory memory, int slot, int from, int to) {
    int hidden = memory.hidden;
    int whole = F.loopBound(hidden);
    float[] gates = memory.gates;
    float[] recurrent = memory.recurrent;
    float[] memo = memory.memo;
    for (int lane = from; lane < to; lane++) {
      int row = (slot * memory.lanes + lane) * hidden;
      int r = 3 * row;
      int n = r + 2 * hidden;
      int b = (3 * lane + 2) * hidden;
      for (int j = 0; j < whole; j += L) {
        FloatVector bn = FloatVector.fromArray(F, recurrent, b + j);
        FloatVector an = FloatVector.fromArray(F, gates, n + j);
        FloatVector.fromArray(F, gates, r + j).fma(bn, an).intoArray(gates, n + j);
        bn.intoArray(memo, row + j);
      }
      for (int j = whole; j < hidden; j++) {
        float bn = recurrent[b + j];
        gates[n + j] = Math.fma(gates[r + j], bn, gates[n + j]);
        memo[row + j] = bn;
      }
    }
  }

  /** h' = n + z·(h − n). */
  private static void output(CellMemory memory, int slot, int from, int to) {
    int hidden = memory.hidden;
    int whole = F.loopBound(hidden);
    float[] gates = memory.gates;
    float[] entering = memory.entering[0];
    float[] output = memory.output;
    for (int lane = from; lane < to; lane++) {
      int row = (slot * memory.lanes + lane) * hidden;
      int z = 3 * row + hidden;
      for (int j = 0; j < whole; j += L) {
        FloatVector n = FloatVector.fromArray(F, gates, z + hidden + j);
        FloatVector h = FloatVector.fromArray(F, entering, row + j);
        FloatVector.fromArray(F, gates, z + j).fma(h.sub(n), n).intoArray(output, row + j);
      }
      for (int j = whole; j < hidden; j++) {
        float n = gates[z + hidden + j];
        output[row + j] = Math.fma(gates[z + j], entering[row + j] - n, n);
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
      int offset,
      int from,
      int to) {
    int hidden = memory.hidden;
    for (int lane = from; lane < to; lane++) {
      int row = (slot * memory.lanes + lane) * hidden;
      int unit = lane * hidden;
      backward(
          memory.gates,
          3 * row,
          memory.entering[0],
          memory.memo,
          row,
          output,
          outputOffset + unit,
          states[0],
          unit,
          input,
          recurrent,
          offset + 3 * unit,
          hidden);
    }
  }

  private static void backward(
      float[] gates,
      int a,
      float[] entering,
      float[] memo,
      int row,
      float[] upstream,
      int u,
      float[] state,
      int unit,
      float[] input,
      float[] recurrent,
      int d,
      int hidden) {
    int whole = F.loopBound(hidden);
    FloatVector one = FloatVector.broadcast(F, 1);
    for (int j = 0; j < whole; j += L) {
      FloatVector r = FloatVector.fromArray(F, gates, a + j);
      FloatVector z = FloatVector.fromArray(F, gates, a + hidden + j);
      FloatVector n = FloatVector.fromArray(F, gates, a + 2 * hidden + j);
      FloatVector h = FloatVector.fromArray(F, entering, row + j);
      FloatVector dh = FloatVector.fromArray(F, upstream, u + j);
      FloatVector dhz = dh.mul(z);
      FloatVector dn = dh.sub(dhz).mul(n.neg().fma(n, one));
      FloatVector dnr = dn.mul(r);
      FloatVector dr = dnr.mul(FloatVector.fromArray(F, memo, row + j)).mul(one.sub(r));
      FloatVector dz = dhz.mul(h.sub(n)).mul(one.sub(z));
      dr.intoArray(input, d + j);
      dz.intoArray(input, d + hidden + j);
      dn.intoArray(input, d + 2 * hidden + j);
      dr.intoArray(recurrent, d + j);
      dz.intoArray(recurrent, d + hidden + j);
      dnr.intoArray(recurrent, d + 2 * hidden + j);
      dhz.intoArray(state, unit + j);
    }
    for (int j = whole; j < hidden; j++) {
      float r = gates[a + j];
      float z = gates[a + hidden + j];
      float n = gates[a + 2 * hidden + j];
      float dh = upstream[u + j];
      float dhz = dh * z;
      float dn = (dh - dhz) * Math.fma(-n, n, 1);
      float dnr = dn * r;
      float dr = dnr * memo[row + j] * (1 - r);
      float dz = dhz * (entering[row + j] - n) * (1 - z);
      input[d + j] = dr;
      input[d + hidden + j] = dz;
      input[d + 2 * hidden + j] = dn;
      recurrent[d + j] = dr;
      recurrent[d + hidden + j] = dz;
      recurrent[d + 2 * hidden + j] = dnr;
      state[unit + j] = dhz;
    }
  }
}
