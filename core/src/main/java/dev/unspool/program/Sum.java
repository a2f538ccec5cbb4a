// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * The sum of any number of values, unit by unit. That it is not one of two is what lets {@code W·x
 * + b} leave the loop over steps that {@code U·h} has to stay in.
 */
public record Sum() implements Op {

  @Override
  public int width(List<Node> arguments) {
    return Op.common("sum", arguments);
  }

  @Override
  public void evaluate(Node y, double[][] arguments, Values values, double[] into) {
    for (int j = 0; j < into.length; j++) {
      double sum = 0;
      for (double[] argument : arguments) {
        sum += argument[argument.length == 1 ? 0 : j];
      }
      into[j] = sum;
    }
  }

  @Override
  public <V> V translate(Language<V> to, List<V> arguments) {
    V sum = arguments.getFirst();
    for (V term : arguments.subList(1, arguments.size())) {
      sum = to.add(sum, term);
    }
    return sum;
  }

  @Override
  public void derive(Graph g, Node y, Node d, Adjoints to) {
    y.args().forEach(argument -> to.add(argument, d));
  }

  @Override
  public String text(List<String> arguments) {
    return "(" + String.join(" + ", arguments).replace("+ −", "− ") + ")";
  }
}
