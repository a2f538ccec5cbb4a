// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import dev.unspool.program.Apply;
import dev.unspool.program.Function;
import dev.unspool.program.Node;
import dev.unspool.program.Piece;
import dev.unspool.program.Reduce;
import dev.unspool.program.Sum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a piece into loops. A loop either computes values of units, all units at once, or values of
 * groups: reductions and what follows from them. They alternate, since a reduction needs all units
 * and a unit may need the result. A loop over units with too much in it is cut further: compilers
 * refuse what needs too many registers, and stop inlining in what is too long.
 *
 * <p>A value that is computed in one loop and used in another is read back from where it was
 * written to as an output, or computed again if that is cheap, or goes to intermediate memory.
 */
final class LoopPlan {
  /** What a loop may hold: about three polynomials and some operations around them. */
  private static final int LIMIT = 96;

  /**
   * The same for a piece of a single unit, which is computed by scalars: compilers do well with
   * more of them, up to the longest method that they take.
   */
  private static final int SCALARS = 4 * LIMIT;

  private static final int POLYNOMIAL = 24;
  private static final int DIVISION = 3;

  /**
   * One loop.
   *
   * @param perUnit whether it runs over units; else over groups
   * @param nodes what it computes, arguments first
   * @param stores what it writes
   */
  record Cut(boolean perUnit, List<Node> nodes, List<Piece.Output> stores) {}

  private final Piece piece;
  private final Operands operands;
  private final int groups;
  private final int units;
  private final List<Cut> cuts = new ArrayList<>();
  private final Map<Node, Integer> cutOf = new HashMap<>();

  /** Values that are read back, and how far into the intermediate memory of a row they lie. */
  private final Map<Node, Integer> kept = new HashMap<>();

  private final Map<Node, Piece.Place> written = new HashMap<>();
  private int scratch;

  LoopPlan(Piece piece) {
    this.piece = piece;
    operands = new Operands(piece);
    boolean flat =
        operands.needed().stream().allMatch(piece::isPerUnit)
            && piece.inputs().keySet().stream().allMatch(piece::isPerUnit);
    groups = flat ? 1 : piece.groups();
    units = flat ? piece.groups() * piece.units() : piece.units();
    for (var output : piece.outputs()) {
      written.putIfAbsent(output.value(), output.place());
    }
    Map<Node, Integer> ranks = ranks();
    int last = ranks.values().stream().mapToInt(rank -> rank).max().orElse(0);
    for (int rank = -1; rank <= last; rank++) {
      cut(rank, ranks);
    }
    keep();
    copyInputs();
  }

  /** Groups of a row; 1 if nothing in the piece is about groups. */
  int groups() {
    return groups;
  }

  /** Units of a group. */
  int units() {
    return units;
  }

  Operands operands() {
    return operands;
  }

  List<Cut> cuts() {
    return cuts;
  }

  /** Numbers of intermediate memory that a row needs. */
  int scratch() {
    return scratch;
  }

  /** Whether a value has one number for each unit. */
  boolean isPerUnit(Node node) {
    return piece.isPerUnit(node);
  }

  /** Where a value can be read by a loop that does not compute it; null if it must compute it. */
  Piece.@Nullable Place place(Node node) {
    Piece.Place input = piece.inputs().get(node);
    if (input != null) {
      return input;
    }
    Piece.Place output = written.get(node);
    if (output != null) {
      return output;
    }
    Integer column = kept.get(node);
    return column == null ? null : new Piece.Place(piece.arrays(), scratch, column);
  }

  /** Whether a node reduces units of a group; of groups of one unit, there is nothing to reduce. */
  boolean isReduction(Node node) {
    return node.op() instanceof Reduce && !isPerUnit(node);
  }

  /**
   * Loops over groups have odd ranks, the first one −1, loops over units even ones. A node goes
   * into the first loop in which its operands are known; what is cheap, into the last one in which
   * it is in time.
   */
  private Map<Node, Integer> ranks() {
    var ranks = new HashMap<Node, Integer>();
    for (Node node : operands.needed()) {
      boolean unit = isPerUnit(node);
      int rank = unit ? 0 : -1;
      for (Node operand : operands.of(node)) {
        Integer of = ranks.get(operand);
        if (of != null) {
          boolean crosses = unit != isPerUnit(operand);
          rank = Math.max(rank, crosses ? of + 1 : of);
        }
      }
      ranks.put(node, rank);
    }
    var latest = new HashMap<Node, Integer>();
    for (Node node : operands.needed().reversed()) {
      Integer late = latest.get(node);
      if (late != null && isPerUnit(node) && isCheap(node)) {
        ranks.put(node, late);
      }
      int rank = rank(ranks, node);
      for (Node operand : operands.of(node)) {
        boolean crosses = isPerUnit(node) != isPerUnit(operand);
        latest.merge(operand, crosses ? rank - 1 : rank, Math::min);
      }
    }
    return ranks;
  }

  private static int rank(Map<Node, Integer> ranks, Node node) {
    Integer rank = ranks.get(node);
    if (rank == null) {
      throw new IllegalStateException("not of the piece: " + node);
    }
    return rank;
  }

