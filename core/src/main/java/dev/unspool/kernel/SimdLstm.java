// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Long short-term memory on vectors; the equations stand at {@link ScalarLstm}. */
final class SimdLstm implements LaneKernel {
  /** Of the gates i, f, g, o, the third is a tanh. */
  private static final int TANH = 0b0100;

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
    return 1;
  }

  @Override
  public boolean separate() {
    return false;
  }

  @Override
  public void forward(CellMemory memory, int slot, int from, int to) {
    int hidden = memory.hidden;
    int first = slot * memory.lanes * hidden;
    SimdActivations.apply(memory.gates, 4 * (first + from * hidden), to - from, 4, 4, hidden, TANH);
    for (int lane = from; lane < to; lane++) {
      int row = first + lane * hidden;
      leave(
          memory.gates,
          4 * row,
          memory.entering[1],
          memory.memo,
          memory.output,
          row,
          memory.leaving[0],
          lane * hidden,
          hidden);
    }
  }

  /** The new state from the activated gates. */
  private static void leave(
      float[] gates,
      int z,
      float[] entering,
      float[] memo,
      float[] output,
      int row,
      float[] leaving,
      int unit,
      int hidden) {
    int whole = F.loopBound(hidden);
    for (int j = 0; j < whole; j += L) {
      FloatVector i = FloatVector.fromArray(F, gates, z + j);
      FloatVector f = FloatVector.fromArray(F, gates, z + hidden + j);
      FloatVector g = FloatVector.fromArray(F, gates, z + 2 * hidden + j);
      FloatVector o = FloatVector.fromArray(F, gates, z + 3 * hidden + j);
      FloatVector c = f.fma(FloatVector.fromArray(F, entering, row + j), i.mul(g));
      FloatVector t = Simd.tanh(c);
      t.intoArray(memo, row + j);
      o.mul(t).intoArray(output, row + j);
      c.intoArray(leaving, unit + j);
    }
    if (whole < hidden) {
      leaveRest(gates, z, entering, memo, output, row, leaving, unit, hidden, whole);
    }
  }

  private static void leaveRest(
      float[] gates,
      int z,
      float[] entering,
      float[] memo,
      float[] output,
      int row,
      float[] leaving,
      int unit,
      int hidden,
      int j) {
    VectorMask<Float> mask = Simd.rest(j, hidden);
    FloatVector i = FloatVector.fromArray(F, gates, z + j, mask);
    FloatVector f = FloatVector.fromArray(F, gates, z + hidden + j, mask);
    FloatVector g = FloatVector.fromArray(F, gates, z + 2 * hidden + j, mask);
    FloatVector o = FloatVector.fromArray(F, gates, z + 3 * hidden + j, mask);
    FloatVector c = f.fma(FloatVector.fromArray(F, entering, row + j, mask), i.mul(g));
    FloatVector t = Simd.tanh(c);
    t.intoArray(memo, row + j, mask);
    o.mul(t).intoArray(output, row + j, mask);
    c.intoArray(leaving, unit + j, mask);
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
    Arrays.fill(states[0], from * hidden, to * hidden, 0);
    for (int lane = from; lane < to; lane++) {
      int row = (slot * memory.lanes + lane) * hidden;
      int unit = lane * hidden;
      backward(
          memory.gates,
          4 * row,
          memory.entering[1],
          memory.memo,
          row,
          output,
          outputOffset + unit,
          states[1],
          unit,
          input,
          offset + 4 * unit,
          hidden);
    }
  }

  private static void backward(
      float[] gates,
      int z,
      float[] entering,
      float[] memo,
      int row,
      float[] upstream,
      int u,
      float[] cell,
      int unit,
      float[] delta,
      int d,
      int hidden) {
    int whole = F.loopBound(hidden);
    for (int j = 0; j < whole; j += L) {
      FloatVector i = FloatVector.fromArray(F, gates, z + j);
      FloatVector f = FloatVector.fromArray(F, gates, z + hidden + j);
      FloatVector g = FloatVector.fromArray(F, gates, z + 2 * hidden + j);
      FloatVector o = FloatVector.fromArray(F, gates, z + 3 * hidden + j);
      FloatVector t = FloatVector.fromArray(F, memo, row + j);
      FloatVector dh = FloatVector.fromArray(F, upstream, u + j);
      FloatVector dho = dh.mul(o);
      FloatVector dc =
          dho.mul(Simd.oneMinusSquare(t)).add(FloatVector.fromArray(F, cell, unit + j));
      FloatVector dci = dc.mul(i);
      FloatVector dcf = dc.mul(f);
      dci.mul(g).mul(Simd.oneMinus(i)).intoArray(delta, d + j);
      dcf.mul(FloatVector.fromArray(F, entering, row + j))
          .mul(Simd.oneMinus(f))
          .intoArray(delta, d + hidden + j);
      dci.mul(Simd.oneMinusSquare(g)).intoArray(delta, d + 2 * hidden + j);
      dho.mul(t).mul(Simd.oneMinus(o)).intoArray(delta, d + 3 * hidden + j);
      dcf.intoArray(cell, unit + j);
    }
    if (whole < hidden) {
      backwardRest(gates, z, entering, memo, row, upstream, u, cell, unit, delta, d, hidden, whole);
    }
  }

  private static void backwardRest(
      float[] gates,
      int z,
      float[] entering,
      float[] memo,
      int row,
      float[] upstream,
      int u,
      float[] cell,
      int unit,
      float[] delta,
      int d,
      int hidden,
      int j) {
    VectorMask<Float> mask = Simd.rest(j, hidden);
    FloatVector i = FloatVector.fromArray(F, gates, z + j, mask);
    FloatVector f = FloatVector.fromArray(F, gates, z + hidden + j, mask);
    FloatVector g = FloatVector.fromArray(F, gates, z + 2 * hidden + j, mask);
    FloatVector o = FloatVector.fromArray(F, gates, z + 3 * hidden + j, mask);
    FloatVector t = FloatVector.fromArray(F, memo, row + j, mask);
    FloatVector dh = FloatVector.fromArray(F, upstream, u + j, mask);
    FloatVector dho = dh.mul(o);
    FloatVector dc =
        dho.mul(Simd.oneMinusSquare(t)).add(FloatVector.fromArray(F, cell, unit + j, mask));
    FloatVector dci = dc.mul(i);
    FloatVector dcf = dc.mul(f);
    dci.mul(g).mul(Simd.oneMinus(i)).intoArray(delta, d + j, mask);
    dcf.mul(FloatVector.fromArray(F, entering, row + j, mask))
        .mul(Simd.oneMinus(f))
        .intoArray(delta, d + hidden + j, mask);
    dci.mul(Simd.oneMinusSquare(g)).intoArray(delta, d + 2 * hidden + j, mask);
    dho.mul(t).mul(Simd.oneMinus(o)).intoArray(delta, d + 3 * hidden + j, mask);
    dcf.intoArray(cell, unit + j, mask);
  }
}
