// SPDX-License-Identifier: Apache-2.0
package dev.unspool.baseline;

import dev.unspool.score.RunningState;
import java.util.Arrays;

/**
 * A linear model of a stream, learned row by row: at any time the weights that make {@code Σ
 * λ^(t−i) (y_i − w·x_i)² + ridge ‖w‖²} least, up to how the ridge is spread over time.
 *
 * <p>What is kept is not the covariance, which loses its symmetry and in the end its sign in
 * rounding, but a triangle R with RᵀR = Σ λ^(t−i) x_i x_iᵀ: each row is rotated into it (Givens
 * rotations; Gentleman, "Least squares computations by Givens transformations without square
 * roots", 1973, with square roots; as recursive least squares: Haykin, "Adaptive Filter Theory",
 * QR-RLS). Rotations keep lengths, so errors of rounding do not grow however long it goes on.
 *
 * <p>What is forgotten would leave nothing behind where the rows say nothing new: a constant, or
 * inputs of which one is the sum of others. So each row is followed by one that says of a single
 * weight, each in its turn, that it is 0, with a size that upholds the ridge of the start.
 */
public final class RecursiveLeastSquares implements RunningState {
  private static final double LARGEST = 1e100;

  private final int inputs;
  private final double keep;
  private final double root;
  private final double reminder;

  /** Rows of R, each from its diagonal on and ended by what the target is in its direction. */
  private final double[] triangle;

  private final double[] row;
  private final double[] weights;
  private boolean solved;
  private int turn;

  /**
   * A model that says 0.
   *
   * @param inputs of a row, at least 1
   * @param memory in rows, at least 2: weights of rows fall by {@code λ = 1 − 1/memory}; infinity
   *     forgets nothing
   * @param ridge above 0, in units of an input's squares
   */
  public RecursiveLeastSquares(int inputs, double memory, double ridge) {
    if (inputs < 1 || !(memory >= 2) || !(ridge > 0) || !(ridge < LARGEST)) {
      throw new IllegalArgumentException(
          "recursive least squares need an input, a memory of at least 2 rows and a ridge above 0, found %s, %s and %s"
              .formatted(inputs, memory, ridge));
    }
    this.inputs = inputs;
    this.keep = Math.sqrt(1 - 1 / memory);
    this.root = Math.sqrt(ridge);
    this.reminder = Math.sqrt(ridge * inputs / memory);
    this.triangle = new double[inputs * (inputs + 3) / 2];
    this.row = new double[inputs + 1];
    this.weights = new double[inputs];
    forget();
  }

  /** Goes back to where it began. */
  public void forget() {
    Arrays.fill(triangle, 0);
    for (int i = 0, at = 0; i < inputs; at += inputs + 1 - i, i++) {
      triangle[at] = root;
    }
    solved = false;
    turn = 0;
  }

  /** Number of inputs of a row. */
  public int inputs() {
    return inputs;
  }

  /**
   * Learns a row. One in which a number is not finite, or beyond 10¹⁰⁰, is left out.
   *
   * @param x inputs, at least as many as the model has; not modified, nor kept
   */
  public void learn(double[] x, double y) {
    boolean usable = Math.abs(y) <= LARGEST;
    for (int i = 0; i < inputs; i++) {
      usable &= Math.abs(x[i]) <= LARGEST;
      row[i] = x[i];
    }
    if (!usable) {
      return;
    }
    row[inputs] = y;
    rotate(0, keep);
    if (reminder > 0) {
      Arrays.fill(row, 0);
      row[turn] = reminder;
      rotate(turn, 1);
      turn = (turn + 1) % inputs;
    }
    solved = false;
  }

  /**
   * What it says of a row.
   *
   * @param x inputs, at least as many as the model has; not modified, nor kept
   */
  public double predict(double[] x) {
    solve();
    double sum = 0;
    for (int i = 0; i < inputs; i++) {
      sum += weights[i] * x[i];
    }
    return sum;
  }

  /** The weight of each input. */
  public double[] weights() {
    solve();
    return weights.clone();
  }

  @Override
  public int size() {
    return triangle.length + 1;
  }

  @Override
  public int save(double[] to, int at) {
    System.arraycopy(triangle, 0, to, at, triangle.length);
    to[at + triangle.length] = turn;
    return at + size();
  }

  @Override
  public int load(double[] from, int at) {
    System.arraycopy(from, at, triangle, 0, triangle.length);
    turn = (int) from[at + triangle.length];
    solved = false;
    return at + size();
  }

  /** Rotates the row into the triangle, whose rows are multiplied by {@code keep} on the way. */
  private void rotate(int first, double keep) {
    int at = first * (2 * inputs + 3 - first) / 2;
    for (int i = first; i < inputs; i++) {
      int length = inputs + 1 - i;
      double a = keep * triangle[at];
      double b = row[i];
      double hypotenuse = Math.sqrt(a * a + b * b);
      double cos = hypotenuse > 0 ? a / hypotenuse : 1;
      double sin = hypotenuse > 0 ? b / hypotenuse : 0;
      for (int j = 0; j < length; j++) {
        double old = keep * triangle[at + j];
        double fresh = row[i + j];
        triangle[at + j] = cos * old + sin * fresh;
        row[i + j] = cos * fresh - sin * old;
      }
      at += length;
    }
  }

  private void solve() {
    if (solved) {
      return;
    }
    int at = triangle.length;
    for (int i = inputs - 1; i >= 0; i--) {
      int length = inputs + 1 - i;
      at -= length;
      double sum = triangle[at + length - 1];
      for (int j = 1; j < length - 1; j++) {
        sum -= triangle[at + j] * weights[i + j];
      }
      weights[i] = sum / triangle[at];
    }
    solved = true;
  }
}
