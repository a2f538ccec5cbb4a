// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import com.sun.management.ThreadMXBean;
import dev.unspool.kernel.PackedMatrix.Direction;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A program that calls every kernel at many sizes until it is compiled, and says which of them
 * still allocate then. {@link KernelCompilationTest} runs it in a JVM of its own.
 */
final class KernelCalls {
  /** Multiples and no multiples of every width, shorter and longer than a vector. */
  private static final int[] SIZES = {1, 3, 4, 17, 100, 200};

  /** The one that all built-in cells are tried at. */
  private static final int ALL_CELLS = 17;

  private static final int LANES = 3;
  private static final int CALLS = 250;

  /** Windows of calls; some thousand turns of a loop are enough for the last compiler. */
  private static final int WINDOWS = 400;

  private final Kernels kernels = Kernels.get();
  private final DoubleRows doubles = DoubleRows.open();
  private final SplittableRandom random = new SplittableRandom(7);
  private final Map<String, Runnable> calls = new LinkedHashMap<>();
  private double sink;

  /** Prints a line for each kernel that allocates, and a last one when all have been tried. */
  public static void main(String[] arguments) {
    var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int size : SIZES) {
      var all = new KernelCalls();
      all.cells(size);
      all.products(size);
      all.losses(size);
      all.updates(size);
      all.jacobians(size);
      all.calls.forEach(
          (name, call) -> {
            long least = leastAllocation(bean, call);
            if (least > 0) {
              System.out.printf("ALLOCATES %s, size %s: %s bytes%n", name, size, least);
            }
          });
    }
    System.out.println("tried: " + Kernels.get());
  }

  /** Bytes per call, in the window of calls with the fewest. */
  private static long leastAllocation(ThreadMXBean bean, Runnable call) {
    long least = Long.MAX_VALUE;
    for (int window = 0; window < WINDOWS && least > 0; window++) {
      long before = bean.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      least = Math.min(least, (bean.getCurrentThreadAllocatedBytes() - before) / CALLS);
    }
    return least;
  }

  private float[] floats(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  private void cells(int hidden) {
    // The loops of other cells are made of the same operations, and each takes seconds here: they
    // are tried at one size, which has whole vectors and a rest.
    var every = List.of(Cell.RNN_TANH, Cell.RNN_RELU, Cell.GRU, Cell.LSTM);
    for (Cell cell : hidden == ALL_CELLS ? Cell.builtIn() : every) {
      var network = new Network(NetworkSpec.of(cell, 2, hidden, 1));
      var theta = network.initialise(random);
      Tape tape = network.open(theta, TapeOptions.training(LANES, 3));
      var block = Steps.allocate(1, LANES, 2);
      var resets = new LaneEvents(1, LANES);
      var seed = Steps.allocate(1, LANES, 1);
      seed.fill(1);
      var adjoints = List.of(new Adjoint(seed, new Gradient(network.parameters())));
      for (int step = 0; step < 3; step++) {
        tape.forward(block, resets);
        tape.outputs(1);
      }
      calls.put(
          cell.label() + " forwards",
          () -> {
            tape.forward(block, resets);
            tape.outputs(1);
          });
      calls.put(cell.label() + " backwards", () -> tape.backward(3, adjoints));
    }
  }

  private void products(int size) {
    int inputs = size + 2;
    float[] theta = floats(size * inputs);
    float[] a = floats(7 * inputs);
    float[] c = floats(7 * inputs);
    for (var direction : Direction.values()) {
      var matrix = kernels.matrix(size, inputs, direction);
      calls.put("pack " + direction, () -> matrix.pack(theta, 0));
      for (int rows : new int[] {1, 2, 7}) {
        String name = "product %s of %s rows".formatted(direction, rows);
        calls.put(name, () -> matrix.multiply(a, 0, rows, null, c, 0));
        calls.put(name + ", added", () -> matrix.multiplyAdd(a, 0, rows, c, 0));
      }
    }
    calls.put(
        "gradient product", () -> kernels.transposedProduct(a, 0, size, c, 0, inputs, 7, theta, 0));
    calls.put("column sums", () -> kernels.columnSums(a, 0, size, 7, c, 0));
  }

  private void losses(int size) {
    float[] y = floats(size);
    float[] t = floats(size);
    float[] g = new float[size];
    calls.put("cross-entropy", () -> sink += kernels.softmaxCrossEntropy(y, 0, size, 0, 1, g, 0));
    calls.put("squared error", () -> sink += kernels.squaredError(y, 0, t, 0, size, 1, g, 0));
    calls.put("sum of squares", () -> sink += kernels.sumOfSquares(y, 0, y.length));
  }

  private void updates(int size) {
    float[] theta = floats(size);
    float[] g = floats(size);
    float[] m = new float[size];
    float[] s = new float[size];
    calls.put("scale", () -> kernels.scale(theta, 0, theta.length, 1));
    calls.put("sgd", () -> kernels.sgd(theta, g, m, 0, theta.length, 1e-6f, 0, false));
    calls.put(
        "sgd with momentum", () -> kernels.sgd(theta, g, m, 0, theta.length, 1e-6f, 0.5f, true));
    calls.put("rmsprop", () -> kernels.rmsprop(theta, g, s, 0, theta.length, 1e-6f, 0.9f, 1e-8f));
    calls.put(
        "adam",
        () -> kernels.adam(theta, g, m, s, 0, theta.length, 0.9f, 0.99f, 1e-6f, 1, 1e-8f, 1));
  }

  private void jacobians(int steps) {
    int rows = 6;
    int lags = 3;
    int times = steps + lags - 1;
    var c = doubles.matrix(rows, steps);
    var d = doubles.matrix(rows, steps);
    double[][] signals = new double[rows][steps];
    double[] weights = new double[DoubleRows.packed(rows, rows)];
    calls.put("multiples", () -> doubles.multiply(c, 0, d, 0, signals, 0, 0, steps));
    calls.put("multiples, added", () -> doubles.addMultiple(c, 0, d, 0, signals, 0, 0, steps));
    calls.put("float64 product", () -> doubles.addProduct(c, 0, weights, rows, rows, d, 0, steps));
    int columns = doubles.panel() + 1;
    int[] offset = new int[columns];
    int[] stride = new int[columns];
    Arrays.setAll(offset, j -> j);
    Arrays.fill(stride, columns);
    var places = new WeightColumns(doubles.panel(), offset, stride, new int[] {columns * rows});
    var adjoints = doubles.matrices(lags, rows, steps);
    var s = new AlignedDoubles(places.length(times));
    double[][] jacobian = new double[steps][(columns + 1) * rows];
    calls.put(
        "correlations",
        () -> doubles.addCorrelations(jacobian, 0, 0, steps, adjoints, rows, 0, lags, s, places));
  }
}
