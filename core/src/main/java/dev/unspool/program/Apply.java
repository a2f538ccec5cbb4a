// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A function of each unit by itself.
 *
 * @param function which
 */
public record Apply(Function function) implements Op {

  @Override
  public int width(List<Node> arguments) {
    return Op.common(function.name().toLowerCase(Locale.ROOT), arguments);
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    var units = new ArrayList<Double>();
    for (int j = 0; j < into.length; j++) {
      units.clear();
      for (double[] argument : arguments) {
        units.add(argument[argument.length == 1 ? 0 : j]);
      }
      into[j] = function.of(Doubles.ARITHMETIC, units);
    }
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    return function.of(to, arguments);
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {
    function.derive(g, y, d, to);
  }

  @Override
  public String text(List<String> arguments) {
    return function.text().formatted(arguments.toArray());
  }
}
