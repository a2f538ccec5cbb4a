// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import com.sun.management.ThreadMXBean;
import dev.unspool.program.DoubleLoop;
import dev.unspool.program.Function;
import dev.unspool.program.Graph;
import dev.unspool.program.Leaf;
import dev.unspool.program.Loop;
import dev.unspool.program.Node;
import dev.unspool.program.Piece;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A program of its own, for {@link JustInTimeTest}: runs pieces, large ones among them, until they
 * allocate nothing, and prints each one that still does in the end.
 */
final class WarmPieces {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private WarmPieces() {}

  /** Prints {@code done} at last. */
  public static void main(String[] arguments) {
    for (int units : new int[] {3, 17, 64}) {
      warm("random", new RandomPiece(units, 1 + units % 2, units).piece());
    }
    warm("large", large(50));
    System.out.println("done");
  }

  /** Every function of each of some inputs, and their sums: far too much for one loop. */
  private static Piece large(int units) {
    var g = new Graph();
    var inputs = new LinkedHashMap<Node, Piece.Place>();
    var outputs = new ArrayList<Piece.Output>();
    var all = new ArrayList<Node>();
    for (int i = 0; i < 5; i++) {
      Node x = g.node(new Leaf(Leaf.Role.STATE, "x" + i, i, units, 0));
      inputs.put(x, new Piece.Place(0, 5 * units, i * units));
      for (Function function : List.of(Function.TANH, Function.SINE, Function.EXPONENTIAL)) {
        all.add(g.apply(function, i % 2 == 0 ? x : g.apply(Function.ABSOLUTE, x)));
      }
    }
    Node sum = g.add(all);
    for (int i = 0; i < 90; i++) {
      Node next = all.get(i % all.size());
      sum = i % 3 == 0 ? g.add(sum, next) : g.apply(Function.MAXIMUM, sum, g.multiply(sum, next));
    }
    outputs.add(new Piece.Output(sum, new Piece.Place(1, 6 * units, 0)));
    for (int i = 0; i < 5; i++) {
      outputs.add(new Piece.Output(all.get(i), new Piece.Place(1, 6 * units, (i + 1) * units)));
    }
    var values = outputs.stream().map(Piece.Output::value).toList();
    var body =
        Graph.closure(values, inputs::containsKey).stream()
            .filter(node -> !inputs.containsKey(node) && !node.isConstant())
            .toList();
    return new Piece(1, units, inputs, body, outputs, 2);
  }

  private static void warm(String what, Piece piece) {
    Loop single = LoopCompiler.compile(piece);
    DoubleLoop twice = LoopCompiler.compileDouble(piece);
    int size = 0;
    for (var place : piece.inputs().values()) {
      size = Math.max(size, place.column() + piece.groups() * piece.units());
    }
    for (var output : piece.outputs()) {
      Piece.Place place = output.place();
      size = Math.max(size, place.column() + piece.groups() * piece.units());
    }
    float[][] floats = new float[piece.arrays() + 1][Math.max(size, single.scratch())];
    double[][] doubles = new double[piece.arrays() + 1][Math.max(size, twice.scratch())];
    int[] offsets = new int[piece.arrays() + 1];
    check(what + ", float32", () -> single.run(floats, offsets, 0, 1));
    check(what + ", float64", () -> twice.run(doubles, offsets, 0, 1));
  }

  private static void check(String what, Runnable run) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 40 && least > 0; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 100; i++) {
        run.run();
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    if (least > 0) {
      System.out.println(what + " allocates " + least / 100 + " bytes each time");
    }
  }
}
