// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.unspool.cli.report.Json;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a run is built, in words: what its configuration says, in that order, but for what only tells
 * runs and files apart. Whatever part a configuration gains is there too.
 *
 * @param settings no two of the same group and name
 */
public record RunSettings(List<Setting> settings) {
  /** What no person chose: names of runs, checksums, and what was measured in a file. */
  private static final Set<String> NOT_CHOSEN =
      Set.of(
          "format",
          "run",
          "crc32c",
          "cell_crc32c",
          "digest",
          "bytes",
          "columns",
          "mean",
          "deviation",
          "change",
          "end",
          "flagged",
          "origin");

  /** Settings that are paths: another machine, another folder, and it is the same file. */
  private static final Set<String> PATHS = Set.of("file", "test_file", "from");

  private static final Map<String, String> GROUPS =
      Map.of("csv", "data", "text", "data", "network", "model", "narx", "model", "from", "model");

  /**
   * One setting.
   *
   * @param group that it belongs to: data, model, training or fitting
   * @param name its path in the group, e.g. {@code sweep.k1}
   * @param value as a person would write it
   */
  public record Setting(String group, String name, String value) {}

  /**
   * A setting in which runs differ.
   *
   * @param group that it belongs to
   * @param name in the group, e.g. {@code k1}; with the parts above it where others are called so
   *     too
   * @param values of each run; null of a run that has no such setting
   */
  public record Difference(String group, String name, List<@Nullable String> values) {}

  /** The settings of a run. */
  public static RunSettings of(RunConfig config) {
    var settings = new ArrayList<Setting>();
    Json.tree(config)
        .getAsJsonObject()
        .asMap()
        .forEach(
            (name, value) -> {
              String group = GROUPS.getOrDefault(name, name);
              add(settings, group, value.isJsonObject() ? "" : name, name, value);
            });
    return new RunSettings(List.copyOf(settings));
  }

  private static void add(
      List<Setting> settings, String group, String name, String member, JsonElement value) {
    boolean measured = value instanceof JsonArray && NOT_CHOSEN.contains(member);
    if (measured || (value.isJsonPrimitive() && NOT_CHOSEN.contains(member))) {
      return;
    }
    if (value instanceof JsonObject part) {
      part.asMap()
          .forEach(
              (inner, each) -> {
                String path = inner.equals("facts") ? name : name + "." + inner;
                add(settings, group, path.startsWith(".") ? inner : path, inner, each);
              });
    } else {
      settings.add(new Setting(group, name, text(member, value)));
    }
  }

  private static String text(String member, JsonElement value) {
    if (value instanceof JsonArray list) {
      return list.isEmpty()
          ? "none"
          : String.join(", ", list.asList().stream().map(each -> text(member, each)).toList());
    }
    if (!(value instanceof JsonPrimitive one)) {
      return value.toString();
    }
    if (one.isBoolean()) {
      return one.getAsBoolean() ? "yes" : "no";
    }
    return one.isNumber() ? number(one.getAsString()) : word(member, one.getAsString());
  }

  private static String word(String member, String word) {
    if (PATHS.contains(member)) {
      return Objects.toString(Path.of(word).getFileName(), word);
    }
    return word.equals("\t") ? "tab" : word;
  }

  /** {@code 10.0} as {@code 10}, {@code 1.0E-4} as {@code 0.0001}. */
  private static String number(String written) {
    BigDecimal number = new BigDecimal(written).stripTrailingZeros();
    return Math.abs(number.scale()) > 9 ? written : number.toPlainString();
  }

  /** The value of a setting; null if there is none. */
  public @Nullable String value(String group, String name) {
    return settings.stream()
        .filter(setting -> setting.group().equals(group) && setting.name().equals(name))
        .map(Setting::value)
        .findFirst()
        .orElse(null);
  }

  /** The settings in which runs differ, in the order in which they first occur. */
  public static List<Difference> differences(List<RunSettings> runs) {
    return side(runs).stream().filter(row -> new LinkedHashSet<>(row.values()).size() > 1).toList();
  }

  /** All settings of some runs, side by side, in the order in which they first occur. */
  public static List<Difference> side(List<RunSettings> runs) {
    var keys = new LinkedHashSet<Key>();
    runs.forEach(
        run -> run.settings.forEach(setting -> keys.add(new Key(setting.group, setting.name))));
    var rows = new ArrayList<Difference>();
    for (Key key : keys) {
      var values = new ArrayList<@Nullable String>();
      runs.forEach(run -> values.add(run.value(key.group, key.name)));
      rows.add(new Difference(key.group, key.words(keys), values));
    }
    return rows;
  }

  private record Key(String group, String name) {
    /** Its last part, if no other setting of the group is called so, else all of it. */
    String words(Set<Key> all) {
      boolean unique =
          all.stream()
              .noneMatch(
                  key -> !key.equals(this) && key.group.equals(group) && key.last().equals(last()));
      return (unique ? last() : name).replace('.', ' ').replace('_', ' ');
    }

    private String last() {
      return name.substring(name.lastIndexOf('.') + 1);
    }
  }
}
