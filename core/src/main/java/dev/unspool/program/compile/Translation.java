// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import dev.unspool.program.Apply;
import dev.unspool.program.Copy;
import dev.unspool.program.Leaf;
import dev.unspool.program.Node;
import dev.unspool.program.Piece;
import dev.unspool.program.Reduce;
import dev.unspool.program.Repeat;
import dev.unspool.program.Sum;
import dev.unspool.program.compile.Operation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes the nodes of one loop as operations. */
final class Translation {
  private final LoopPlan plan;
  private final LoopPlan.Cut cut;
  private final Body body = new Body();
  private final Elementary elementary;
  private final Set<Node> own;
  private final Map<Node, Operation> values = new HashMap<>();

  private Translation(LoopPlan plan, LoopPlan.Cut cut, Precision precision) {
    this.plan = plan;
    this.cut = cut;
    this.elementary = new Elementary(precision, body);
    this.own = new HashSet<>(cut.nodes());
  }

  /** The body of a loop. Each value is written as soon as it is there. */
  static Body of(LoopPlan plan, LoopPlan.Cut cut, Precision precision) {
    var translation = new Translation(plan, cut, precision);
    for (Node node : cut.nodes()) {
      translation.value(node);
      translation.store(node);
    }
    for (var output : cut.stores()) {
      translation.store(output.value());
    }
    return translation.body;
  }

  private void store(Node node) {
    for (var output : cut.stores()) {
      if (output.value() == node) {
        body.store(value(node), output.place());
      }
    }
  }

  private Operation value(Node node) {
    Operation value = values.get(node);
    if (value == null) {
      value =
          node.op() instanceof Leaf leaf && node.isConstant()
              ? body.constant(leaf.number())
              : found(node);
      values.put(node, value);
    }
    return value;
  }

  /** Reads a value, unless this loop is to compute it, or nobody has kept it. */
  private Operation found(Node node) {
    Piece.Place place = own.contains(node) ? null : plan.place(node);
    if (place == null) {
      return compute(node);
    }
    boolean unit = plan.isPerUnit(node);
    return body.read(unit && cut.perUnit() ? Kind.LOAD : Kind.LOAD_GROUP, place);
  }

  private Operation compute(Node node) {
    return switch (node.op()) {
      case Apply apply ->
          apply.function().of(elementary, node.args().stream().map(this::value).toList());
      case Sum _ -> sum(node);
      case Copy _, Repeat _ -> value(node.arg(0));
      case Reduce reduce when plan.isReduction(node) -> reduction(reduce, node.arg(0));
      case Reduce _ -> value(node.arg(0));
      default -> throw new IllegalStateException("not part of a loop: " + node);
    };
  }

  private Operation reduction(Reduce reduce, Node argument) {
    Piece.Place place = plan.place(argument);
    if (place == null) {
      throw new IllegalStateException("nothing to reduce: " + argument);
    }
    return body.read(
        reduce.kind() == Reduce.Kind.SUM ? Kind.REDUCE_SUM : Kind.REDUCE_MAXIMUM, place);
  }

  /** Adds plain terms first, so that each product can be multiplied and added at once. */
  private Operation sum(Node node) {
    var plain = new ArrayList<Node>();
    var negative = new ArrayList<Node>();
    var products = new ArrayList<Node>();
    for (Node term : node.args()) {
      if (plan.operands().isAbsorbed(plan.operands().positive(term))) {
        products.add(term);
      } else if (plan.operands().isNegated(term)) {
        negative.add(term);
      } else {
        plain.add(term);
      }
    }
    @Nullable Operation sum = null;
    for (Node term : plain) {
      Operation value = value(term);
      sum = sum == null ? value : elementary.add(sum, value);
    }
    for (Node term : negative) {
      Operation value = value(term.arg(0));
      sum = sum == null ? elementary.negate(value) : elementary.subtract(sum, value);
    }
    for (Node term : products) {
      sum = addProduct(sum, term);
    }
    if (sum == null) {
      throw new IllegalStateException("a sum of nothing");
    }
    return sum;
  }

  private Operation addProduct(@Nullable Operation sum, Node term) {
    List<Node> factors = plan.operands().positive(term).args();
    Operation a = value(factors.get(0));
    Operation b = value(factors.get(1));
    if (plan.operands().isNegated(term)) {
      a = elementary.negate(a);
    }
    return sum == null ? elementary.multiply(a, b) : elementary.fma(a, b, sum);
  }
}
