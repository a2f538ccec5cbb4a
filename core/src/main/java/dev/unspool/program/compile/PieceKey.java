// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import dev.unspool.program.Leaf;
import dev.unspool.program.Node;
import dev.unspool.program.Op;
import dev.unspool.program.Piece;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a piece makes a difference to its loop: equal for pieces of different graphs that compute
 * the same in the same places, whatever their inputs are called.
 */
record PieceKey(
    Precision precision, int bits, int groups, int units, int arrays, List<Line> lines) {

  /**
   * A node, by its number.
   *
   * @param op null for an input
   * @param places where it is read or written
   */
  private record Line(
      @Nullable Op op, int width, List<Integer> arguments, List<Piece.Place> places) {}

  /** That of a piece. */
  static PieceKey of(Piece piece, Precision precision, int bits) {
    var lines = new ArrayList<Line>();
    Map<Node, Integer> numbers = new HashMap<>();
    piece.inputs().keySet().stream()
        .sorted(Comparator.comparingInt(Node::id))
        .forEach(
            input -> {
              numbers.put(input, lines.size());
              Piece.Place place = piece.inputs().getOrDefault(input, new Piece.Place(0, 0, 0));
              lines.add(new Line(null, input.width(), List.of(), List.of(place)));
            });
    for (Node node : piece.body()) {
      var arguments = new ArrayList<Integer>();
      for (Node argument : node.args()) {
        arguments.add(number(argument, numbers, lines));
      }
      numbers.put(node, lines.size());
      lines.add(new Line(node.op(), node.width(), arguments, List.of()));
    }
    for (var output : piece.outputs()) {
      int number = number(output.value(), numbers, lines);
      lines.add(new Line(null, output.value().width(), List.of(number), List.of(output.place())));
    }
    return new PieceKey(precision, bits, piece.groups(), piece.units(), piece.arrays(), lines);
  }

  private static int number(Node node, Map<Node, Integer> numbers, List<Line> lines) {
    Integer number = numbers.get(node);
    if (number == null) {
      if (!(node.op() instanceof Leaf)) {
        throw new IllegalArgumentException(
            "%s is neither computed nor read before it is needed".formatted(node.described()));
      }
      number = lines.size();
      numbers.put(node, number);
      lines.add(new Line(node.op(), 1, List.of(), List.of()));
    }
    return number;
  }
}
