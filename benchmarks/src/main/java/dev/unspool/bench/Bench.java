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
import java.util.stream.Collectors;

/**
 * Measures whole updates, and the machine's peak in the same seconds.
 *
 * @param shapes what is measured
 * @param threads threads that share the work
 * @param seconds of measuring per shape, after as many of warming up
 */
public record Bench(List<Shape> shapes, int threads, double seconds) {
  /** Parts of the measurement, between which the peak is measured; the best one counts. */
  private static final int PARTS = 40;

  /** Checks the ranges. */
  public Bench {
    shapes = List.copyOf(shapes);
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
   * @param out where the rows go, as they are measured, or as one JSON object at the end
   */
  public List<Row> run(PrintStream out, boolean json) {
    if (!json) {
      out.printf("%s, %d of its processors%n", machine(), threads);
    }
    var rows = new ArrayList<Row>();
    for (Shape shape : shapes) {
      Row row = measure(shape);
      rows.add(row);
      if (!json) {
        out.println(row.text());
      }
    }
    if (json) {
      out.printf(
          "{\"machine\": \"%s\", \"threads\": %d, \"rows\": [%s]}%n",
          machine().replace("\"", ""),
          threads,
          rows.stream().map(Row::json).collect(Collectors.joining(", ")));
    }
    return rows;
  }

  private Row measure(Shape shape) {
    var peak = new Peak();
    double gflops = 0;
    double best = Double.POSITIVE_INFINITY;
    try (var work = new Workload(shape, threads)) {
      long warm = (long) (seconds * 1e9);
      int updates = 0;
      for (long start = System.nanoTime(); System.nanoTime() - start < warm; updates++) {
        work.update();
        if (updates % 16 == 0) {
          gflops = Math.max(gflops, peak.measure());
        }
      }
      int batch = Math.max(1, updates / PARTS);
      for (int part = 0; part < PARTS; part++) {
        long start = System.nanoTime();
        for (int i = 0; i < batch; i++) {
          work.update();
        }
        best = Math.min(best, (System.nanoTime() - start) / 1e3 / batch);
        gflops = Math.max(gflops, peak.measure());
      }
    }
    double micros = shape.perStep() ? best / shape.k1() : best;
    return new Row(shape, micros, shape.operations() / best / 1e3, gflops * threads);
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
    return "%s, %d processors".formatted(name, Runtime.getRuntime().availableProcessors());
  }

  /** {@code [--json] [--threads N] [shape …]}, for running it without the command. */
  public static void main(String[] args) {
    boolean json = false;
    int threads = 1;
    var shapes = new ArrayList<Shape>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--json" -> json = true;
        case "--threads" -> threads = Integer.parseInt(args[++i]);
        default -> shapes.add(Shape.of(args[i]));
      }
    }
    new Bench(shapes.isEmpty() ? Shape.ALL : shapes, threads, 3).run(System.out, json);
  }
}
