// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Comparison of float32 results with float64 ones, by the norm of a whole array. */
public final class Close {
  private Close() {}

  /**
   * {@code ‖actual − expected‖ ≤ tolerance · (‖expected‖ + scale)}.
   *
   * @param scale of the rounding errors that may remain where large numbers add up to small ones
   */
  public static void check(
      String what,
      float[] actual,
      int offset,
      double[] expected,
      double scale,
      double tolerance,
      Supplier<String> context) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      double d = actual[offset + i] - expected[i];
      difference += d * d;
      norm += expected[i] * expected[i];
    }
    double error = Math.sqrt(difference);
    double allowed = tolerance * (Math.sqrt(norm) + scale);
    assertTrue(
        error <= allowed,
        () ->
            "%s is off by %s, allowed %s (norm %s)%nfound    %s%nexpected %s%n%s"
                .formatted(
                    what,
                    error,
                    allowed,
                    Math.sqrt(Arrays.stream(expected).map(v -> v * v).sum()),
                    Arrays.toString(Arrays.copyOfRange(actual, offset, offset + expected.length)),
                    Arrays.toString(expected),
                    context.get()));
  }

  /**
   * Some named arrays of a gradient. Its relative error may exceed the tolerance where it is ten
   * times smaller than the absolute values that add up to it: float32 keeps seven digits of those.
   */
  public static void gradient(
      ParameterLayout layout,
      List<String> names,
      float[] actual,
      ReferenceTape.Derivatives expected,
      double tolerance,
      Supplier<String> context) {
    for (String name : names) {
      var slice = layout.slice(name);
      check(
          "∂L/∂" + slice.name(),
          actual,
          slice.offset(),
          Arrays.copyOfRange(expected.gradient(), slice.offset(), slice.end()),
          norm(Arrays.copyOfRange(expected.magnitude(), slice.offset(), slice.end())) / 10,
          tolerance,
          context);
    }
  }

  /** Every array of a gradient. */
  public static void gradient(
      ParameterLayout layout,
      float[] actual,
      ReferenceTape.Derivatives expected,
      double tolerance,
      Supplier<String> context) {
    gradient(layout, names(layout), actual, expected, tolerance, context);
  }

  /** Names of all arrays. */
  public static List<String> names(ParameterLayout layout) {
    return layout.slices().stream().map(ParameterLayout.Slice::name).toList();
  }

  /**
   * A state against lanes × arrays × units.
   *
   * @param sizes lanes × arrays, as {@link ReferenceTape#stateSizes}
   */
  public static void state(
      State actual,
      double[][][] expected,
      double[][] sizes,
      double tolerance,
      Supplier<String> context) {
    var arrays = actual.layout().arrays();
    for (int a = 0; a < arrays.size(); a++) {
      for (int lane = 0; lane < expected.length; lane++) {
        check(
            arrays.get(a).name() + " of lane " + lane,
            actual.array(arrays.get(a).name()),
            lane * arrays.get(a).size(),
            expected[lane][a],
            Math.max(0.1, sizes[lane][a]),
            tolerance,
            context);
      }
    }
  }

  /** A block against steps × lanes × features. */
  public static void steps(
      String what,
      Steps actual,
      double[][][] expected,
      double scale,
      double tolerance,
      Supplier<String> context) {
    for (int t = 0; t < expected.length; t++) {
      for (int lane = 0; lane < expected[t].length; lane++) {
        check(
            what + " of step " + t + ", lane " + lane,
            actual.values(),
            actual.at(t) + lane * actual.features(),
            expected[t][lane],
            scale,
            tolerance,
            context);
      }
    }
  }

  /** Euclidean norm. */
  public static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
  }
}
