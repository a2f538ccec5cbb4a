// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.model.ParameterLayout;
import dev.unspool.program.Adjoints;
import dev.unspool.program.Matrix;
import dev.unspool.program.Node;
import dev.unspool.program.Program;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which derivatives of the state are carried, how they go on from step to step, and of which
 * parameters nothing is lost.
 */
final class TracePlan {
  /** Fewer numbers do not fill a vector. */
  private static final int SHORT = 8;

  /**
   * Derivatives of the arrays of a group with respect to some parameters, each of which acts on one
   * unit: row × unit. {@code traceᵢ ← Σₖ decay[i][k]·traceₖ + gain[i]·x}, with x one number a row.
   *
   * @param states the arrays that these parameters reach, in the order of the state
   * @param units of each of them
   * @param rows 1, or one for each number of what the parameters are multiplied by
   * @param x what they are multiplied by; null for 1
   * @param indexed whether x is an index: 1 in that row, 0 in all others
   * @param decay null where one array does not depend on another
   * @param gain null where no parameter acts on an array directly
   * @param initial derivative of the initial value, for a single row; null where there is none
   * @param target where in θ they stand
   */
  record Trace(
      int[] states,
      int units,
      int rows,
      @Nullable Node x,
      boolean indexed,
      @Nullable Node[][] decay,
      @Nullable Node[] gain,
      @Nullable Node[] initial,
      Target target) {

    /**
     * Whether numbers that belong to one unit lie side by side, else those of one row do: as in θ,
     * so that a gradient is added as it lies, unless that makes for many short loops.
     */
    boolean isByUnit() {
      if (indexed || rows == 1) {
        return false;
      }
      return target.ofRow() == 1 ? rows >= Math.min(units, SHORT) : units < SHORT && rows > units;
    }

    /** How many numbers lie side by side. */
    int inner() {
      return isByUnit() ? rows : units;
    }

    /** How many times they do. */
    int outer() {
      return isByUnit() ? units : rows;
    }
  }

  /** Number j of row r stands at {@code offset + r · ofRow + j / times · ofUnit} in θ. */
  record Target(int offset, int ofRow, int ofUnit, int times) {
    int at(int row, int unit) {
      return offset + row * ofRow + unit / times * ofUnit;
    }
  }

  /** Where parameters act: a vector, or a product with what it is multiplied by. */
  private record Source(
      String parameter,
      Node back,
      @Nullable Node x,
      boolean indexed,
      int rows,
      int offset,
      int ofRow,
      int ofUnit) {}

  private record Aligned(int from, int times) {}

  private final StateGraph states;
  private final List<Trace> traces = new ArrayList<>();
  private final Map<String, BitSet> touched = new LinkedHashMap<>();
  private final Set<String> lost = new LinkedHashSet<>();
  private final Program program;

  /**
   * Plans.
   *
   * @throws IllegalArgumentException if it would not be cheap; the message says what is in the way
   */
  TracePlan(Program of) {
    this.states = new StateGraph(of);
    ParameterLayout layout = of.parameters();
    layout.slices().forEach(slice -> touched.put(slice.name(), new BitSet()));
    var sources = new ArrayList<Source>();
    states
        .reverse
        .vectors()
        .forEach(
            (name, back) -> {
              int offset = layout.slice(name).offset();
              sources.add(new Source(name, back, null, false, 1, offset, 0, 1));
            });
    states
        .reverse
        .products()
        .forEach((matrix, terms) -> terms.forEach(term -> sources.add(source(matrix, term))));
    for (int[] group : states.members()) {
      sources.forEach(source -> trace(group, source));
    }
    touched.forEach(this::follow);
    this.program =
        new Program(
            states.g,
            of.input(),
            of.classes(),
            of.states(),
            of.output(),
            of.parameters(),
            of.masks());
  }

  private Source source(Matrix matrix, Adjoints.Product term) {
    int offset = states.program.parameters().slice(matrix.name()).offset();
    int columns = matrix.columns();
    if (term.scattered() || !StateGraph.comesBack(term.left())) {
      // Tables, and Wᵀ·x: what comes back is as wide as a row.
      return new Source(
          matrix.name(),
          term.right(),
          term.left(),
          term.scattered(),
          matrix.rows(),
          offset,
          columns,
          1);
    }
    return new Source(matrix.name(), term.left(), term.right(), false, columns, offset, 1, columns);
  }

