// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

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
    int first = (slot * memory.lanes + from) * hidden;
    SimdActivations.apply(memory.gates, 4 * first, to - from, 4, 4, hidden, TANH);
    cell(memory, slot, from, to);
    SimdActivations.apply(memory.memo, first, 1, 1, 1, (to - from) * hidden, 1);
    output(memory, slot, from, to);
  }

  /** c' = f·c + i·g, to where it leaves the step and to where its tanh will be. */
  private static void cell(CellMemory memory, int slot, int from, int to) {
    int hidden = memory.hidden;
    int whole = F.loopBound(hidden);
    float[] gates = memory.gates;
    float[] entering = memory.entering[1];
    float[] leaving = memory.leaving[0];
    float[] memo = memory.memo;
    for (int lane = from; lane < to; lane++) {
      int row = (slot * memory.lanes + lane) * hidden;
      int z = 4 * row;
      int unit = lane * hidden;
      for (int j = 0; j < whole; j += L) {
        FloatVector i = FloatVector.fromArray(F, gates, z + j);
        FloatVector f = FloatVector.fromArray(F, gates, z + hidden + j);
        FloatVector g = FloatVector.fromArray(F, gates, z + 2 * hidden + j);
        FloatVector c = f.fma(FloatVector.fromArray(F, entering, row + j), i.mul(g));
        c.intoArray(leaving, unit + j);
        c.intoArray(memo, row + j);
      }
      for (int j = whole; j < hidden; j++) {
        float ig = gates[z + j] * gates[z + 2 * hidden + j];
        float c = Math.fma(gates[z + hidden + j], entering[row + j], ig);
        leaving[unit + j] = c;
        memo[row + j] = c;
      }
    }
  }

  /** h' = o·tanh(c'). */
  private static void output(CellMemory memory, int slot, int from, int to) {
    int hidden = memory.hidden;
    int whole = F.loopBound(hidden);
    float[] gates = memory.gates;
    float[] memo = memory.memo;
    float[] output = memory.output;
    for (int lane = from; lane < to; lane++) {
      int row = (slot * memory.lanes + lane) * hidden;
      int o = 4 * row + 3 * hidden;
      for (int j = 0; j < whole; j += L) {
        FloatVector t = FloatVector.fromArray(F, memo, row + j);
        FloatVector.fromArray(F, gates, o + j).mul(t).intoArray(output, row + j);
      }
      for (int j = whole; j < hidden; j++) {
        output[row + j] = gates[o + j] * memo[row + j];
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
    FloatVector one = FloatVector.broadcast(F, 1);
    for (int j = 0; j < whole; j += L) {
      FloatVector i = FloatVector.fromArray(F, gates, z + j);
      FloatVector f = FloatVector.fromArray(F, gates, z + hidden + j);
      FloatVector g = FloatVector.fromArray(F, gates, z + 2 * hidden + j);
      FloatVector o = FloatVector.fromArray(F, gates, z + 3 * hidden + j);
      FloatVector t = FloatVector.fromArray(F, memo, row + j);
      FloatVector dho = FloatVector.fromArray(F, upstream, u + j).mul(o);
      FloatVector dc = dho.mul(t.neg().fma(t, one)).add(FloatVector.fromArray(F, cell, unit + j));
      FloatVector dci = dc.mul(i);
      FloatVector dcf = dc.mul(f);
      FloatVector c = FloatVector.fromArray(F, entering, row + j);
      dci.mul(g).mul(one.sub(i)).intoArray(delta, d + j);
      dcf.mul(c).mul(one.sub(f)).intoArray(delta, d + hidden + j);
      dci.mul(g.neg().fma(g, one)).intoArray(delta, d + 2 * hidden + j);
      dho.mul(t).mul(one.sub(o)).intoArray(delta, d + 3 * hidden + j);
      dcf.intoArray(cell, unit + j);
    }
    for (int j = whole; j < hidden; j++) {
      float i = gates[z + j];
      float f = gates[z + hidden + j];
      float g = gates[z + 2 * hidden + j];
      float o = gates[z + 3 * hidden + j];
      float t = memo[row + j];
      float dho = upstream[u + j] * o;
      float dc = dho * Math.fma(-t, t, 1) + cell[unit + j];
      float dci = dc * i;
      float dcf = dc * f;
      delta[d + j] = dci * g * (1 - i);
      delta[d + hidden + j] = dcf * entering[row + j] * (1 - f);
      delta[d + 2 * hidden + j] = dci * Math.fma(-g, g, 1);
      delta[d + 3 * hidden + j] = dho * t * (1 - o);
      cell[unit + j] = dcf;
    }
  }
}
