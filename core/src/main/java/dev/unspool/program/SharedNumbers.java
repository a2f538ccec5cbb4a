// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.LinkedHashMap;
import java.util.Map;

/** Values that depend on parameters alone, in float64, one beside the other. */
final class SharedNumbers {
  private final Map<Node, Integer> columns = new LinkedHashMap<>();
  private int width;

  /** Where the value of a node begins. */
  int column(Node node) {
    Integer known = columns.get(node);
    if (known == null) {
      known = width;
      columns.put(node, known);
      width += node.width();
    }
    return known;
  }

  int width() {
    return width;
  }

  /** Computes all of them. */
  void compute(Program program, double[] theta, double[] into) {
    var interpreter = new Interpreter(new ParameterValues(program.parameters(), theta), false);
    interpreter.run(columns.keySet());
    columns.forEach(
        (node, column) -> System.arraycopy(interpreter.value(node), 0, into, column, node.width()));
  }
}