  /** Adds what a group carries of the parameters that act somewhere. */
  private void trace(int[] group, Source source) {
    UnitForm[] gains = new UnitForm[group.length];
    UnitForm[] initials = new UnitForm[group.length];
    var aligned = new LinkedHashSet<Aligned>();
    for (int i = 0; i < group.length; i++) {
      gains[i] = states.forms[group[i]].of(source.back());
      initials[i] = states.initial(group[i], source.back());
      boolean known = !gains[i].mixed() && !initials[i].mixed();
      boolean matrixBegins = source.x() != null && !initials[i].isNothing();
      if (!known || matrixBegins) {
        lost.add(source.parameter());
      }
      if (!gains[i].isNothing() || !initials[i].isNothing()) {
        touched.getOrDefault(source.parameter(), new BitSet()).set(group[i]);
      }
      gains[i].parts().forEach(part -> aligned.add(new Aligned(part.from(), part.times())));
      if (source.x() == null) {
        initials[i].parts().forEach(part -> aligned.add(new Aligned(part.from(), part.times())));
      }
    }
    aligned.forEach(part -> traces.add(trace(group, source, gains, initials, part)));
  }

  private Trace trace(
      int[] group, Source source, UnitForm[] gains, UnitForm[] initials, Aligned part) {
    var direct = new BitSet();
    for (int i = 0; i < group.length; i++) {
      direct.set(i, coefficient(gains[i], part) != null || coefficient(initials[i], part) != null);
    }
    int[] members = withThoseBehind(group, direct);
    int count = members.length;
    @Nullable Node[][] decay = new Node[count][];
    @Nullable Node[] gain = new Node[count];
    @Nullable Node[] initial = new Node[count];
    for (int i = 0; i < count; i++) {
      gain[i] = coefficient(gains[members[i]], part);
      initial[i] = source.x() == null ? coefficient(initials[members[i]], part) : null;
      @Nullable Node[] row = new Node[count];
      for (int k = 0; k < count; k++) {
        var edge = states.edge(group[members[i]], group[members[k]]).parts();
        row[k] = edge.isEmpty() ? null : edge.getFirst().coefficient();
      }
      decay[i] = row;
    }
    int units = states.width(group[0]);
    var target =
        new Target(
            source.offset() + part.from() * source.ofUnit(),
            source.ofRow(),
            source.ofUnit(),
            part.times());
    return new Trace(
        IntStream.of(members).map(i -> group[i]).toArray(),
        units,
        source.rows(),
        source.x(),
        source.indexed(),
        decay,
        gain,
        initial,
        target);
  }

  /** The members of a group that some of them reach, those included. */
  private int[] withThoseBehind(int[] group, BitSet direct) {
    var from = new BitSet();
    direct.stream().forEach(i -> from.set(group[i]));
    BitSet reached = states.reached(from);
    return IntStream.range(0, group.length).filter(i -> reached.get(group[i])).toArray();
  }

  private static @Nullable Node coefficient(UnitForm form, Aligned part) {
    for (UnitForm.Part each : form.parts()) {
      if (each.from() == part.from() && each.times() == part.times()) {
        return each.coefficient();
      }
    }
    return null;
  }

  /** Notes a parameter as lost if its influence goes from one group to another. */
  private void follow(String parameter, BitSet direct) {
    BitSet reached = states.reached(direct);
    for (int next = 0; next < states.program.states().size(); next++) {
      for (int state = 0; state < states.program.states().size(); state++) {
        if (reached.get(state)
            && !states.edge(next, state).isNothing()
            && !states.sameGroup(next, state)) {
          lost.add(parameter);
        }
      }
    }
  }

  /** The program, with all coefficients in its graph. */
  Program program() {
    return program;
  }

  List<Trace> traces() {
    return traces;
  }

  /** Whether nothing of the derivative with respect to a parameter is lost. */
  boolean isExact(String parameter) {
    return !lost.contains(parameter);
  }
}
