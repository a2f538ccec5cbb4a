// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures whole updates, and in the same seconds the machine's peak and what peers take for the
 * same work: all of them in turn, a few hundredths of a second each, so that noise hits all alike.
 *
 * @param shapes what is measured
 * @param threads threads that share the work
 * @param seconds of measuring per contender and shape, after warming up
 * @param peers the others
 * @param clock that ours are measured with
 */
public record Bench(
    List<Shape> shapes, int threads, double seconds, List<Peers> peers, Clock clock) {
  /** Rounds of a measurement in which one turn takes longer than all the seconds. */
  private static final int FEWEST_ROUNDS = 3;

  /** Largest deviation of a gradient, relative to the largest value of the same array. */
  private static final double TOLERANCE = 1e-4;

  /** Computing it takes as long as filling a window, which nobody waits for without peers. */
  private static final float[] NOT_ASKED_FOR = {};

  /** By the clock on the wall. */
  Bench(List<Shape> shapes, int threads, double seconds, List<Peers> peers) {
    this(shapes, threads, seconds, peers, Clock.WALL);
  }

  /** Checks the ranges. */
  public Bench {
    shapes = List.copyOf(shapes);
    peers = List.copyOf(peers);
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    if (!(seconds > 0)) {
      throw new IllegalArgumentException("seconds must be above 0, found " + seconds);
    }
  }

  /**
   * Measures everything.
   *
   * @param rows takes each row as soon as it is measured
   * @param notes where it is said why a peer is missing
   */
  public void run(Consumer<Row> rows, PrintStream notes) throws IOException {
    for (Shape shape : shapes) {
      rows.accept(measure(Sample.of(shape), line -> notes.println(shape.name() + ": " + line)));
    }
  }

  private Row measure(Sample sample, Peers.Notes notes) throws IOException {
    var contenders = new ArrayList<Contender>();
    try {
      var unspool = new Unspool(sample, threads, clock);
      contenders.add(unspool);
      float[] gradient = peers.isEmpty() ? NOT_ASKED_FOR : unspool.gradient();
      for (Peers some : peers) {
        for (Contender peer : some.open(sample, notes)) {
          String reason = disagreement(sample, gradient, peer.gradient());
          if (reason == null) {
            contenders.add(peer);
          } else {
            notes.say("%s is left out: %s".formatted(peer.name(), reason));
            peer.close();
          }
        }
      }
      return measure(sample.shape(), contenders);
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  private Row measure(Shape shape, List<Contender> contenders) throws IOException {
    var peak = new Peak();
    var gflops = new double[] {0};
    for (Contender contender : contenders) {
      new WarmUp(seconds).run(contender);
    }
    new WarmUp(Math.min(seconds, 0.5))
        .run(() -> 1 / (gflops[0] = Math.max(gflops[0], peak.measure())));
    var timings = contenders.stream().map(_ -> new Timings()).toList();
    long end = System.nanoTime() + (long) (seconds * contenders.size() * 1e9);
    for (int round = 0; round < FEWEST_ROUNDS || System.nanoTime() < end; round++) {
      for (int i = 0; i < timings.size(); i++) {
        timings.get(i).add(contenders.get(i).measure());
      }
      gflops[0] = Math.max(gflops[0], peak.measure());
    }
    var others = new ArrayList<Row.Peer>();
    double divisor = shape.perStep() ? shape.k1() : 1;
    for (int i = 1; i < timings.size(); i++) {
      Timings some = timings.get(i);
      others.add(new Row.Peer(contenders.get(i).name(), some.best() / divisor));
    }
    Timings ours = timings.getFirst();
    return new Row(
        shape,
        ours.best() / divisor,
        ours.median() / divisor,
        shape.operations() / ours.best() / 1e3,
        gflops[0] * threads,
        others);
  }

  /** Says where two gradients differ; null where they do not. */
  static @Nullable String disagreement(Sample sample, float[] ours, float[] theirs) {
    if (theirs.length != ours.length) {
      return "its gradient has %s values, ours %s".formatted(theirs.length, ours.length);
    }
    for (var slice : sample.theta().layout().slices()) {
      double largest = 0;
      double off = 0;
      for (int i = slice.offset(); i < slice.end(); i++) {
        largest = Math.max(largest, Math.abs(ours[i]));
        double difference = Math.abs((double) ours[i] - theirs[i]);
        off = Math.max(off, difference); // not a number once anything is not
      }
      if (!(off <= TOLERANCE * largest)) {
        return String.format(
            Locale.ROOT,
            "its gradient of %s is off by %.1e of the largest value, at most %.0e is expected",
            slice.name(),
            off / largest,
            TOLERANCE);
      }
    }
    return null;
  }

  /** What the processor calls itself, as far as the system says. */
  static String machine() {
    String name = System.getProperty("os.arch", "unknown");
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)) {
      name =
          lines
              .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse(name);
    } catch (IOException _) {
      // Not Linux: the architecture must do.
    }
    int processors = Runtime.getRuntime().availableProcessors();
    return "%s, %s processor%s, %s-bit vectors"
        .formatted(name, processors, processors == 1 ? "" : "s", Peak.BITS);
  }
}
