// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.program.Apply;
import dev.unspool.program.Copy;
import dev.unspool.program.Function;
import dev.unspool.program.Graph;
import dev.unspool.program.Join;
import dev.unspool.program.Linear;
import dev.unspool.program.Node;
import dev.unspool.program.Reduce;
import dev.unspool.program.Repeat;
import dev.unspool.program.Slice;
import dev.unspool.program.Sum;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes everything that is linear in what comes back as a sum of coefficients times values that
 * are there. Coefficients depend on the step alone, so that they are computed once and serve every
 * lag: {@code a·(b·x)} becomes {@code (a·b)·x}, and {@code a·x + b·x} becomes {@code (a + b)·x}.
 */
final class LinearForms {
  /**
   * A coefficient, unit by unit, times some consecutive units of a value.
   *
   * @param coefficient null for 1
   * @param base a value that is there
   */
  record Term(@Nullable Node coefficient, Node base, int from, int width) {
    boolean isWhole() {
      return from == 0 && width == base.width();
    }
  }

  private record View(Node base, int from, int width) {}

  private final Graph g;
  private final LinearReverse reverse;
  private final Map<Node, List<Node>> users = new HashMap<>();
  private final Set<Node> held = new HashSet<>();
  private final Set<Node> entering = new HashSet<>();
  private final Map<Node, List<Term>> forms = new HashMap<>();

  LinearForms(LinearReverse reverse, List<Node> linear) {
    this.g = reverse.g;
    this.reverse = reverse;
    reverse.held.forEach(each -> held.add(each.node));
    for (int state : reverse.carried) {
      Node node = reverse.entering(state);
      if (node != null) {
        entering.add(node);
      }
    }
    for (Node node : linear) {
      for (Node arg : node.args()) {
        users.computeIfAbsent(arg, _ -> new ArrayList<>()).add(node);
      }
    }
    linear.forEach(node -> forms.put(node, form(node)));
  }

  /** How often a value is used. */
  int uses(Node node) {
    int roots = (held.contains(node) ? 1 : 0) + (entering.contains(node) ? 1 : 0);
    return users(node).size() + roots;
  }

  private List<Node> users(Node node) {
    return users.getOrDefault(node, List.of());
  }

  boolean isHeld(Node node) {
    return held.contains(node);
  }

  /** As those who use a value see it. */
  List<Term> of(Node node) {
    List<Term> form = forms.get(node);
    if (form == null) {
      throw new IllegalStateException("not linear in what comes back: " + node);
    }
    return form;
  }

  private static List<Term> itself(Node node) {
    return List.of(new Term(null, node, 0, node.width()));
  }

  private List<Term> form(Node node) {
    if (held.contains(node) || isOpaque(node)) {
      return itself(node);
    }
    var terms = definition(node);
    return terms.size() <= 1 || isPartOfASum(node) ? terms : itself(node);
  }

  /** Whether it is needed in one place only, where something is added up or put together. */
  private boolean isPartOfASum(Node node) {
    if (uses(node) != 1 || !(node.op() instanceof Sum)) {
      return false;
    }
    return users(node).isEmpty()
        || users(node).getFirst().op() instanceof Sum
        || users(node).getFirst().op() instanceof Join;
  }

  /** Whether it is computed by an instruction of its own, other than from coefficients. */
  boolean isOpaque(Node node) {
    return node.args().isEmpty() || node.op() instanceof Join || isProduct(node);
  }

  /** Whether it is a product with a matrix, or something that can be one. */
  boolean isProduct(Node node) {
    return switch (node.op()) {
      case Linear _, Reduce _, Repeat _ -> true;
      case Slice _ -> node.arg(0).op() instanceof Linear && !isWholeNeeded(node.arg(0));
      default -> false;
    };
  }

  /** Of a product of which only parts are needed, each part is a product of its own. */
  private boolean isWholeNeeded(Node product) {
    return held.contains(product)
        || entering.contains(product)
        || users(product).stream().anyMatch(user -> !(user.op() instanceof Slice));
  }

  /** What it is made of. */
  List<Term> definition(Node node) {
    return switch (node.op()) {
      case Sum _ -> {
        var terms = new ArrayList<Term>();
        for (Node arg : node.args()) {
          if (reverse.isLinear(arg)) {
            terms.addAll(of(arg));
          } else {
            requireZero(arg);
          }
        }
        yield merged(terms);
      }
      case Apply(Function function) -> definition(function, node);
      case Copy _ -> of(node.arg(0));
      case Slice(int from, int size) -> slice(of(node.arg(0)), from, size);
      default -> itself(node);
    };
  }

  private List<Term> definition(Function function, Node node) {
    return switch (function) {
      case NEGATE -> scale(node.arg(0), c -> c == null ? g.constant(-1) : g.negate(c));
      case MULTIPLY -> {
        boolean first = reverse.isLinear(node.arg(0));
        Node by = node.arg(first ? 1 : 0);
        yield scale(node.arg(first ? 0 : 1), c -> c == null ? by : g.multiply(c, by));
      }
      case DIVIDE -> {
        Node by = node.arg(1);
        yield scale(node.arg(0), c -> g.divide(c == null ? g.constant(1) : c, by));
      }
      case SELECT -> {
        Node condition = node.arg(0);
        Node zero = g.constant(0);
        var terms = new ArrayList<Term>();
        for (int branch = 1; branch <= 2; branch++) {
          boolean then = branch == 1;
          if (reverse.isLinear(node.arg(branch))) {
            terms.addAll(
                scale(
                    node.arg(branch),
                    c -> {
                      Node some = c == null ? g.constant(1) : c;
                      return then
                          ? g.apply(Function.SELECT, condition, some, zero)
                          : g.apply(Function.SELECT, condition, zero, some);
                    }));
          } else {
            requireZero(node.arg(branch));
          }
        }
        yield merged(terms);
      }
      default -> throw new IllegalStateException(function + " of what comes back: " + node);
    };
  }

  private interface Scaling {
    Node of(@Nullable Node coefficient);
  }

  private List<Term> scale(Node node, Scaling scaling) {
    return of(node).stream()
        .map(t -> new Term(scaling.of(t.coefficient()), t.base(), t.from(), t.width()))
        .toList();
  }

  private List<Term> slice(List<Term> terms, int from, int size) {
    return terms.stream()
        .map(
            t -> {
              Node c = t.coefficient();
              Node part = c == null || c.width() == 1 ? c : g.slice(c, from, size);
              return new Term(part, t.base(), t.from() + from, size);
            })
        .toList();
  }

  /** Coefficients of one value are added up. */
  private List<Term> merged(List<Term> terms) {
    var sums = new LinkedHashMap<View, List<Term>>();
    for (Term t : terms) {
      sums.computeIfAbsent(new View(t.base(), t.from(), t.width()), _ -> new ArrayList<>()).add(t);
    }
    return sums.values().stream().map(this::sum).toList();
  }

  private Term sum(List<Term> of) {
    Term first = of.getFirst();
    if (of.size() == 1) {
      return first;
    }
    var coefficients =
        of.stream().map(Term::coefficient).map(c -> c == null ? g.constant(1) : c).toList();
    return new Term(g.add(coefficients), first.base(), first.from(), first.width());
  }

  /** Gaps between parts are filled with zeros. */
  static void requireZero(Node node) {
    boolean zero = node.op() instanceof Repeat && node.arg(0).isConstant();
    if (!zero && !node.isConstant()) {
      throw new IllegalStateException("not linear in what comes back: " + node);
    }
  }
}
