// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static dev.unspool.kernel.Simd.F;
import static dev.unspool.kernel.Simd.L;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** The hot loops on vectors of the Vector API. */
final class SimdKernels implements Kernels {
  /** Values below which waking the others takes longer than doing it alone. */
  private static final int WORTHWHILE = 2048;

  /** Values that a near cache holds, so that going through them twice costs little. */
  private static final int NEAR = Caches.SECOND_LEVEL / 4 / Float.BYTES;

  private final SimdPacking packing = new SimdPacking();
  private final @Nullable Crew crew;

  // What the parts work on: fields, since a task that carries them would be allocated each time.
  private final Crew.Task rowTask = this::part;
  private @Nullable Rows rowWork;
  private int rows;

  private final @Nullable CrewCopies copies;

  /** Rooms for packed products that nobody is using; whoever takes one puts it back. */
  private final AtomicReference<@Nullable SimdGradientProducts> free = new AtomicReference<>();

  /** Kernels for any number of callers. */
  SimdKernels() {
    this(null);
  }

  /** Kernels for one caller, who closes them. */
  SimdKernels(@Nullable Crew crew) {
    this.crew = crew;
    this.copies = crew == null ? null : new CrewCopies(crew);
  }

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public PackedMatrix matrix(int outputs, int inputs, PackedMatrix.Direction direction) {
    return new SimdMatrix(outputs, inputs, direction, packing, crew);
  }

  @Override
  public int threads() {
    return crew == null ? 1 : crew.size();
  }

  @Override
  public boolean haveOwnRows(int rows, int weights) {
    return Sharing.haveOwnRows(rows, threads(), weights);
  }

  @Override
  public void run(Rows work, int count, int width) {
    if (crew == null || count < 2 || (long) count * width < WORTHWHILE) {
      work.runRows(0, 0, count);
      return;
    }
    rowWork = work;
    rows = count;
    crew.run(rowTask);
  }

  @Override
  public void copy(float[] from, int at, float[] into, int to, int count) {
    if (copies == null) {
      Kernels.super.copy(from, at, into, to, count);
    } else {
      copies.copy(from, at, into, to, count);
    }
  }

  @Override
  public void clear(float[] values, int at, int count) {
    if (copies == null) {
      Kernels.super.clear(values, at, count);
    } else {
      copies.clear(values, at, count);
    }
  }

  private void part(int part, int parts) {
    Rows work = rowWork;
    if (work != null) {
      int from = (int) ((long) rows * part / parts);
      work.runRows(part, from, (int) ((long) rows * (part + 1) / parts));
    }
  }

  @Override
  public void transposedProduct(
      float[] a,
      int aOffset,
      int m,
      float[] b,
      int bOffset,
      int n,
      int rows,
      float[] d,
      int dOffset) {
    SimdGradientProducts products = take();
    products.multiply(a, aOffset, m, b, bOffset, n, rows, d, dOffset);
    free.set(products);
  }

  @Override
  public void transposedProducts(
      float[] a,
      int aOffset,
      int m,
      int rows,
      List<RightSide> rights,
      float[] sums,
      int sumsOffset) {
    boolean apart = sumsOffset >= 0 && rows * m <= NEAR;
    SimdGradientProducts products = take();
    products.multiply(a, aOffset, m, rows, rights, sums, apart ? -1 : sumsOffset);
    free.set(products);
    if (apart) {
      columnSums(a, aOffset, m, rows, sums, sumsOffset);
    }
  }

  private SimdGradientProducts take() {
    SimdGradientProducts products = free.getAndSet(null);
    return products == null ? new SimdGradientProducts(crew) : products;
  }

  @Override
  public void columnSums(float[] a, int aOffset, int m, int rows, float[] d, int dOffset) {
    int j = 0;
    for (; j + 4 * L <= m; j += 4 * L) {
      FloatVector s0 = FloatVector.zero(F);
      FloatVector s1 = FloatVector.zero(F);
      FloatVector s2 = FloatVector.zero(F);
      FloatVector s3 = FloatVector.zero(F);
      for (int row = 0; row < rows; row++) {
        int source = aOffset + row * m + j;
        s0 = s0.add(FloatVector.fromArray(F, a, source));
        s1 = s1.add(FloatVector.fromArray(F, a, source + L));
        s2 = s2.add(FloatVector.fromArray(F, a, source + 2 * L));
        s3 = s3.add(FloatVector.fromArray(F, a, source + 3 * L));
      }
      s0.intoArray(d, dOffset + j);
      s1.intoArray(d, dOffset + j + L);
      s2.intoArray(d, dOffset + j + 2 * L);
      s3.intoArray(d, dOffset + j + 3 * L);
    }
    for (; j < m; j++) {
      float sum = 0;
      for (int row = 0; row < rows; row++) {
        sum += a[aOffset + row * m + j];
      }
      d[dOffset + j] = sum;
    }
  }

  @Override
  public double softmaxCrossEntropy(
      float[] logits,
      int offset,
      int n,
      int target,
      float scale,
      float[] gradient,
      int gradientOffset) {
    return SimdSoftmax.crossEntropy(logits, offset, n, target, scale, gradient, gradientOffset);
  }

  @Override
  public double squaredError(
      float[] outputs,
      int offset,
      float[] targets,
      int targetOffset,
      int n,
      float factor,
      float[] gradient,
      int gradientOffset) {
    return SimdVectors.squaredError(
        outputs, offset, targets, targetOffset, n, factor, gradient, gradientOffset);
  }

  @Override
  public double sumOfSquares(float[] values, int from, int to) {
    return SimdVectors.sumOfSquares(values, from, to);
  }

  @Override
  public void scale(float[] values, int from, int to, float factor) {
    SimdVectors.scale(values, from, to, factor);
  }

  @Override
  public void flush(float[] values, int from, int to, float least) {
    SimdVectors.flush(values, from, to, least);
  }

  @Override
  public void sgd(
      float[] theta,
      float[] gradient,
      float[] velocity,
      int from,
      int to,
      float rate,
      float momentum,
      boolean nesterov) {
    if (momentum == 0) {
      SimdVectors.descend(theta, gradient, from, to, rate);
    } else {
      SimdVectors.descend(theta, gradient, velocity, from, to, rate, momentum, nesterov);
    }
  }

  @Override
  public void rmsprop(
      float[] theta,
      float[] gradient,
      float[] square,
      int from,
      int to,
      float rate,
      float decay,
      float epsilon) {
    SimdVectors.rmsprop(theta, gradient, square, from, to, rate, decay, epsilon);
  }

  @Override
  public void adam(
      float[] theta,
      float[] gradient,
      float[] mean,
      float[] square,
      int from,
      int to,
      float beta1,
      float beta2,
      float rate,
      float root,
      float epsilon,
      float shrink) {
    SimdVectors.adam(
        theta, gradient, mean, square, from, to, beta1, beta2, rate, root, epsilon, shrink);
  }

  @Override
  public void close() {
    if (crew != null) {
      crew.close();
    }
  }

  /** The name, and the width of the vectors. */
  @Override
  public String toString() {
    return "simd, %s bits".formatted(F.vectorBitSize());
  }
}
