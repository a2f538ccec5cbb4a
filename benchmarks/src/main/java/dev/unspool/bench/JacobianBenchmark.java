// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.jacobian.JacobianRequest;
import dev.unspool.jacobian.Jacobians;
import dev.unspool.jacobian.NetworkResiduals;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;

/**
 * dy_t/dθ of all steps of one sequence, beside as many separate sweeps of libtorch's autograd in
 * this JVM, both on one thread. The derivatives are compared before anything is timed.
 */
final class JacobianBenchmark {
  private static final int STEPS = 1000;
  private static final int HIDDEN = 32;
  private static final int DEPTH = 50;
  private static final double TOLERANCE = 1e-4;

  /** Both work in the thread that calls, so its processor time is what the work costs. */
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  private final Network network;
  private final double[] theta;
  private final Steps inputs;
  private double consumed;

  private JacobianBenchmark(int features, int steps) {
    network =
        new Network(
            new NetworkSpec(new Input.Numeric(features), Cell.LSTM, HIDDEN, 1, 0, 1, false, false));
    theta = NetworkResiduals.widen(network.initialise(new SplitMix64(1)));
    inputs = Steps.allocate(steps, 1, features);
    var random = new SplitMix64(2);
    for (int i = 0; i < inputs.size(); i++) {
      inputs.values()[i] = (float) random.nextGaussian();
    }
  }

  private LibtorchJacobian peer() {
    return new LibtorchJacobian(network.initialise(new SplitMix64(1)), inputs, HIDDEN, DEPTH);
  }

  /** Prints a row for one input and one for as many as hidden units. */
  static void run(PrintStream out, double seconds) {
    LibtorchPeers.load(1);
    out.printf(
        "dy_t/dθ of %d steps, LSTM, %d hidden units, 1 output, k2 = %d, one thread, processor time%n%n",
        STEPS, HIDDEN, DEPTH);
    out.println("inputs  parameters  unspool ms  libtorch ms  ratio");
    for (int features : new int[] {1, HIDDEN}) {
      var benchmark = new JacobianBenchmark(features, STEPS);
      try (var peer = benchmark.peer()) {
        double difference = benchmark.difference(peer);
        if (!(difference <= TOLERANCE)) {
          throw new IllegalStateException(
              "the derivatives of Unspool and libtorch differ by %s of the largest"
                  .formatted(difference));
        }
        var ours = new Timings();
        var theirs = new Timings();
        benchmark.measure(peer, seconds, ours, theirs);
        out.printf(
            Locale.ROOT,
            "%6d  %10d  %10.1f  %11.1f  %5.1f%n",
            features,
            benchmark.theta.length,
            ours.median() / 1000,
            theirs.median() / 1000,
            theirs.median() / ours.median());
      }
    }
  }

  /** Takes turns, so that what else the machine does hits both. */
  private void measure(LibtorchJacobian peer, double seconds, Timings ours, Timings theirs) {
    for (int k = 0; k < 10; k++) {
      differentiate();
    }
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int round = 0; round < 3 || System.nanoTime() < end; round++) {
      for (int k = 0; k < 5; k++) {
        long start = CLOCK.getCurrentThreadCpuTime();
        differentiate();
        ours.add((CLOCK.getCurrentThreadCpuTime() - start) * 1e-3);
      }
      long start = CLOCK.getCurrentThreadCpuTime();
      peer.differentiate(new float[0][]);
      theirs.add((CLOCK.getCurrentThreadCpuTime() - start) * 1e-3);
    }
  }

  private void differentiate() {
    Jacobians.of(network)
        .differentiate(
            theta, inputs, JacobianRequest.depth(DEPTH), step -> consumed += step.parameters()[0]);
  }

  /** The largest difference of a derivative, relative to the largest derivative. */
  private double difference(LibtorchJacobian peer) {
    var theirs = new float[inputs.steps()][theta.length];
    peer.differentiate(theirs);
    double[] largest = {0, 0};
    Jacobians.of(network)
        .differentiate(
            theta,
            inputs,
            JacobianRequest.depth(DEPTH),
            step -> {
              for (int p = 0; p < theta.length; p++) {
                double value = step.parameters()[p];
                largest[0] = Math.max(largest[0], Math.abs(value));
                largest[1] = Math.max(largest[1], Math.abs(value - theirs[step.step()][p]));
              }
            });
    return largest[1] / largest[0];
  }

  /** How far both are apart for a short sequence; what the tests look at. */
  static double difference(int features, int steps) {
    LibtorchPeers.load(1);
    var benchmark = new JacobianBenchmark(features, steps);
    try (var peer = benchmark.peer()) {
      return benchmark.difference(peer);
    }
  }
}
