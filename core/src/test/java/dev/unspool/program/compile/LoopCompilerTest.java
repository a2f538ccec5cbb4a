// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.unspool.model.SplitMix64;
import dev.unspool.model.TapeOptions;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.program.Function;
import dev.unspool.program.Graph;
import dev.unspool.program.Leaf;
import dev.unspool.program.Node;
import dev.unspool.program.Piece;
import dev.unspool.program.Reduce;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What random pieces do not say: which classes are shared, and what happens to special numbers. */
final class LoopCompilerTest {
  private static final int UNITS = 37;
  private static final Piece.Place IN = new Piece.Place(0, 0, 0);
  private static final Piece.Place OUT = new Piece.Place(1, 0, 0);

  /** {@code a·x + 1}. */
  private static Piece line(String name, double a, int column) {
    var g = new Graph();
    g.constant(column);
    Node x = g.node(new Leaf(Leaf.Role.STATE, name, 0, UNITS, 0));
    Node y = g.add(g.multiply(g.constant(a), x), g.constant(1));
    return piece(x, y, new Piece.Place(0, 0, column), UNITS);
  }

  private static Piece piece(Node x, Node y, Piece.Place in, int units) {
    var body =
        Graph.closure(List.of(y), node -> node == x).stream()
            .filter(node -> node != x && !node.isConstant())
            .toList();
    return new Piece(1, units, Map.of(x, in), body, List.of(new Piece.Output(y, OUT)), 2);
  }

  @Test
  void makesOneClassForEqualPieces() {
    assertSame(LoopCompiler.compile(line("x", 2, 0)), LoopCompiler.compile(line("y", 2, 0)));
    assertNotSame(LoopCompiler.compile(line("x", 2, 0)), LoopCompiler.compile(line("x", 3, 0)));
    assertNotSame(LoopCompiler.compile(line("x", 2, 0)), LoopCompiler.compile(line("x", 2, 1)));
  }

  /** A network that is built again has the classes that were made for it before. */
  @Test
  void makesNoneForWhatIsWrittenAgain() {
    for (Cell cell : Cell.builtIn()) {
      openAndClose(cell);
      int made = LoopCompiler.made();
      openAndClose(cell);
      openAndClose(cell);
      assertEquals(made, LoopCompiler.made(), cell.label());
    }
  }

  private static void openAndClose(Cell cell) {
    var network = new Network(NetworkSpec.of(cell, 2, 5, 1));
    network.open(network.initialise(new SplitMix64(1)), TapeOptions.training(2, 4)).close();
  }

  @Test
  void runsOnlyTheRowsItIsAskedFor() {
    var g = new Graph();
    Node x = g.node(new Leaf(Leaf.Role.STATE, "x", 0, 20, 0));
    Node y = g.negate(x);
    var piece =
        new Piece(
            1,
            20,
            Map.of(x, new Piece.Place(0, 20, 0)),
            List.of(y),
            List.of(new Piece.Output(y, new Piece.Place(1, 21, 1))),
            2);
    float[][] arrays = {new float[60], new float[66]};
    Arrays.fill(arrays[0], -1);
    LoopCompiler.compile(piece).run(arrays, new int[] {0, 2}, 1, 2);
    for (int i = 0; i < 66; i++) {
      assertEquals(i >= 24 && i < 44 ? 1 : 0, arrays[1][i], "at " + i);
    }
  }

  @Test
  void keepsNaN() {
    for (Function function : Function.values()) {
      if (function == Function.AT_LEAST || function == Function.SELECT) {
        continue;
      }
      var g = new Graph();
      Node x = g.node(new Leaf(Leaf.Role.STATE, "x", 0, UNITS, 0));
      Node[] arguments = new Node[function.arguments()];
      Arrays.fill(arguments, g.constant(1));
      arguments[0] = x;
      Piece piece = piece(x, g.apply(function, arguments), IN, UNITS);
      float[][] floats = {new float[UNITS], new float[UNITS]};
      double[][] doubles = {new double[UNITS], new double[UNITS]};
      Arrays.fill(floats[0], Float.NaN);
      Arrays.fill(doubles[0], Double.NaN);
      LoopCompiler.compile(piece).run(floats, new int[2], 0, 1);
      LoopCompiler.compileDouble(piece).run(doubles, new int[2], 0, 1);
      var all = new float[UNITS];
      Arrays.fill(all, Float.NaN);
      assertArrayEquals(all, floats[1], function + " in float32");
      assertEquals(Double.NaN, Arrays.stream(doubles[1]).min().orElse(0), function + " in float64");
    }
  }

  @Test
  void findsTheLargestAmongNaNAndInfinity() {
    var g = new Graph();
    Node x = g.node(new Leaf(Leaf.Role.STATE, "x", 0, UNITS, 0));
    Node y = g.reduce(Reduce.Kind.MAXIMUM, 1, x);
    var loop = LoopCompiler.compile(piece(x, y, IN, UNITS));
    float[][] arrays = {new float[UNITS], new float[1]};
    Arrays.fill(arrays[0], Float.NEGATIVE_INFINITY);
    loop.run(arrays, new int[2], 0, 1);
    assertEquals(Float.NEGATIVE_INFINITY, arrays[1][0]);
    arrays[0][UNITS - 1] = -3;
    loop.run(arrays, new int[2], 0, 1);
    assertEquals(-3, arrays[1][0]);
    arrays[0][5] = Float.NaN;
    loop.run(arrays, new int[2], 0, 1);
    assertEquals(Float.NaN, arrays[1][0]);
  }
}
