// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the equations that a language has operators for. Each is recorded once for each width.
 *
 * @param <V> a value that has been written down
 */
final class Recurrences<V> {
  private final List<Language.Recurrence<V>> operators;
  private final Map<Integer, List<Pattern>> patterns = new HashMap<>();

  /**
   * An operator and where its equations are.
   *
   * @param <V> a value that has been written down
   */
  record Found<V>(Language.Recurrence<V> operator, Pattern.Match match) {}

  Recurrences(Language<V> language) {
    this.operators = language.recurrences();
  }

  /**
   * The operator for some states of a program; null if there is none.
   *
   * @param states those that depend on themselves and on each other
   */
  @Nullable Found<V> find(Program in, List<StateArray> states) {
    var equations = patterns.computeIfAbsent(states.getFirst().width(), this::record);
    for (int i = 0; i < operators.size(); i++) {
      Pattern.Match match = equations.get(i).find(in, states);
      if (match != null) {
        return new Found<>(operators.get(i), match);
      }
    }
    return null;
  }

  private List<Pattern> record(int width) {
    return operators.stream()
        .map(operator -> new Pattern(Program.of(operator.equations(width))))
        .toList();
  }
}
