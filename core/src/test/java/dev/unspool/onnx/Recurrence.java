// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

/**
 * ONNX's recurrent operators, from the equations in its specification, forwards only. Gates stand
 * in ONNX's order, of which nothing else in the tests knows.
 *
 * @param w 1 × gates·H × inputs
 * @param r 1 × gates·H × H
 * @param b 1 × 2·gates·H
 */
record Recurrence(Array w, Array r, Array b, int hidden) {

  /** Whᵢ·x + b, or Rᵢ·h + b, for one gate, one unit and one lane. */
  private double product(boolean recurrent, int gate, int unit, Array from, int... lane) {
    Array matrix = recurrent ? r : w;
    int row = gate * hidden + unit;
    double sum = b.at(0, (recurrent ? b.extent(1) / 2 : 0) + row);
    for (int i = 0; i < matrix.extent(2); i++) {
      sum += matrix.at(0, row, i) * from.at(lane[0], lane[1], i);
    }
    return sum;
  }

  /** Runs over x; {@code h} (and {@code c} of an LSTM), 1 × lanes × H, end as the last state. */
  Array run(String operator, String activation, Array x, Array h, Array c) {
    int steps = x.extent(0);
    int lanes = x.extent(1);
    Array y = Array.zeros(steps, 1, lanes, hidden);
    for (int step = 0; step < steps; step++) {
      for (int lane = 0; lane < lanes; lane++) {
        var next = new double[hidden];
        for (int unit = 0; unit < hidden; unit++) {
          var in = new double[4];
          var back = new double[4];
          for (int gate = 0; gate < r.extent(1) / hidden; gate++) {
            in[gate] = product(false, gate, unit, x, step, lane);
            back[gate] = product(true, gate, unit, h, 0, lane);
          }
          next[unit] =
              switch (operator) {
                case "RNN" -> {
                  double sum = in[0] + back[0];
                  yield activation.equals("Relu") ? Math.max(0, sum) : Math.tanh(sum);
                }
                case "GRU" -> {
                  double z = sigmoid(in[0] + back[0]);
                  double reset = sigmoid(in[1] + back[1]);
                  double candidate = Math.tanh(in[2] + reset * back[2]);
                  yield (1 - z) * candidate + z * h.at(0, lane, unit);
                }
                case "LSTM" -> {
                  double i = sigmoid(in[0] + back[0]);
                  double o = sigmoid(in[1] + back[1]);
                  double f = sigmoid(in[2] + back[2]);
                  double cell = f * c.at(0, lane, unit) + i * Math.tanh(in[3] + back[3]);
                  c.set(cell, 0, lane, unit);
                  yield o * Math.tanh(cell);
                }
                default -> throw new AssertionError(operator);
              };
        }
        for (int unit = 0; unit < hidden; unit++) {
          h.set(next[unit], 0, lane, unit);
          y.set(next[unit], step, 0, lane, unit);
        }
      }
    }
    return y;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
