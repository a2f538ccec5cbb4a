// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.scaling;

import dev.unspool.bench.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Shapes that differ in one size only.
 *
 * @param axis the size
 * @param name what stays the same, for a legend
 * @param points in the order of the size
 */
public record Curve(Axis axis, String name, List<Point> points) {
  private static final int[] HIDDEN = {16, 32, 64, 128, 256, 512, 1024, 2048};
  private static final int[] LANES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512};
  private static final int[] DEPTH = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

  /** What differs. */
  public enum Axis {
    HIDDEN("hidden units", "µs a step"),
    LANES("lanes", "µs a step"),
    DEPTH("k2, at k1 = 1", "µs an update"),
    THREADS("threads", "µs a step");

    private final String label;
    private final String unit;

    Axis(String label, String unit) {
      this.label = label;
      this.unit = unit;
    }

    /** For the axis of a picture. */
    String label() {
      return label;
    }

    /** Of the times. */
    String unit() {
      return unit;
    }
  }

  /**
   * A shape on it.
   *
   * @param at the size that differs
   * @param shape the piece of work
   * @param threads that share it
   */
  public record Point(int at, Shape shape, int threads) {}

  public Curve {
    points = List.copyOf(points);
  }

  /**
   * All that are measured.
   *
   * @param processors up to which threads go
   */
  public static List<Curve> all(int processors) {
    var curves = new ArrayList<Curve>();
    for (int lanes : new int[] {1, 32}) {
      curves.add(
          along(Axis.HIDDEN, lanesOf(lanes) + ", (20, 20)", HIDDEN, "h%s-l" + lanes + "-k20-20"));
    }
    for (int hidden : new int[] {64, 128, 512}) {
      curves.add(
          along(
              Axis.LANES, "H %s, (20, 20)".formatted(hidden), LANES, "h" + hidden + "-l%s-k20-20"));
    }
    for (int lanes : new int[] {1, 32}) {
      curves.add(along(Axis.DEPTH, "H 64, " + lanesOf(lanes), DEPTH, "h64-l" + lanes + "-k1-%s"));
    }
    for (String shape : new String[] {"h64-l1-k20-20", "h128-l32-k20-20", "h512-l20-k20-20"}) {
      curves.add(
          new Curve(
              Axis.THREADS,
              shape,
              threads(processors)
                  .mapToObj(threads -> new Point(threads, Shape.of(shape), threads))
                  .toList()));
    }
    return curves;
  }

  private static String lanesOf(int number) {
    return number == 1 ? "1 lane" : number + " lanes";
  }

  private static Curve along(Axis axis, String name, int[] sizes, String shape) {
    return new Curve(
        axis,
        name,
        IntStream.of(sizes)
            .mapToObj(size -> new Point(size, Shape.of(shape.formatted(size)), 1))
            .toList());
  }

  /** Powers of two, and all there are. */
  static IntStream threads(int processors) {
    return IntStream.concat(
            IntStream.iterate(1, n -> n < processors, n -> 2 * n), IntStream.of(processors))
        .distinct();
  }
}
