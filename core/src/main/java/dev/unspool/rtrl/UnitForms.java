// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.program.Apply;
import dev.unspool.program.Copy;
import dev.unspool.program.Function;
import dev.unspool.program.Graph;
import dev.unspool.program.Join;
import dev.unspool.program.Node;
import dev.unspool.program.Reduce;
import dev.unspool.program.RowSum;
import dev.unspool.program.Slice;
import dev.unspool.program.Sum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads off a reverse program, which is linear in what comes back, how each of its values depends
 * on what comes back to one array of the state. Sums over rows are left out: the coefficients are
 * those of one lane at one step.
 */
final class UnitForms {
  private final Graph g;
  private final Node adjoint;
  private final Map<Node, UnitForm> known = new HashMap<>();

  /**
   * Nothing is read yet.
   *
   * @param g has the nodes of the reverse program; coefficients are added to it
   * @param adjoint what comes back to one array of the state: a leaf
   */
  UnitForms(Graph g, Node adjoint) {
    this.g = g;
    this.adjoint = adjoint;
    known.put(adjoint, new UnitForm(false, List.of(new UnitForm.Part(0, 1, g.constant(1)))));
  }

  /** How a value depends on it. */
  UnitForm of(Node node) {
    for (Node each : Graph.closure(List.of(node), known::containsKey)) {
      if (!known.containsKey(each)) {
        known.put(each, form(each));
      }
    }
    return known.getOrDefault(node, UnitForm.NOTHING);
  }

  private UnitForm form(Node node) {
    var dependent = node.args().stream().filter(arg -> !of(arg).isNothing()).toList();
    if (dependent.isEmpty()) {
      return UnitForm.NOTHING;
    }
    if (dependent.stream().anyMatch(arg -> of(arg).mixed())) {
      return UnitForm.MIXED;
    }
    return switch (node.op()) {
      case Sum _ -> sum(dependent);
      case Apply(Function function) -> apply(function, node, dependent);
      case Copy _, RowSum _ -> of(node.arg(0));
      case Slice(int from, int size) -> slice(of(node.arg(0)), from, from + size);
      case Join _ -> join(node);
      case Reduce(var kind, int groups) when kind == Reduce.Kind.SUM ->
          reduce(of(node.arg(0)), node.arg(0).width() / groups);
      default -> UnitForm.MIXED;
    };
  }

  private UnitForm sum(List<Node> terms) {
    var parts = new ArrayList<UnitForm.Part>();
    for (Node term : terms) {
      for (UnitForm.Part part : of(term).parts()) {
        add(parts, part);
      }
    }
    return new UnitForm(false, parts);
  }

  /** Parts that go to the same numbers become one. */
  private void add(List<UnitForm.Part> parts, UnitForm.Part part) {
    for (int i = 0; i < parts.size(); i++) {
      UnitForm.Part other = parts.get(i);
      if (other.from() == part.from() && other.times() == part.times()) {
        Node both = ofUnits(g.add(other.coefficient(), part.coefficient()));
        parts.set(i, new UnitForm.Part(part.from(), part.times(), both));
        return;
      }
    }
    parts.add(part);
  }

  private UnitForm apply(Function function, Node node, List<Node> dependent) {
    return switch (function) {
      case NEGATE -> scale(of(node.arg(0)), part -> g.negate(part.coefficient()));
      case MULTIPLY -> {
        Node by = node.arg(dependent.contains(node.arg(0)) ? 1 : 0);
        yield dependent.size() > 1
            ? UnitForm.MIXED
            : scale(
                of(dependent.getFirst()), part -> g.multiply(part.coefficient(), under(part, by)));
      }
      case DIVIDE ->
          dependent.contains(node.arg(1))
              ? UnitForm.MIXED
              : scale(
                  of(node.arg(0)), part -> g.divide(part.coefficient(), under(part, node.arg(1))));
      case SELECT -> select(node, dependent);
      default -> UnitForm.MIXED;
    };
  }

  private UnitForm select(Node node, List<Node> dependent) {
    Node condition = node.arg(0);
    if (dependent.contains(condition)) {
      return UnitForm.MIXED;
    }
    Node zero = g.constant(0);
    var parts = new ArrayList<UnitForm.Part>();
    for (int branch = 1; branch <= 2; branch++) {
      boolean then = branch == 1;
      for (UnitForm.Part part : of(node.arg(branch)).parts()) {
        Node c = part.coefficient();
        Node where = under(part, condition);
        Node chosen =
            then
                ? g.apply(Function.SELECT, where, c, zero)
                : g.apply(Function.SELECT, where, zero, c);
        add(parts, new UnitForm.Part(part.from(), part.times(), ofUnits(chosen)));
      }
    }
    return new UnitForm(false, parts);
  }

  private UnitForm scale(UnitForm form, java.util.function.Function<UnitForm.Part, Node> by) {
    return new UnitForm(
        false,
        form.parts().stream()
            .map(part -> new UnitForm.Part(part.from(), part.times(), ofUnits(by.apply(part))))
            .toList());
  }

  /** A number for each unit; what several constants come to is only one, and no leaf. */
  private Node ofUnits(Node coefficient) {
    return coefficient.width() == 1 ? g.repeat(coefficient, adjoint.width()) : coefficient;
  }

  /** Of a factor of the whole value, what meets each unit. */
  private Node under(UnitForm.Part part, Node factor) {
    return factor.width() == 1 && factor.isConstant()
        ? factor
        : g.repeat(g.slice(factor, part.from(), numbers(part)), part.times());
  }

  private int numbers(UnitForm.Part part) {
    return adjoint.width() / part.times();
  }

  private UnitForm slice(UnitForm form, int from, int to) {
    var parts = new ArrayList<UnitForm.Part>();
    for (UnitForm.Part part : form.parts()) {
      int end = part.from() + numbers(part);
      if (part.from() >= from && end <= to) {
        parts.add(new UnitForm.Part(part.from() - from, part.times(), part.coefficient()));
      } else if (part.from() < to && end > from) {
        return UnitForm.MIXED;
      }
    }
    return new UnitForm(false, parts);
  }

  private UnitForm join(Node node) {
    var parts = new ArrayList<UnitForm.Part>();
    int at = 0;
    for (Node arg : node.args()) {
      for (UnitForm.Part part : of(arg).parts()) {
        parts.add(new UnitForm.Part(at + part.from(), part.times(), part.coefficient()));
      }
      at += arg.width();
    }
    return new UnitForm(false, parts);
  }

  private UnitForm reduce(UnitForm form, int size) {
    var parts = new ArrayList<UnitForm.Part>();
    for (UnitForm.Part part : form.parts()) {
      if (part.from() % size != 0 || numbers(part) % size != 0) {
        return UnitForm.MIXED;
      }
      var sum = new UnitForm.Part(part.from() / size, part.times() * size, part.coefficient());
      add(parts, sum);
    }
    return new UnitForm(false, parts);
  }
}
