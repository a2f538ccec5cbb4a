// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes a program down, one equation a line; what is used more than once gets a name. */
final class Equations {
  private final Map<Node, Integer> uses = new HashMap<>();
  private final Map<Node, String> names = new HashMap<>();
  private final List<String> lines = new ArrayList<>();

  Equations(Program program) {
    var results = program.results();
    var nodes = Graph.closure(results, _ -> false);
    for (Node node : nodes) {
      node.args().forEach(arg -> uses.merge(arg, 1, Integer::sum));
    }
    var targets = new HashMap<Node, String>();
    for (StateArray state : program.states()) {
      targets.putIfAbsent(state.leaving(), state.name() + "'");
    }
    for (Node node : nodes) {
      boolean atom = node.op() instanceof Leaf || node.op() instanceof Slice;
      String target = targets.get(node);
      if (target != null && !atom) {
        define(node, target);
      } else if (!atom && uses.getOrDefault(node, 0) > 1) {
        define(node, "t" + (names.size() + 1));
      }
    }
    for (StateArray state : program.states()) {
      String target = state.name() + "'";
      if (!target.equals(names.get(state.leaving()))) {
        lines.add(target + " = " + unwrapped(text(state.leaving())));
      }
      if (state.initial() != null) {
        lines.add(state.name() + "₀ = " + text(state.initial()));
      }
    }
    lines.add("y = " + unwrapped(text(program.output())));
  }

  private void define(Node node, String name) {
    String text = text(node);
    lines.add(name + " = " + unwrapped(text));
    names.put(node, name);
  }

  private String text(Node node) {
    String name = names.get(node);
    return name != null ? name : node.op().text(node.args().stream().map(this::text).toList());
  }

  /** Without the parentheses of an outermost sum. */
  private static String unwrapped(String text) {
    if (!text.startsWith("(") || !text.endsWith(")")) {
      return text;
    }
    int depth = 0;
    for (int i = 0; i < text.length() - 1; i++) {
      depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
      if (depth == 0) {
        return text;
      }
    }
    return text.substring(1, text.length() - 1);
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
