// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.program.Join;
import dev.unspool.program.Leaf;
import dev.unspool.program.Linear;
import dev.unspool.program.Node;
import dev.unspool.program.Reduce;
import dev.unspool.program.Repeat;
import dev.unspool.program.Slice;
import dev.unspool.program.Sum;
import dev.unspool.sequence.LinearForms.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is done at each lag: instructions on matrices of adjoints, units × steps. Each matrix has a
 * slot; those of the states' adjoints are exchanged between two lags and not copied, so that a
 * state that is only handed on costs nothing.
 */
final class LinearStep {
  /** Some rows of a slot, which are written together. */
  record Part(int slot, int number, int from, int rows) {}

  /** Some rows of a slot that are read. */
  record View(int slot, int from, int rows) {}

  /** Something that is added to a part. */
  sealed interface Instruction {
    /** Where it goes. */
    Part into();

    /** What it reads. */
    View of();
  }

  /** Adds a coefficient times rows; {@code coefficient} is an index, −1 for 1. */
  record Scale(Part into, View of, int coefficient) implements Instruction {}

  /** Adds a product with a matrix; {@code matrix} is an index. */
  record Multiply(Part into, View of, int matrix) implements Instruction {}

  /**
   * A coefficient.
   *
   * @param node its value at a step; one for all units if its width is 1
   */
  record Coefficient(Node node, int width) {}

  /**
   * Rows of a matrix: a product with parameters, or sums over, or repetitions for, groups of units.
   *
   * @param product a {@link Linear}, {@link Reduce} or {@link Repeat}
   */
  record Factor(Node product, int from, int rows) {}

  private final LinearReverse reverse;
  private final LinearForms forms;
  private final Map<Node, Integer> slotOf = new HashMap<>();

  /** Width of each slot. */
  final List<Integer> widths = new ArrayList<>();

  /** Parts of each slot. */
  final List<List<Part>> parts = new ArrayList<>();

  final List<Instruction> instructions = new ArrayList<>();
  final Map<Coefficient, Integer> coefficients = new LinkedHashMap<>();
  final Map<Factor, Integer> factors = new LinkedHashMap<>();

  /** Slot of what comes back to the output. */
  final int output;

  /** For each state, the slot of what comes back to it; −1 if it is not carried. */
  final int[] states;

  /** For each state, the slot that holds what comes back to it one step earlier; −1 for nothing. */
  final int[] entering;

  /** For each of what is held, its slot. */
  final int[] held;

  private int part;

  LinearStep(LinearReverse reverse) {
    this.reverse = reverse;
    var linear = reverse.linear();
    forms = new LinearForms(reverse, linear);
    output = leaf(reverse.reverse.outputAdjoint());
    int count = reverse.program.states().size();
    states = new int[count];
    entering = new int[count];
    Arrays.fill(states, -1);
    Arrays.fill(entering, -1);
    for (int s : reverse.carried) {
      states[s] = leaf(reverse.reverse.stateAdjoints().get(s));
    }
    held = reverse.held.stream().mapToInt(each -> hold(each.node)).toArray();
    for (int s : reverse.carried) {
      Node node = reverse.entering(s);
      if (node != null) {
        entering[s] = enter(node);
      }
    }
  }

  private int leaf(Node leaf) {
    int slot = fresh(leaf.width());
    whole(slot);
    slotOf.put(leaf, slot);
    return slot;
  }

  private int hold(Node node) {
    if (!(node.op() instanceof Leaf)) {
      return slot(node);
    }
    int slot = fresh(node.width());
    instructions.add(new Scale(whole(slot), new View(slot(node), 0, node.width()), -1));
    return slot;
  }

  private int fresh(int width) {
    widths.add(width);
    parts.add(new ArrayList<>());
    return widths.size() - 1;
  }

  private Part part(int slot, int from, int rows) {
    var made = new Part(slot, part++, from, rows);
    parts.get(slot).add(made);
    return made;
  }

  private Part whole(int slot) {
    var of = parts.get(slot);
    return of.isEmpty() ? part(slot, 0, widths.get(slot)) : of.getFirst();
  }

