// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.Arrays;

/** Simple recurrent network on vectors; the equations stand at {@link ScalarRnn}. */
final class SimdRnn implements LaneKernel {
  /** The only gate is a tanh. */
  private static final int TANH = 0b1;

  private final boolean rectifier;

  SimdRnn(boolean rectifier) {
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
  public void forward(CellMemory memory, int slot, int from, int to) {
    int first = (slot * memory.lanes + from) * memory.hidden;
    int size = (to - from) * memory.hidden;
    if (rectifier) {
      rectify(memory.gates, memory.output, first, size);
    } else {
      System.arraycopy(memory.gates, first, memory.output, first, size);
      SimdActivations.apply(memory.output, first, 1, 1, 1, size, TANH);
    }
  }

  /** The compiler makes vectors of a loop as simple as this. */
  private static void rectify(float[] gates, float[] output, int offset, int size) {
    for (int j = offset; j < offset + size; j++) {
      output[j] = Math.max(0, gates[j]);
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
    int first = (slot * memory.lanes + from) * memory.hidden;
    int unit = from * memory.hidden;
    int size = (to - from) * memory.hidden;
    if (rectifier) {
      rectifierSlope(memory.output, first, output, outputOffset + unit, input, offset + unit, size);
    } else {
      tanhSlope(memory.output, first, output, outputOffset + unit, input, offset + unit, size);
    }
    Arrays.fill(states[0], unit, unit + size, 0);
  }

  private static void tanhSlope(
      float[] output, int o, float[] upstream, int u, float[] delta, int d, int size) {
    for (int j = 0; j < size; j++) {
      float h = output[o + j];
      delta[d + j] = upstream[u + j] * (1 - h * h);
    }
  }

  private static void rectifierSlope(
      float[] output, int o, float[] upstream, int u, float[] delta, int d, int size) {
    for (int j = 0; j < size; j++) {
      delta[d + j] = output[o + j] > 0 ? upstream[u + j] : 0 * upstream[u + j];
    }
  }
}
