// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The cells' non-linear part. Forwards against the equations in float64; backwards against central
 * differences of those equations, so that no derivative is written down here.
 */
abstract class CellKernelContract {
  private static final int SLOTS = 3;
  private static final int SLOT = 1;

  protected abstract Kernels kernels();

  /** One unit in float64: pre-activations (input side, recurrent side) and state to new state. */
  private interface Unit {
    double[] step(double[] input, double[] recurrent, double[] state);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 5", "3, 7", "2, 8", "5, 16", "1, 33", "4, 65", "7, 100"})
  void lstm(int lanes, int hidden) {
    check(
        Kernels::lstm,
        lanes,
        hidden,
        (a, _, state) -> {
          double c = sigmoid(a[1]) * state[1] + sigmoid(a[0]) * Math.tanh(a[2]);
          return new double[] {sigmoid(a[3]) * Math.tanh(c), c};
        });
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 5", "3, 7", "2, 8", "5, 16", "1, 33", "4, 65", "7, 100"})
  void gru(int lanes, int hidden) {
    check(
        Kernels::gru,
        lanes,
        hidden,
        (a, b, state) -> {
          double r = sigmoid(a[0] + b[0]);
          double z = sigmoid(a[1] + b[1]);
          double n = Math.tanh(a[2] + r * b[2]);
          return new double[] {(1 - z) * n + z * state[0]};
        });
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 5", "3, 7", "2, 8", "5, 16", "1, 33", "4, 65", "7, 100"})
  void rnn(int lanes, int hidden) {
    check(Kernels::rnnTanh, lanes, hidden, (a, _, _) -> new double[] {Math.tanh(a[0])});
    check(Kernels::rnnRelu, lanes, hidden, (a, _, _) -> new double[] {Math.max(0, a[0])});
  }

  /** Saturated units are flat, never NaN. */
  @Test
  void hugePreActivations() {
    for (float huge : new float[] {-1e30f, -100, 100, 1e30f}) {
      CellKernel cell = kernels().lstm();
      CellMemory memory = memory(cell, 1, 5);
      Arrays.fill(memory.gates, huge);
      cell.forward(memory, SLOT);
      for (int j = 0; j < 5; j++) {
        double h = huge > 0 ? Math.tanh(1) : 0;
        assertEquals(h, memory.output[SLOT * 5 + j], 1e-6);
        assertEquals(huge > 0 ? 1 : 0, memory.leaving[0][j], 1e-6);
      }
    }
  }

  @Test
  void nanStaysNan() {
    for (var cell :
        new CellKernel[] {
          kernels().lstm(), kernels().gru(), kernels().rnnTanh(), kernels().rnnRelu()
        }) {
      CellMemory memory = memory(cell, 1, 9);
      Arrays.fill(memory.gates, Float.NaN);
      cell.forward(memory, SLOT);
      for (int j = 0; j < 9; j++) {
        assertTrue(Float.isNaN(memory.output[SLOT * 9 + j]));
      }
    }
  }

  private void check(Function<Kernels, CellKernel> which, int lanes, int hidden, Unit unit) {
    CellKernel cell = which.apply(kernels());
    int gates = cell.gates();
    int states = cell.states();
    var random = new Random(lanes * 1000L + hidden);
    CellMemory memory = memory(cell, lanes, hidden);
    fill(random, 3, memory.gates);
    fill(random, 1, memory.recurrent);
    for (float[] entering : memory.entering) {
      fill(random, 1, entering);
    }
    float[] pre = memory.gates.clone();
    float[] entering = memory.entering[0].clone();
    cell.forward(memory, SLOT);
    assertArrayEquals(entering, memory.entering[0]);
    assertOtherSlots(pre, memory.gates, lanes * gates * hidden);
    assertOtherSlots(new float[memory.output.length], memory.output, lanes * hidden);

    int width = gates * hidden;
    int offset = 4;
    float[] output = new float[offset + lanes * hidden];
    fill(random, 1, output);
    float[][] delta = new float[states][lanes * hidden];
    for (float[] array : delta) {
      fill(random, 1, array);
    }
    float[][] arriving = Arrays.stream(delta).map(float[]::clone).toArray(float[][]::new);
    float[] input = new float[offset + lanes * width + 4];
    Arrays.fill(input, 77);
    float[] recurrent = cell.separate() ? input.clone() : input;
    cell.backward(memory, SLOT, output, offset, delta, input, recurrent, offset);
    for (float[] array : new float[][] {input, recurrent}) {
      for (int i = 0; i < offset; i++) {
        assertEquals(77, array[i]);
        assertEquals(77, array[offset + lanes * width + i]);
      }
    }
    for (int lane = 0; lane < lanes; lane++) {
      for (int j = 0; j < hidden; j++) {
        int at = lane * hidden + j;
        double[] a = new double[gates];
        double[] b = new double[gates];
        double[] state = new double[states];
        for (int g = 0; g < gates; g++) {
          a[g] = pre[(SLOT * lanes + lane) * width + g * hidden + j];
          b[g] = cell.separate() ? memory.recurrent[lane * width + g * hidden + j] : 0;
        }
        for (int s = 0; s < states; s++) {
          state[s] = memory.entering[s][SLOT * lanes * hidden + at];
        }
        double[] next = unit.step(a, b, state);
        assertEquals(next[0], memory.output[SLOT * lanes * hidden + at], 1e-6);
        for (int s = 1; s < states; s++) {
          assertEquals(next[s], memory.leaving[s - 1][at], 1e-6);
        }
        double[] upstream = new double[states];
        upstream[0] = output[offset + at];
        for (int s = 1; s < states; s++) {
          upstream[s] = arriving[s][at];
        }
        for (int g = 0; g < gates; g++) {
          int place = offset + lane * width + g * hidden + j;
          assertEquals(derivative(unit, a, b, state, upstream, a, g), input[place], 2e-5);
          if (cell.separate()) {
            assertEquals(derivative(unit, a, b, state, upstream, b, g), recurrent[place], 2e-5);
          }
        }
        for (int s = 0; s < states; s++) {
          assertEquals(derivative(unit, a, b, state, upstream, state, s), delta[s][at], 2e-5);
        }
      }
    }
  }

  /** Central difference of Σ upstream·(new state) with respect to {@code of[i]}. */
  private static double derivative(
      Unit unit, double[] a, double[] b, double[] state, double[] upstream, double[] of, int i) {
    double value = of[i];
    of[i] = value + 1e-5;
    double above = dot(upstream, unit.step(a, b, state));
    of[i] = value - 1e-5;
    double below = dot(upstream, unit.step(a, b, state));
    of[i] = value;
    return (above - below) / 2e-5;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static CellMemory memory(CellKernel cell, int lanes, int hidden) {
    int block = lanes * hidden;
    return new CellMemory(
        lanes,
        hidden,
        new float[SLOTS * block * cell.gates()],
        new float[cell.states()][SLOTS * block],
        new float[SLOTS * block],
        new float[SLOTS * block * cell.memo()],
        new float[cell.states() - 1][block],
        new float[cell.separate() ? block * cell.gates() : 0]);
  }

  private static void fill(Random random, float size, float[] array) {
    for (int i = 0; i < array.length; i++) {
      array[i] = size * (2 * random.nextFloat() - 1);
    }
  }

  private static void assertOtherSlots(float[] before, float[] after, int width) {
    for (int i = 0; i < before.length; i++) {
      if (i / width != SLOT) {
        assertEquals(before[i], after[i]);
      }
    }
  }
}
