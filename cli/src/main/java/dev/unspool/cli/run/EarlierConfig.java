// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.unspool.cli.report.Labels;
import java.util.List;
import java.util.Map;

/**
 * Configurations of earlier versions as today's. Up to format 2, how a model is trained was not cut
 * into parts; how a NARX model runs stood with how it was fitted, and a fit of a network said it
 * too, to no effect. Up to format 3, neither what is learned from a table nor how a model is fitted
 * was cut into parts, and there was one horizon.
 */
final class EarlierConfig {
  /** The parts of how a model is trained, and their members. */
  private static final Map<String, List<String>> TRAINING =
      Map.of(
          "sweep", List.of("k1", "k2", "loss_at", "policy"),
          "rule", List.of("optimizer", "momentum", "weight_decay", "clip", "clip_value"),
          "rate", List.of("lr", "schedule", "warm_up", "decay_after", "decay_factor"),
          "limit", List.of("epochs", "patience", "max_minutes", "max_updates"),
          "report", List.of("report_every", "checkpoint_every", "checkpoint_updates"));

  /** The parts of how a model is fitted. */
  private static final Map<String, List<String>> FITTING =
      Map.of(
          "search", List.of("starts", "start_iterations", "seed"),
          "limit", List.of("iterations", "patience", "max_minutes"),
          "rule", List.of("damping", "geodesic", "scale_memory"));

  /** The parts of what is learned from a table, but for its horizons. */
  private static final Map<String, List<String>> CSV =
      Map.of(
          "table", List.of("file", "test_file", "format"),
          "roles", List.of("inputs", "targets"),
          "output", List.of("horizons", "predict", "loss"),
          "held_out", List.of("valid", "test"));

  private EarlierConfig() {}

  /** The same configuration in today's format; what is not there, or damaged, stays so. */
  static JsonObject today(JsonObject config) {
    JsonObject now = config.deepCopy();
    if (now.get("training") instanceof JsonObject training && training.has("k1")) {
      cut(training, TRAINING);
    }
    if (now.get("fitting") instanceof JsonObject fitting) {
      JsonElement feed = fitting.remove("feed");
      JsonElement initial = fitting.remove("initial");
      if (now.get("narx") instanceof JsonObject narx && feed != null && initial != null) {
        var freeRun = new JsonObject();
        freeRun.add("initial", initial);
        move(fitting, List.of("warm_up"), freeRun);
        narx.add("feed", feed);
        narx.add("free_run", freeRun);
      }
      if (fitting.has("iterations")) {
        cut(fitting, FITTING);
      }
    }
    if (now.get("csv") instanceof JsonObject csv && csv.has("file")) {
      cutTable(csv);
    }
    if (now.has("format")) {
      now.addProperty("format", RunConfig.FORMAT);
    }
    return now;
  }

  /** What a version did not say was as it is by default. */
  private static void cutTable(JsonObject csv) {
    var format = new JsonObject();
    format.addProperty("decimal", ".");
    move(csv, List.of("separator", "decimal", "skip_bad_rows"), format);
    csv.add("format", format);
    if (csv.has("horizon")) {
      var horizons = new JsonArray();
      horizons.add(csv.remove("horizon"));
      csv.add("horizons", horizons);
    }
    if (!csv.has("normalise")) {
      csv.addProperty("normalise", Labels.of(SeriesScale.STANDARD));
    }
    cut(csv, CSV);
  }

  private static void cut(JsonObject whole, Map<String, List<String>> parts) {
    parts.forEach(
        (name, members) -> {
          var part = new JsonObject();
          move(whole, members, part);
          whole.add(name, part);
        });
  }

  private static void move(JsonObject from, List<String> names, JsonObject to) {
    for (String name : names) {
      if (from.has(name)) {
        to.add(name, from.remove(name));
      }
    }
  }
}
