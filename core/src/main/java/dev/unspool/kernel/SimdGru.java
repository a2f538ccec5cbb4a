// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

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
    int first = slot * memory.lanes * hidden;
    for (int lane = from; lane < to; lane++) {
      int a = 3 * (first + lane * hidden);
      add(memory.recurrent, 3 * lane * hidden, memory.gates, a, 2 * hidden);
    }
    SimdActivations.apply(memory.gates, 3 * (first + from * hidden), to - from, 3, 2, hidden, 0);
    for (int lane = from; lane < to; lane++) {
      int row = first + lane * hidden;
      leave(
          memory.gates,
          3 * row,
          memory.recurrent,
          3 * lane * hidden,
          memory.entering[0],
          memory.memo,
          memory.output,
          row,
          hidden);
    }
  }

  private static void add(float[] from, int offset, float[] into, int target, int size) {
    for (int j = 0; j < size; j++) {
      into[target + j] += from[offset + j];
    }
  }

  /** The candidate and the new state, from r and z. */
  private static void leave(
      float[] gates,
      int a,
      float[] recurrent,
      int b,
      float[] entering,
      float[] memo,
      float[] output,
      int row,
      int hidden) {
    int whole = F.loopBound(hidden);
    for (int j = 0; j < whole; j += L) {
      FloatVector r = FloatVector.fromArray(F, gates, a + j);
      FloatVector z = FloatVector.fromArray(F, gates, a + hidden + j);
      FloatVector bn = FloatVector.fromArray(F, recurrent, b + 2 * hidden + j);
      FloatVector n = Simd.tanh(r.fma(bn, FloatVector.fromArray(F, gates, a + 2 * hidden + j)));
      n.intoArray(gates, a + 2 * hidden + j);
      bn.intoArray(memo, row + j);
      z.fma(FloatVector.fromArray(F, entering, row + j).sub(n), n).intoArray(output, row + j);
    }
    if (whole < hidden) {
      leaveRest(gates, a, recurrent, b, entering, memo, output, row, hidden, whole);
    }
  }

  private static void leaveRest(
      float[] gates,
      int a,
      float[] recurrent,
      int b,
      float[] entering,
      float[] memo,
      float[] output,
      int row,
      int hidden,
      int j) {
    VectorMask<Float> mask = Simd.rest(j, hidden);
    FloatVector r = FloatVector.fromArray(F, gates, a + j, mask);
    FloatVector z = FloatVector.fromArray(F, gates, a + hidden + j, mask);
    FloatVector bn = FloatVector.fromArray(F, recurrent, b + 2 * hidden + j, mask);
    FloatVector n = Simd.tanh(r.fma(bn, FloatVector.fromArray(F, gates, a + 2 * hidden + j, mask)));
    n.intoArray(gates, a + 2 * hidden + j, mask);
    bn.intoArray(memo, row + j, mask);
    z.fma(FloatVector.fromArray(F, entering, row + j, mask).sub(n), n)
        .intoArray(output, row + j, mask);
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
    for (int j = 0; j < whole; j += L) {
      FloatVector r = FloatVector.fromArray(F, gates, a + j);
      FloatVector z = FloatVector.fromArray(F, gates, a + hidden + j);
      FloatVector n = FloatVector.fromArray(F, gates, a + 2 * hidden + j);
      FloatVector dh = FloatVector.fromArray(F, upstream, u + j);
      FloatVector dhz = dh.mul(z);
      FloatVector dn = dh.sub(dhz).mul(Simd.oneMinusSquare(n));
      FloatVector dnr = dn.mul(r);
      FloatVector dr = dnr.mul(FloatVector.fromArray(F, memo, row + j)).mul(Simd.oneMinus(r));
      FloatVector dz =
          dhz.mul(FloatVector.fromArray(F, entering, row + j).sub(n)).mul(Simd.oneMinus(z));
      dr.intoArray(input, d + j);
      dz.intoArray(input, d + hidden + j);
      dn.intoArray(input, d + 2 * hidden + j);
      dr.intoArray(recurrent, d + j);
      dz.intoArray(recurrent, d + hidden + j);
      dnr.intoArray(recurrent, d + 2 * hidden + j);
      dhz.intoArray(state, unit + j);
    }
    if (whole < hidden) {
      backwardRest(
          gates, a, entering, memo, row, upstream, u, state, unit, input, recurrent, d, hidden,
          whole);
    }
  }

  private static void backwardRest(
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
      int hidden,
      int j) {
    VectorMask<Float> mask = Simd.rest(j, hidden);
    FloatVector r = FloatVector.fromArray(F, gates, a + j, mask);
    FloatVector z = FloatVector.fromArray(F, gates, a + hidden + j, mask);
    FloatVector n = FloatVector.fromArray(F, gates, a + 2 * hidden + j, mask);
    FloatVector dh = FloatVector.fromArray(F, upstream, u + j, mask);
    FloatVector dhz = dh.mul(z);
    FloatVector dn = dh.sub(dhz).mul(Simd.oneMinusSquare(n));
    FloatVector dnr = dn.mul(r);
    FloatVector dr = dnr.mul(FloatVector.fromArray(F, memo, row + j, mask)).mul(Simd.oneMinus(r));
    FloatVector dz =
        dhz.mul(FloatVector.fromArray(F, entering, row + j, mask).sub(n)).mul(Simd.oneMinus(z));
    dr.intoArray(input, d + j, mask);
    dz.intoArray(input, d + hidden + j, mask);
    dn.intoArray(input, d + 2 * hidden + j, mask);
    dr.intoArray(recurrent, d + j, mask);
    dz.intoArray(recurrent, d + hidden + j, mask);
    dnr.intoArray(recurrent, d + 2 * hidden + j, mask);
    dhz.intoArray(state, unit + j, mask);
  }
}
