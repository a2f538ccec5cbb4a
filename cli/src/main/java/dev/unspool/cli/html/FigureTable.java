// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.html;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.unspool.cli.report.JsonFile;
import dev.unspool.cli.report.Numbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of {@code metrics.json}, whatever they are called: versions differ in what they
 * measure, and a page shows what is there.
 *
 * @param rows a row for each part of the data and target
 * @param horizons errors by how far ahead, for each part and target that has them
 * @param start of a fit that did best, from 1; 0 where nothing is said
 */
record FigureTable(List<Row> rows, List<Horizons> horizons, int start) {
  private static final List<String> PARTS = List.of("test", "valid", "all", "train");
  private static final Map<String, String> PART_NAMES =
      Map.of("valid", "validation", "train", "training");
  private static final String HORIZONS = "horizons";
  private static final String HORIZON = "horizon";

  /**
   * How well one target of one part is predicted.
   *
   * @param part of the data
   * @param target empty where there is one only
   * @param values by name, in the order of the file, in four digits
   */
  record Row(String part, String target, Map<String, String> values) {}

  /**
   * Errors by horizon.
   *
   * @param part of the data
   * @param target empty where there is one only
   * @param steps the horizons, ascending
   * @param measures by name, e.g. {@code rmse} and {@code persistence_rmse}; null is a gap
   */
  record Horizons(
      String part, String target, List<Long> steps, Map<String, List<@Nullable Double>> measures) {}

  /** Takes what there is. */
  static FigureTable of(JsonFile figures) throws IOException {
    var rows = new ArrayList<Row>();
    var horizons = new ArrayList<Horizons>();
    for (String name : PARTS) {
      JsonElement part = figures.member(name, JsonElement.class);
      if (part instanceof JsonObject object) {
        String said = PART_NAMES.getOrDefault(name, name);
        if (object.get("targets") instanceof JsonObject targets && !targets.isEmpty()) {
          targets.asMap().forEach((target, of) -> add(rows, horizons, said, target, of));
        } else {
          add(rows, horizons, said, "", object);
        }
      }
    }
    Double start = number(figures.member("start", JsonElement.class));
    return new FigureTable(rows, horizons, start == null ? 0 : start.intValue());
  }

  private static void add(
      List<Row> rows, List<Horizons> horizons, String part, String target, JsonElement figures) {
    if (!(figures instanceof JsonObject object)) {
      return;
    }
    var values = new LinkedHashMap<String, String>();
    object
        .asMap()
        .forEach(
            (name, value) -> {
              Double number = number(value);
              if (number != null) {
                values.put(name, Numbers.of(number));
              }
            });
    rows.add(new Row(part, target, values));
    if (object.get(HORIZONS) instanceof JsonArray list) {
      var byStep = new TreeMap<Long, JsonObject>();
      for (JsonElement each : list) {
        if (each instanceof JsonObject entry) {
          Double step = number(entry.get(HORIZON));
          if (step != null) {
            byStep.put(step.longValue(), entry);
          }
        }
      }
      if (!byStep.isEmpty()) {
        horizons.add(
            new Horizons(part, target, List.copyOf(byStep.keySet()), measures(byStep.values())));
      }
    }
  }

  private static Map<String, List<@Nullable Double>> measures(Iterable<JsonObject> entries) {
    var measures = new LinkedHashMap<String, List<@Nullable Double>>();
    for (JsonObject entry : entries) {
      entry
          .asMap()
          .forEach(
              (name, value) -> {
                if (!name.equals(HORIZON) && number(value) != null) {
                  measures.computeIfAbsent(name, _ -> new ArrayList<>());
                }
              });
    }
    measures.forEach(
        (name, values) ->
            entries.forEach(entry -> values.add(Curve.rounded(number(entry.get(name))))));
    return measures;
  }

  private static @Nullable Double number(@Nullable JsonElement value) {
    return value instanceof JsonPrimitive one && one.isNumber()
        ? Numbers.finite(one.getAsDouble())
        : null;
  }
}
