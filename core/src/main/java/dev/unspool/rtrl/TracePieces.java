// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.program.Function;
import dev.unspool.program.Graph;
import dev.unspool.program.Leaf;
import dev.unspool.program.Loop;
import dev.unspool.program.Node;
import dev.unspool.program.Piece;
import dev.unspool.program.Vanishing;
import dev.unspool.program.compile.LoopCompiler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The loops over a trace: one step forwards, and its sum with what comes back to the state. They
 * are made as those of a step are, so that they run on vectors where these do. Their rows are rows
 * of the trace, whose units lie side by side; or its units, whose rows do.
 */
final class TracePieces {
  private final TracePlan.Trace trace;
  private final int count;
  private final Graph g = new Graph();
  private final Map<Node, Piece.Place> inputs = new LinkedHashMap<>();

  /** What a step forwards reads of the step, each at its index after the traces and x. */
  private final List<Node> coefficients = new ArrayList<>();

  private final Map<Node, Node> leaves = new HashMap<>();

  private TracePieces(TracePlan.Trace trace) {
    this.trace = trace;
    this.count = trace.states().length;
  }

  /**
   * Traces after a step.
   *
   * @param loop reads the traces (arrays 0 to count − 1), writes others (to 2·count − 1), reads x,
   *     (2·count) and the coefficients (from 2·count + 1 on)
   * @param coefficients nodes of the program, in that order
   */
  record Advance(Loop loop, List<Node> coefficients) {}

  static Advance advance(TracePlan.Trace trace) {
    var pieces = new TracePieces(trace);
    return new Advance(pieces.advance(), pieces.coefficients);
  }

  /**
   * Adds a lane's share to the gradient: reads the traces (arrays 0 to count − 1), what came back
   * to the state (to 2·count − 1) and a sum (2·count); writes a sum (2·count + 1).
   *
   * @param flushes whether it also writes the traces, without what has become too small to count
   */
  static Loop contract(TracePlan.Trace trace, boolean flushes) {
    return new TracePieces(trace).contract(flushes);
  }

  private Loop advance() {
    var entering = new ArrayList<Node>();
    for (int i = 0; i < count; i++) {
      entering.add(whole("trace", i, i));
    }
    Node x = trace.isByUnit() ? sameForAll("x", 0, 2 * count) : oneEach("x", 0, 2 * count);
    var outputs = new ArrayList<Piece.Output>();
    for (int i = 0; i < count; i++) {
      var terms = new ArrayList<Node>();
      for (int k = 0; k < count; k++) {
        add(terms, trace.decay()[i][k], entering.get(k));
      }
      add(terms, trace.gain()[i], x);
      outputs.add(new Piece.Output(g.add(terms), new Piece.Place(count + i, trace.inner(), 0)));
    }
    return compile(outputs, 2 * count + 1 + coefficients.size());
  }

  private void add(List<Node> terms, @Nullable Node factor, Node value) {
    if (factor != null) {
      terms.add(g.multiply(coefficient(factor), value));
    }
  }

  /** A coefficient as the loop sees it: a number, or something that is read. */
  private Node coefficient(Node node) {
    if (node.op() instanceof Leaf leaf && node.isConstant()) {
      return g.constant(leaf.number());
    }
    return leaves.computeIfAbsent(
        node,
        _ -> {
          int index = coefficients.size();
          coefficients.add(node);
          return ofUnits("coefficient", index, 2 * count + 1 + index);
        });
  }

  private Loop contract(boolean flushes) {
    var terms = new ArrayList<Node>();
    terms.add(whole("sum", 0, 2 * count));
    var outputs = new ArrayList<Piece.Output>();
    for (int i = 0; i < count; i++) {
      Node value = whole("trace", i, i);
      if (flushes) {
        value = withoutVanished(value);
        outputs.add(new Piece.Output(value, new Piece.Place(i, trace.inner(), 0)));
      }
      terms.add(g.multiply(value, ofUnits("adjoint", i, count + i)));
    }
    outputs.add(new Piece.Output(g.add(terms), new Piece.Place(2 * count + 1, trace.inner(), 0)));
    return compile(outputs, 2 * count + 2);
  }

  /** What is not a number stays. */
  private Node withoutVanished(Node value) {
    Node missing = g.subtract(g.constant(Vanishing.LEAST), g.apply(Function.ABSOLUTE, value));
    return g.apply(Function.SELECT, missing, g.constant(0), value);
  }

  /** One number for each unit. */
  private Node ofUnits(String name, int index, int array) {
    return trace.isByUnit() ? oneEach(name, index, array) : sameForAll(name, index, array);
  }

  private Node whole(String name, int index, int array) {
    return input(name, index, trace.inner(), new Piece.Place(array, trace.inner(), 0));
  }

  /** What all rows of the loop see. */
  private Node sameForAll(String name, int index, int array) {
    return input(name, index, trace.inner(), new Piece.Place(array, 0, 0));
  }

  /** One number for each row of the loop. */
  private Node oneEach(String name, int index, int array) {
    return g.repeat(input(name, index, 1, new Piece.Place(array, 1, 0)), trace.inner());
  }

  private Node input(String name, int index, int width, Piece.Place place) {
    Node node = g.node(new Leaf(Leaf.Role.INPUT, name, index, width, 0));
    inputs.put(node, place);
    return node;
  }

  private Loop compile(List<Piece.Output> outputs, int arrays) {
    Set<Node> roots = new LinkedHashSet<>();
    outputs.forEach(output -> roots.add(output.value()));
    var used = new LinkedHashMap<Node, Piece.Place>();
    var body = new ArrayList<Node>();
    for (Node node : Graph.closure(roots, _ -> false)) {
      Piece.Place place = inputs.get(node);
      if (place != null) {
        used.put(node, place);
      } else if (!node.isConstant()) {
        body.add(node);
      }
    }
    return LoopCompiler.compile(new Piece(1, trace.inner(), used, body, outputs, arrays));
  }
}
