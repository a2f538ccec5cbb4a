// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.kernel.Kernels;
import dev.unspool.kernel.PackedMatrix;
import dev.unspool.kernel.PackedMatrix.Direction;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The matrix products of one LSTM layer, and packing its weights. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector"})
public class KernelBenchmark {
  private static final int STEPS = 20;

  @Param({"64", "128", "256"})
  private int hidden;

  @Param({"1", "32"})
  private int lanes;

  private final Kernels kernels = Kernels.get();
  private float[] theta = new float[0];
  private float[] narrow = new float[0];
  private float[] wide = new float[0];
  private float[] gradient = new float[0];
  private PackedMatrix forward = kernels.matrix(1, 1, Direction.FORWARD);
  private PackedMatrix backward = kernels.matrix(1, 1, Direction.BACKWARD);

  /** Random arrays of the shape. */
  @Setup
  public void prepare() {
    theta = random(4 * hidden * hidden);
    narrow = random(STEPS * lanes * hidden);
    wide = random(STEPS * lanes * 4 * hidden);
    gradient = new float[theta.length];
    forward = kernels.matrix(4 * hidden, hidden, Direction.FORWARD);
    backward = kernels.matrix(4 * hidden, hidden, Direction.BACKWARD);
    packForward();
    packBackward();
  }

  private static float[] random(int size) {
    var random = new Random(size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** h·Wᵀ of one step. */
  @Benchmark
  public void recurrentProduct() {
    forward.multiply(narrow, 0, lanes, null, wide, 0);
  }

  /** δ·W of one step. */
  @Benchmark
  public void backwardProduct() {
    backward.multiply(wide, 0, lanes, null, narrow, 0);
  }

  /** δᵀ·x of a sweep over 20 steps. */
  @Benchmark
  public void weightGradient() {
    kernels.transposedProduct(wide, 0, 4 * hidden, narrow, 0, hidden, STEPS * lanes, gradient, 0);
  }

  /** A copy for products with Wᵀ. */
  @Benchmark
  public void packForward() {
    forward.pack(theta, 0);
  }

  /** A copy for products with W. */
  @Benchmark
  public void packBackward() {
    backward.pack(theta, 0);
  }
}
