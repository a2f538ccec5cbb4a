// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

/** Plain loops. */
final class ScalarDoubleRows implements DoubleRows {
  @Override
  public int group() {
    return 4;
  }

  @Override
  public int panel() {
    return 1;
  }

  @Override
  public void multiply(
      StepMatrix c, int first, StepMatrix d, int row, double[][] s, int at, int from, int to) {
    for (int j = 0; j < s.length; j++) {
      for (int r = from; r < to; r++) {
        c.set(first + j, r, d.get(row + j, r) * s[j][at + r]);
      }
    }
  }

  @Override
  public void addMultiple(
      StepMatrix c, int first, StepMatrix d, int row, double[][] s, int at, int from, int to) {
    for (int j = 0; j < s.length; j++) {
      for (int r = from; r < to; r++) {
        c.set(first + j, r, c.get(first + j, r) + d.get(row + j, r) * s[j][at + r]);
      }
    }
  }

  @Override
  public void addProduct(
      StepMatrix c,
      int first,
      double[] weights,
      int rows,
      int sums,
      StepMatrix d,
      int row,
      int steps) {
    for (int j = 0; j < rows; j++) {
      int at = j / TILE * TILE * sums + j % TILE;
      for (int r = 0; r < steps; r++) {
        double sum = c.get(first + j, r);
        for (int g = 0; g < sums; g++) {
          sum += weights[at + g * TILE] * d.get(row + g, r);
        }
        c.set(first + j, r, sum);
      }
    }
  }

  @Override
  public void addCorrelations(
      double[][] c,
      int offset,
      int row,
      int rows,
      LagMatrices d,
      int sums,
      int lag,
      int lags,
      AlignedDoubles s,
      WeightColumns columns) {
    int times = rows + lags - 1;
    double[] signals = s.values();
    for (int r = 0; r < rows; r++) {
      for (int g = 0; g < sums; g++) {
        for (int j = 0; j < columns.count(); j++) {
          int newest = s.start() + columns.signal(j, times) + (lags - 1 + r) * columns.step(j);
          double sum = 0;
          for (int b = 0; b < lags; b++) {
            sum += d.at(lag + b).get(g, row + r) * signals[newest - b * columns.step(j)];
          }
          c[r][offset + columns.offset(j) + g * columns.stride(j)] += sum;
        }
        for (int bias : columns.biases()) {
          for (int b = 0; b < lags; b++) {
            c[r][offset + bias + g] += d.at(lag + b).get(g, row + r);
          }
        }
      }
    }
  }

  @Override
  public void combine(
      double[] into, double[] begin, int length, double[] factors, double[][] rows, int count) {
    System.arraycopy(begin, 0, into, 0, length);
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      double a = factors[i];
      double b = factors[i + 1];
      double c = factors[i + 2];
      double d = factors[i + 3];
      double[] ra = rows[i];
      double[] rb = rows[i + 1];
      double[] rc = rows[i + 2];
      double[] rd = rows[i + 3];
      for (int p = 0; p < length; p++) {
        into[p] += a * ra[p] + b * rb[p] + c * rc[p] + d * rd[p];
      }
    }
    for (; i < count; i++) {
      double a = factors[i];
      double[] row = rows[i];
      for (int p = 0; p < length; p++) {
        into[p] += a * row[p];
      }
    }
  }
}
