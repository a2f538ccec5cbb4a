// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The figures of {@code metrics.json} one by one, by name, whatever kind of model they are of. */
final class FigureList {
  private static final Map<String, String> PARTS =
      Map.of("valid", "validation", "test", "test", "all", "all", "train", "training");

  /** Figures that count what was judged. */
  private static final Set<String> COUNTS = Set.of("rows", "tokens");

  private static final String TARGETS = "targets";

  private FigureList() {}

  /**
   * The figures of all parts, those of the test part last.
   *
   * @param metrics what the file holds
   * @return in that order, by names such as {@code test rmse}
   */
  static Map<String, Double> of(JsonObject metrics) {
    var figures = new LinkedHashMap<String, Double>();
    for (String part : List.of("train", "valid", "test", "all")) {
      if (metrics.get(part) instanceof JsonObject members) {
        add(figures, PARTS.getOrDefault(part, part), members);
      }
    }
    return figures;
  }

  private static void add(Map<String, Double> figures, String name, JsonObject members) {
    members
        .asMap()
        .forEach(
            (member, value) -> {
              String words = "%s %s".formatted(name, member.replace('_', ' '));
              if (value instanceof JsonObject inner) {
                addPart(figures, name, member, inner);
              } else if (isFigure(member, value)) {
                figures.put(words, value.getAsDouble());
              }
            });
  }

  /** What is said of each target; of a single one it is said of the whole already. */
  private static void addPart(
      Map<String, Double> figures, String name, String member, JsonObject inner) {
    if (!member.equals(TARGETS)) {
      add(figures, "%s %s".formatted(name, member.replace('_', ' ')), inner);
    } else if (inner.size() > 1) {
      inner
          .asMap()
          .forEach(
              (target, each) -> {
                if (each instanceof JsonObject members) {
                  add(figures, "%s %s".formatted(name, target), members);
                }
              });
    }
  }

  private static boolean isFigure(String member, JsonElement value) {
    return value.isJsonPrimitive()
        && value.getAsJsonPrimitive().isNumber()
        && !COUNTS.contains(member);
  }
}