  private static int cost(Node node) {
    if (node.op() instanceof Apply(Function function)) {
      return switch (function.cost()) {
        case CHEAP -> 1;
        case DIVISION -> DIVISION;
        case POLYNOMIAL -> POLYNOMIAL;
      };
    }
    return node.op() instanceof Sum ? node.args().size() : 0;
  }

  private boolean isCheap(Node node) {
    return cost(node) <= 2 && !isReduction(node);
  }

  /** Puts the nodes of a rank in order and cuts them into loops. */
  private void cut(int rank, Map<Node, Integer> ranks) {
    var order = new LinkedHashSet<Node>();
    var elsewhere = new HashSet<Node>(written.keySet());
    for (Node node : operands.needed()) {
      for (Node operand : operands.of(node)) {
        if (ranks.containsKey(operand) && rank(ranks, operand) != rank(ranks, node)) {
          elsewhere.add(operand);
        }
      }
    }
    for (Node node : operands.needed()) {
      if (rank(ranks, node) == rank && (!isCheap(node) || elsewhere.contains(node))) {
        visit(node, rank, ranks, order);
      }
    }
    var nodes = new ArrayList<Node>();
    var seen = new HashSet<Node>();
    int weight = 0;
    int limit = groups * units == 1 ? SCALARS : LIMIT;
    for (Node node : order) {
      int more = weight(node, seen);
      if (weight + more > limit && !nodes.isEmpty()) {
        close(nodes);
        nodes = new ArrayList<>();
        seen.clear();
        weight = 0;
        more = weight(node, seen);
      }
      nodes.add(node);
      seen.add(node);
      seen.addAll(operands.of(node));
      weight += more;
    }
    if (!nodes.isEmpty()) {
      close(nodes);
    }
  }

  /** A node after what it needs, so that what is cheap is computed just before it is used. */
  private void visit(Node node, int rank, Map<Node, Integer> ranks, Set<Node> order) {
    if (order.contains(node)) {
      return;
    }
    for (Node operand : operands.of(node)) {
      if (ranks.containsKey(operand) && rank(ranks, operand) == rank) {
        visit(operand, rank, ranks, order);
      }
    }
    order.add(node);
  }

  private int weight(Node node, Set<Node> seen) {
    int weight = cost(node) + (written.containsKey(node) ? 1 : 0);
    for (Node operand : operands.of(node)) {
      weight += seen.contains(operand) ? 0 : 1;
    }
    return weight;
  }

  private void close(List<Node> nodes) {
    var stores = new ArrayList<Piece.Output>();
    for (Node node : nodes) {
      cutOf.put(node, cuts.size());
      for (var output : piece.outputs()) {
        if (output.value() == node) {
          stores.add(output);
        }
      }
    }
    cuts.add(new Cut(isPerUnit(nodes.getFirst()), nodes, stores));
  }

  /** Finds a place for what one loop leaves to another. */
  private void keep() {
    var elsewhere = new HashSet<Node>();
    for (Node node : operands.needed()) {
      for (Node operand : operands.of(node)) {
        if (operands.isComputed(operand)
            && (isReduction(node) || cutOf(operand) != cutOf(node))
            && (isReduction(node) || !isPerUnit(operand) || !isCheap(operand))) {
          elsewhere.add(operand);
        }
      }
    }
    for (Node node : operands.needed()) {
      boolean leaves = elsewhere.contains(node) || isUsedElsewhere(node) && !canRepeat(node);
      if (leaves && !written.containsKey(node)) {
        kept.put(node, scratch);
        scratch += groups * (isPerUnit(node) ? units : 1);
      }
    }
    for (Node node : operands.needed()) {
      Integer column = kept.get(node);
      if (column != null) {
        cuts.get(cutOf(node))
            .stores()
            .add(new Piece.Output(node, new Piece.Place(piece.arrays(), scratch, column)));
      }
    }
  }

  private int cutOf(Node node) {
    Integer cut = cutOf.get(node);
    if (cut == null) {
      throw new IllegalStateException("not computed by any loop: " + node);
    }
    return cut;
  }

  private boolean isUsedElsewhere(Node node) {
    for (Node user : operands.needed()) {
      if (operands.of(user).contains(node) && cutOf(user) != cutOf(node)) {
        return true;
      }
    }
    return false;
  }

  /** Whether all that a cheap node is computed from can be read by any loop. */
  private boolean canRepeat(Node node) {
    for (Node operand : operands.of(node)) {
      if (!operand.isConstant() && place(operand) == null) {
        return false;
      }
    }
    return true;
  }

  /** Inputs that are outputs, too, are copied by the last loop of their kind, or by one more. */
  private void copyInputs() {
    for (var output : piece.outputs()) {
      if (operands.isComputed(output.value())) {
        continue;
      }
      boolean unit = isPerUnit(output.value());
      var cut = cuts.reversed().stream().filter(each -> each.perUnit() == unit).findFirst();
      if (cut.isPresent()) {
        cut.get().stores().add(output);
      } else {
        cuts.add(new Cut(unit, List.of(), new ArrayList<>(List.of(output))));
      }
    }
  }
}