  /** A slot that a state's adjoint can be taken from, for no other one. */
  private int enter(Node node) {
    var terms = forms.of(node);
    boolean itself = terms.size() == 1 && terms.getFirst().coefficient() == null;
    Node base = itself && terms.getFirst().isWhole() ? terms.getFirst().base() : node;
    if (!forms.isHeld(base) && !isTaken(slot(base))) {
      return slot(base);
    }
    int slot = fresh(node.width());
    instructions.add(new Scale(whole(slot), single(node), -1));
    return slot;
  }

  private boolean isTaken(int slot) {
    return Arrays.stream(entering).anyMatch(other -> other == slot);
  }

  /** The slot of a value, which is computed if it has none yet. */
  private int slot(Node node) {
    Integer known = slotOf.get(node);
    if (known != null) {
      return known;
    }
    Node leaf = accumulator(node);
    if (leaf != null) {
      int slot = slot(leaf);
      slotOf.put(node, slot);
      for (Term term : forms.definition(node)) {
        if (term.base() != leaf) {
          add(whole(slot), term);
        }
      }
      return slot;
    }
    int slot = fresh(node.width());
    slotOf.put(node, slot);
    define(node, slot);
    return slot;
  }

  /** A leaf that nobody else reads, to which the rest of a sum can be added where it stands. */
  private @Nullable Node accumulator(Node node) {
    if (!(node.op() instanceof Sum) || forms.isHeld(node)) {
      return null;
    }
    for (Term term : forms.definition(node)) {
      Node base = term.base();
      boolean state = base.is(Leaf.Role.STATE_ADJOINT) && slotOf.containsKey(base);
      if (state && term.coefficient() == null && term.isWhole() && forms.uses(base) == 1) {
        return base;
      }
    }
    return null;
  }

  private void define(Node node, int slot) {
    if (node.op() instanceof Join) {
      int at = 0;
      for (Node arg : node.args()) {
        if (reverse.isLinear(arg)) {
          var terms = forms.of(arg);
          Part into = part(slot, at, arg.width());
          terms.forEach(term -> add(into, term));
        } else {
          LinearForms.requireZero(arg);
          part(slot, at, arg.width());
        }
        at += arg.width();
      }
    } else if (forms.isProduct(node)) {
      multiply(whole(slot), node);
    } else {
      Part into = whole(slot);
      forms.definition(node).forEach(term -> add(into, term));
    }
  }

  private void add(Part into, Term term) {
    Node base = term.base();
    boolean here = !slotOf.containsKey(base) && forms.uses(base) == 1 && term.isWhole();
    if (here && term.coefficient() == null && forms.isProduct(base) && !forms.isHeld(base)) {
      multiply(into, base);
      return;
    }
    View of = new View(slot(base), term.from(), term.width());
    int coefficient = -1;
    if (term.coefficient() != null) {
      var key = new Coefficient(term.coefficient(), term.width());
      coefficient = coefficients.computeIfAbsent(key, _ -> coefficients.size());
    }
    instructions.add(new Scale(into, of, coefficient));
  }

  private void multiply(Part into, Node node) {
    int from = 0;
    Node product = node;
    if (node.op() instanceof Slice(int first, int _)) {
      from = first;
      product = node.arg(0);
    }
    View of = single(product.arg(0));
    var key = new Factor(product, from, node.width());
    int factor = factors.computeIfAbsent(key, _ -> factors.size());
    instructions.add(new Multiply(into, of, factor));
  }

  /** A value that stands somewhere as it is. */
  private View single(Node node) {
    var terms = forms.of(node);
    if (terms.size() == 1 && terms.getFirst().coefficient() == null) {
      Term term = terms.getFirst();
      return new View(slot(term.base()), term.from(), term.width());
    }
    Integer known = slotOf.get(node);
    if (known == null) {
      int slot = fresh(node.width());
      slotOf.put(node, slot);
      terms.forEach(term -> add(whole(slot), term));
      known = slot;
    }
    return new View(known, 0, node.width());
  }
}
