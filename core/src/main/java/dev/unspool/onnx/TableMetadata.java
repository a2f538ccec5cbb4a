// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.predict.Features;
import dev.unspool.predict.ModelDescription;
import dev.unspool.predict.Outputs;
import dev.unspool.step.StackedState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a file says about a model of a table: what its numbers are, and what whoever runs it has to
 * do before. Lists are JSON.
 *
 * @param description of the model
 * @param more text of the caller's
 * @param plant whether measured outputs are an input
 * @param newest whether the newest values of targets are one
 */
record TableMetadata(
    ModelDescription description, Map<String, String> more, boolean plant, boolean newest) {
  /** Changes when a reader would have to. */
  private static final String FORMAT = "1";

  private static final Pattern UNIT = Pattern.compile(".*[\\[(]([^\\[\\]()]+)[\\])]\\s*");

  Map<String, String> of(List<StackedState> states) {
    Features features = description.features();
    Outputs outputs = description.outputs();
    List<String> targets = outputs.targets().stream().map(Outputs.Target::name).toList();
    var text = new LinkedHashMap<String, String>();
    text.put("unspool.format", FORMAT);
    text.put("unspool.run", description.run());
    text.put("unspool.x", strings(features.names()));
    text.put("unspool.x.columns", strings(features.columns().stream().map(c -> c.name()).toList()));
    text.put(
        "unspool.x.ahead",
        numbers(features.columns().stream().map(Features.Column::ahead).toList()));
    text.put(
        "unspool.x.fill",
        strings(
            features.columns().stream()
                .map(column -> column.fill().name().toLowerCase(Locale.ROOT))
                .toList()));
    text.put(
        "unspool.x.mean", numbers(features.columns().stream().map(Features.Column::mean).toList()));
    text.put("unspool.x.gap", Long.toString(features.gap()));
    if (newest) {
      text.put("unspool.newest", strings(targets));
      text.put(
          "unspool.newest.mean",
          numbers(outputs.targets().stream().map(Outputs.Target::origin).toList()));
    }
    if (plant) {
      text.put("unspool.measured", strings(targets));
      text.put(
          "unspool.measured.rows",
          Integer.toString(Objects.requireNonNull(description.plant()).past()));
    }
    text.put("unspool.y", strings(targets));
    text.put("unspool.y.horizons", numbers(outputs.horizons()));
    text.put("unspool.y.law", outputs.law().name().toLowerCase(Locale.ROOT));
    if (!outputs.quantiles().isEmpty()) {
      text.put("unspool.y.quantiles", numbers(outputs.quantiles()));
    }
    text.put("unspool.units", units());
    text.put("unspool.state", states(states));
    if (description.time() != null) {
      text.put("unspool.time.step", description.time().axis().describe());
      text.put("unspool.time.zone", description.time().zone());
      text.put("unspool.time.origin", description.time().origin());
    }
    text.putAll(more);
    return text;
  }

  /** Units of the columns that say one: {@code "load [MW]"}, {@code "temperature (°C)"}. */
  private String units() {
    return description.columns().stream()
        .filter(column -> UNIT.matcher(column).matches())
        .map(column -> quoted(column) + ": " + quoted(unit(column)))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  /** The unit that a column's name ends with; empty if it ends with none. */
  private static String unit(String column) {
    Matcher matcher = UNIT.matcher(column);
    return matcher.matches() ? matcher.group(1) : "";
  }

  private static String states(List<StackedState> states) {
    return states.stream()
        .map(
            state ->
                "%s: [%s\"lanes\", %s]"
                    .formatted(
                        quoted(state.name()),
                        state.stacked() ? state.arrays().size() + ", " : "",
                        state.width()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String strings(List<String> texts) {
    return texts.stream().map(TableMetadata::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String numbers(List<? extends Number> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c < ' ') {
        quoted.append("\\u00").append(Integer.toHexString(256 + c).substring(1));
      } else {
        quoted.append(c == '"' || c == '\\' ? "\\" : "").append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
