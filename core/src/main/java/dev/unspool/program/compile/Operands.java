// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import dev.unspool.program.Apply;
import dev.unspool.program.Function;
import dev.unspool.program.Node;
import dev.unspool.program.Piece;
import dev.unspool.program.Sum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What each node of a piece is computed from, once sums have taken in what they can: a negated term
 * is subtracted, and a product that nobody else needs is multiplied and added at once. Decided for
 * the piece as a whole, so that the result does not depend on how it is cut.
 */
final class Operands {
  private final Piece piece;
  private final Map<Node, Integer> uses = new HashMap<>();
  private final Set<Node> absorbed = new HashSet<>();
  private final List<Node> needed;

  Operands(Piece piece) {
    this.piece = piece;
    List<Node> all = needed(false);
    for (Node node : all) {
      node.args().forEach(argument -> uses.merge(argument, 1, Integer::sum));
    }
    for (var output : piece.outputs()) {
      uses.merge(output.value(), 1, Integer::sum);
    }
    for (Node node : all) {
      if (node.op() instanceof Sum) {
        for (Node term : node.args()) {
          Node factor = isNegated(term) && usedOnce(term) ? term.arg(0) : term;
          if (is(factor, Function.MULTIPLY) && usedOnce(factor)) {
            absorbed.add(factor);
          }
        }
      }
    }
    needed = needed(true);
  }

  /** All that is computed, arguments first; without what sums have taken in. */
  List<Node> needed() {
    return needed;
  }

  /** What has to be known before a node can be computed: body nodes, inputs and constants. */
  List<Node> of(Node node) {
    if (!(node.op() instanceof Sum)) {
      return node.args();
    }
    var operands = new ArrayList<Node>();
    for (Node term : node.args()) {
      Node positive = positive(term);
      if (absorbed.contains(positive)) {
        operands.addAll(positive.args());
      } else {
        operands.add(positive);
      }
    }
    return operands;
  }

  /** Whether a sum multiplies and adds this product at once. */
  boolean isAbsorbed(Node product) {
    return absorbed.contains(product);
  }

  /** A term of a sum without its sign. */
  Node positive(Node term) {
    return isNegated(term) ? term.arg(0) : term;
  }

  /** Whether a node is computed within the piece. */
  boolean isComputed(Node node) {
    return !node.isConstant() && !piece.inputs().containsKey(node);
  }

  /** Whether a term of a sum is subtracted. */
  boolean isNegated(Node term) {
    return is(term, Function.NEGATE) && isComputed(term);
  }

  private boolean is(Node node, Function function) {
    return node.op() instanceof Apply(Function applied) && applied == function && isComputed(node);
  }

  private boolean usedOnce(Node node) {
    return uses.getOrDefault(node, 0) == 1;
  }

  private List<Node> needed(boolean byOperands) {
    var found = new TreeSet<Node>((a, b) -> Integer.compare(a.id(), b.id()));
    var todo = new ArrayList<Node>();
    piece.outputs().forEach(output -> todo.add(output.value()));
    while (!todo.isEmpty()) {
      Node node = todo.removeLast();
      if (isComputed(node) && found.add(node)) {
        todo.addAll(byOperands ? of(node) : node.args());
      }
    }
    return List.copyOf(found);
  }
}
