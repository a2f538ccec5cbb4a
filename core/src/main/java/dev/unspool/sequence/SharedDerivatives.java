// SPDX-License-Identifier: Apache-2.0
package dev.unspool.sequence;

import dev.unspool.program.Interpreter;
import dev.unspool.program.Leaf;
import dev.unspool.program.Node;
import dev.unspool.program.ParameterValues;
import dev.unspool.program.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Derivatives with respect to vectors of parameters that reach a step by way of something else,
 * such as {@code exp(rate)} or the initial value of a state. They are linear in sums over all lags
 * and in what comes back to the initial state; these have columns of their own behind θ, of which
 * the derivatives are made in the end.
 */
final class SharedDerivatives {
  /** Something linear in the columns that is added to some parameters. */
  private record Term(int offset, Node node) {}

  private final Program program;
  private final int first;
  private final Map<Node, Integer> columns = new LinkedHashMap<>();
  private final List<Term> terms = new ArrayList<>();
  private int width;

  /** For each factor that is not 0, the column and where in θ it goes. */
  private int[] from = {};

  private int[] to = {};
  private double[] factors = {};

  /**
   * Nothing yet.
   *
   * @param first the first column, behind θ
   */
  SharedDerivatives(Program program, int first) {
    this.program = program;
    this.first = first;
  }

  /** First column of a sum over all lags, or of what comes back to an initial state. */
  int column(Node node) {
    Integer known = columns.get(node);
    if (known == null) {
      known = first + width;
      columns.put(node, known);
      width += node.width();
    }
    return known;
  }

  /** Says what some parameters' derivatives are. */
  void add(int offset, Node node) {
    terms.add(new Term(offset, node));
  }

  /** Number of columns. */
  int width() {
    return width;
  }

  /** States whose initial adjoints have columns. */
  TreeSet<Integer> initial() {
    var states = new TreeSet<Integer>();
    for (Node node : columns.keySet()) {
      if (node.op() instanceof Leaf leaf) {
        states.add(leaf.index());
      }
    }
    return states;
  }

  /** First column of what comes back to the initial value of a state; −1 if nobody needs it. */
  int initial(int state) {
    for (var entry : columns.entrySet()) {
      if (entry.getKey().op() instanceof Leaf leaf && leaf.index() == state) {
        return entry.getValue();
      }
    }
    return -1;
  }

  /** Takes on parameters: what is linear becomes a few factors. */
  void parameters(double[] theta) {
    var from = new ArrayList<Integer>();
    var to = new ArrayList<Integer>();
    var factors = new ArrayList<Double>();
    var roots = terms.stream().map(Term::node).toList();
    var fixed = new ParameterValues(program.parameters(), theta);
    columns.forEach(
        (node, column) -> {
          for (int unit = 0; unit < node.width(); unit++) {
            var seen = new Interpreter(fixed, false);
            columns.keySet().forEach(each -> seen.set(each, new double[each.width()]));
            double[] one = new double[node.width()];
            one[unit] = 1;
            seen.set(node, one);
            seen.run(roots);
            for (Term term : terms) {
              double[] value = seen.value(term.node());
              for (int j = 0; j < value.length; j++) {
                if (value[j] != 0) {
                  from.add(column + unit);
                  to.add(term.offset() + j);
                  factors.add(value[j]);
                }
              }
            }
          }
        });
    this.from = from.stream().mapToInt(Integer::intValue).toArray();
    this.to = to.stream().mapToInt(Integer::intValue).toArray();
    this.factors = factors.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * Makes derivatives of the columns, and fills these with zeros.
   *
   * @param row derivatives of one output, from {@code offset}
   */
  void apply(double[] row, int offset) {
    for (int i = 0; i < factors.length; i++) {
      row[offset + to[i]] += factors[i] * row[offset + from[i]];
    }
    Arrays.fill(row, offset + first, offset + first + width, 0);
  }
}
