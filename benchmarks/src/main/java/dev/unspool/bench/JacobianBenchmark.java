// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.jacobian.JacobianRequest;
import dev.unspool.jacobian.Jacobians;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * dy_t/dθ of all steps of one sequence, beside as many separate sweeps of libtorch's autograd in
 * this JVM, both on one thread. The derivatives are compared before anything is timed.
 */
final class JacobianBenchmark {
  private static final int STEPS = 1000;
  private static final int HIDDEN = 32;
  private static final int DEPTH = 50;
  private static final double TOLERANCE = 1e-4;
  private static final double[][] NOWHERE = {};

  /** Both work in the thread that calls, so its processor time is what the work costs. */
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  private final Network network;
  private final Jacobians jacobians;
  private final double[] theta;
  private final Steps inputs;
  private double consumed;

  private JacobianBenchmark(int features, int steps) {
    network = new Network(NetworkSpec.of(Cell.LSTM, features, HIDDEN, 1));
    jacobians = Jacobians.of(network);
    theta = network.initialise(new SplitMix64(1)).toDoubles();
    inputs = Steps.allocate(steps, 1, features);
    var random = new SplitMix64(2);
    for (int i = 0; i < inputs.size(); i++) {
      inputs.values()[i] = (float) random.nextGaussian();
    }
  }

  /** The fastest peer first. */
  private List<JacobianPeer> peers() {
    var same = network.initialise(new SplitMix64(1));
    return List.of(
        new LibtorchJacobian(ScalarType.Float, same, inputs, HIDDEN, DEPTH),
        new LibtorchJacobian(ScalarType.Double, same, inputs, HIDDEN, DEPTH),
        new SteppedJacobian(same, inputs, HIDDEN, DEPTH));
  }

  /** Prints rows for one input and for as many as hidden units. */
  static void run(PrintStream out, double seconds) {
    LibtorchPeers.load(1);
    out.printf(
        "dy_t/dθ of %s steps, LSTM, %s hidden units, 1 output, k2 = %s, one thread, processor time,"
            + " best%n%n",
        STEPS, HIDDEN, DEPTH);
    out.println("inputs  parameters  by                                              ms  times");
    for (int features : new int[] {1, HIDDEN}) {
      new JacobianBenchmark(features, STEPS).compare(out, seconds);
    }
  }

  private void compare(PrintStream out, double seconds) {
    var peers = peers();
    for (var peer : peers) {
      double difference = difference(peer);
      if (!(difference <= TOLERANCE)) {
        throw new IllegalStateException(
            "the derivatives of Unspool and %s differ by %s of the largest"
                .formatted(peer.name(), difference));
      }
    }
    var ours = new Timings();
    var theirs = peers.stream().map(_ -> new Timings()).toList();
    measure(peers, seconds, ours, theirs);
    row(
        out,
        "%6s  %10s".formatted(inputs.features(), theta.length),
        "Unspool, float64",
        ours,
        ours);
    for (int p = 0; p < peers.size(); p++) {
      row(out, " ".repeat(18), peers.get(p).name(), theirs.get(p), ours);
      peers.get(p).close();
    }
  }

  private static void row(
      PrintStream out, String shape, String name, Timings timings, Timings ours) {
    out.printf(
        Locale.ROOT,
        "%s  %-43s %7.1f  %5.1f%n",
        shape,
        name,
        timings.best() / 1000,
        timings.best() / ours.best());
  }

  /**
   * Takes turns, so that what else the machine does hits all of them. The slow peers have one turn
   * of their own: they take seconds.
   */
  private void measure(
      List<JacobianPeer> peers, double seconds, Timings ours, List<Timings> theirs) {
    for (int k = 0; k < 10; k++) {
      differentiate();
    }
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int round = 0; round < 3 || System.nanoTime() < end; round++) {
      for (int k = 0; k < 5; k++) {
        time(this::differentiate, ours);
      }
      time(() -> peers.getFirst().differentiate(NOWHERE), theirs.getFirst());
    }
    for (int p = 1; p < peers.size(); p++) {
      var peer = peers.get(p);
      time(() -> peer.differentiate(NOWHERE), theirs.get(p));
    }
  }

  private static void time(Runnable work, Timings into) {
    long start = CLOCK.getCurrentThreadCpuTime();
    work.run();
    into.add((CLOCK.getCurrentThreadCpuTime() - start) * 1e-3);
  }

  private void differentiate() {
    jacobians.differentiate(
        theta, inputs, JacobianRequest.depth(DEPTH), step -> consumed += step.parameters()[0]);
  }

  /** The largest difference of a derivative, relative to the largest derivative. */
  private double difference(JacobianPeer peer) {
    var theirs = new double[inputs.steps()][theta.length];
    peer.differentiate(theirs);
    double[] largest = {0, 0};
    jacobians.differentiate(
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

  /** How far the furthest peer is apart for a short sequence; what the tests look at. */
  static double difference(int features, int steps) {
    LibtorchPeers.load(1);
    var benchmark = new JacobianBenchmark(features, steps);
    double most = 0;
    for (var peer : benchmark.peers()) {
      try (peer) {
        most = Math.max(most, benchmark.difference(peer));
      }
    }
    return most;
  }
}
