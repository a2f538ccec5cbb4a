// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.program.Function;
import dev.unspool.program.Graph;
import dev.unspool.program.Leaf;
import dev.unspool.program.Node;
import dev.unspool.program.Piece;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How far the polynomials are off, over all numbers that there are, in steps. */
final class AccuracyTest {
  private static final int COUNT = 4096;
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  /**
   * A function, and what is known of it.
   *
   * @param exact by the Java library, which is off by one unit in the last place at most
   * @param ulps32 largest error in float32, in units in the last place
   * @param ulps64 in float64
   * @param atMinus its value at −∞
   * @param at its value at ∞
   */
  record Case(
      Function function,
      DoubleUnaryOperator exact,
      double ulps32,
      double ulps64,
      double atMinus,
      double at) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case(Function.EXPONENTIAL, StrictMath::exp, 1.5, 3, 0, INFINITY),
        new Case(Function.LOGARITHM, StrictMath::log, 1.5, 3, Double.NaN, INFINITY),
        new Case(Function.SINE, StrictMath::sin, 2.5, 3, Double.NaN, Double.NaN),
        new Case(Function.COSINE, StrictMath::cos, 2.5, 3, Double.NaN, Double.NaN),
        new Case(Function.SIGMOID, AccuracyTest::sigmoid, 3, 4, 0, 1),
        new Case(Function.TANH, StrictMath::tanh, 4, 5, -1, 1));
  }

  /** By an exponential of which only the small error is left, not that of a sum with 1. */
  private static double sigmoid(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }

  private static Piece piece(Function function) {
    var g = new Graph();
    Node x = g.node(new Leaf(Leaf.Role.STATE, "x", 0, COUNT, 0));
    Node y = g.apply(function, x);
    return new Piece(
        1,
        COUNT,
        Map.of(x, new Piece.Place(0, 0, 0)),
        List.of(y),
        List.of(new Piece.Output(y, new Piece.Place(1, 0, 0))),
        2);
  }

  /** Within the range of angles that are told apart, or of results that are normal numbers. */
  private static boolean isTaken(Function function, double x, double angle, double small) {
    return switch (function) {
      case SINE, COSINE -> Math.abs(x) <= angle;
      case SIGMOID -> x >= small;
      default -> true;
    };
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isOffByFewUnitsInFloat32(Case each) {
    var loop = LoopCompiler.compile(piece(each.function()));
    float[][] arrays = {new float[COUNT], new float[COUNT]};
    double worst = 0;
    double at = 0;
    long step = 39_989;
    for (long first = 0; first < 1L << 32; first += COUNT * step) {
      for (int i = 0; i < COUNT; i++) {
        arrays[0][i] = Float.intBitsToFloat((int) (first + i * step));
      }
      loop.run(arrays, new int[2], 0, 1);
      for (int i = 0; i < COUNT; i++) {
        float x = arrays[0][i];
        double exact = each.exact().applyAsDouble(x);
        if (!isTaken(each.function(), x, 4e6, -87)) {
          continue;
        }
        if (!Double.isFinite((float) exact)) {
          assertEquals((float) exact, arrays[1][i], each.function() + " of " + x);
          continue;
        }
        double error = Math.abs(arrays[1][i] - exact) / Math.ulp((float) exact);
        if (!(error <= worst) && (float) exact != arrays[1][i]) {
          worst = error;
          at = x;
        }
      }
    }
    String what = "float32 " + each.function() + " off by " + worst + " ulp at " + at;
    assertTrue(worst <= each.ulps32(), what);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isOffByFewUnitsInFloat64(Case each) {
    var loop = LoopCompiler.compileDouble(piece(each.function()));
    double[][] arrays = {new double[COUNT], new double[COUNT]};
    double worst = 0;
    double at = 0;
    // 40 · 4096 steps go through all bit patterns.
    long step = Long.divideUnsigned(-1, 40L * COUNT);
    for (int turn = 0; turn < 40; turn++) {
      for (int i = 0; i < COUNT; i++) {
        arrays[0][i] = Double.longBitsToDouble((turn * (long) COUNT + i) * step);
        // Half of all numbers are smaller than 1e-10 or so: every other one is taken from nearby.
        if (i % 2 == 1) {
          arrays[0][i] = 100 * Math.cbrt((i + turn / 40.0 - COUNT / 2.0) / COUNT * 2);
        }
      }
      loop.run(arrays, new int[2], 0, 1);
      for (int i = 0; i < COUNT; i++) {
        double x = arrays[0][i];
        double exact = each.exact().applyAsDouble(x);
        if (!isTaken(each.function(), x, 1e9, -708)) {
          continue;
        }
        if (!Double.isFinite(exact)) {
          assertEquals(exact, arrays[1][i], each.function() + " of " + x);
          continue;
        }
        double error = Math.abs(arrays[1][i] - exact) / Math.ulp(exact);
        if (!(error <= worst) && exact != arrays[1][i]) {
          worst = error;
          at = x;
        }
      }
    }
    String what = "float64 " + each.function() + " off by " + worst + " ulp at " + at;
    assertTrue(worst <= each.ulps64(), what);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void takesInfinityAndNaN(Case each) {
    float[][] floats = {new float[COUNT], new float[COUNT]};
    double[][] doubles = {new double[COUNT], new double[COUNT]};
    double[] special = {Double.NEGATIVE_INFINITY, INFINITY, Double.NaN};
    double[] expected = {each.atMinus(), each.at(), Double.NaN};
    for (int i = 0; i < special.length; i++) {
      floats[0][i] = (float) special[i];
      doubles[0][i] = special[i];
    }
    LoopCompiler.compile(piece(each.function())).run(floats, new int[2], 0, 1);
    LoopCompiler.compileDouble(piece(each.function())).run(doubles, new int[2], 0, 1);
    for (int i = 0; i < special.length; i++) {
      String what = each.function() + " of " + special[i];
      assertEquals(expected[i], floats[1][i], 2e-38, what);
      assertEquals(expected[i], doubles[1][i], 1e-307, what);
    }
  }
}
