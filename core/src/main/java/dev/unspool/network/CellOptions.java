// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is said of a cell behind its name: {@code heads=4:forget=sigmoid}. Whoever makes the cell
 * asks for each parameter that it has; {@link #requireAllKnown} refuses what nobody asked for.
 */
final class CellOptions {
  private final String text;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final TreeSet<String> known = new TreeSet<>();

  /**
   * Takes a text apart.
   *
   * @param text in lower case, a colon between two parameters; empty for none
   */
  CellOptions(String text) {
    this.text = text;
    for (String part : text.isEmpty() ? new String[0] : text.split(":", -1)) {
      String[] pair = part.split("=", -1);
      if (pair.length != 2 || pair[0].isEmpty() || pair[1].isEmpty()) {
        throw new IllegalArgumentException(
            "'%s' is no parameter of a cell; expected name=value, as in slstm:heads=4"
                .formatted(part));
      }
      if (values.put(pair[0], pair[1]) != null) {
        throw new IllegalArgumentException("'%s' is said twice in '%s'".formatted(pair[0], text));
      }
    }
  }

  /** A whole number. */
  int count(String name, int otherwise) {
    return parsed(name, "a whole number", otherwise, Integer::parseInt);
  }

  /** A number. */
  double number(String name, double otherwise) {
    return parsed(name, "a number", otherwise, Double::parseDouble);
  }

  /** One of several words: the constants of an enumeration. */
  <E extends Enum<E>> E choice(String name, E otherwise) {
    var words =
        Arrays.stream(otherwise.getDeclaringClass().getEnumConstants())
            .collect(
                Collectors.toMap(CellOptions::word, one -> one, (a, _) -> a, LinkedHashMap::new));
    return parsed(
        name,
        "one of " + String.join(", ", words.keySet()),
        otherwise,
        word -> {
          E found = words.get(word);
          if (found == null) {
            throw new NumberFormatException(word);
          }
          return found;
        });
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private interface Parser<T> {
    /** Throws a {@link NumberFormatException} if it cannot. */
    T parse(String value);
  }

  private <T> T parsed(String name, String expected, T otherwise, Parser<T> parser) {
    known.add(name);
    String value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      return parser.parse(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("%s=%s: expected %s".formatted(name, value, expected), e);
    }
  }

  /** Refuses parameters that the cell does not have. */
  void requireAllKnown(String label) {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "%s has no parameter '%s', as in '%s'; it has %s"
                .formatted(label, name, text, String.join(", ", known)));
      }
    }
  }
}
