// SPDX-License-Identifier: Apache-2.0
package dev.unspool.optimizer;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Gradient;
import dev.unspool.model.Workers;

/** Norms and clipping of gradients of one size, by the threads of an engine. Not thread-safe. */
public final class Clipper {
  private final Clipping clipping;
  private final Kernels kernels;
  private final Chunks squares;
  private final Chunks scaling;
  private final Chunks cutting;
  private final double[] sums;

  Clipper(Clipping clipping, Gradient like, Workers workers) {
    this.clipping = clipping;
    this.kernels = Kernels.of(workers);
    int size = like.values().length;
    this.squares = new Chunks(kernels, size, (values, _, from, to) -> square(values, from, to));
    this.scaling = new Chunks(kernels, size, this::scale);
    this.cutting = new Chunks(kernels, size, this::cut);
    this.sums = new double[squares.count()];
  }

  /** The Euclidean norm of a gradient, which is not modified; not finite if a value is not. */
  public double norm(Gradient gradient) {
    squares.run(gradient.values(), 1);
    double sum = 0;
    for (double each : sums) {
      sum += each;
    }
    return Math.sqrt(sum);
  }

  /**
   * Clips a gradient whose norm is finite; one whose norm is not is left as it is.
   *
   * @param gradient modified
   * @param norm its Euclidean norm
   */
  public void clip(Gradient gradient, double norm) {
    if (!Double.isFinite(norm)) {
      return;
    }
    switch (clipping) {
      case Clipping.None _ -> {}
      case Clipping.Norm(double limit) when norm > limit ->
          scaling.run(gradient.values(), (float) (limit / norm));
      case Clipping.Norm _ -> {}
      case Clipping.Value(double limit) -> cutting.run(gradient.values(), (float) limit);
    }
  }

  private void square(float[] values, int from, int to) {
    for (int at = from; at < to; at += Chunks.LENGTH) {
      int end = Math.min(at + Chunks.LENGTH, to);
      sums[at / Chunks.LENGTH] = kernels.sumOfSquares(values, at, end);
    }
  }

  private void scale(float[] values, float factor, int from, int to) {
    kernels.scale(values, from, to, factor);
  }

  private void cut(float[] values, float limit, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = Math.clamp(values[i], -limit, limit);
    }
  }
}
