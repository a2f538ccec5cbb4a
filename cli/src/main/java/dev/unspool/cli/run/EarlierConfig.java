// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * Configurations of earlier versions as today's. Up to format 2, how a model is trained was not cut
 * into parts; how a NARX model runs stood with how it was fitted, and a fit of a network said it
 * too, to no effect.
 */
final class EarlierConfig {
  /** The parts of how a model is trained, and their members. */
  private static final Map<String, List<String>> PARTS =
      Map.of(
          "sweep", List.of("k1", "k2", "loss_at", "policy"),
          "rule", List.of("optimizer", "momentum", "weight_decay", "clip", "clip_value"),
          "rate", List.of("lr", "schedule", "warm_up", "decay_after", "decay_factor"),
          "limit", List.of("epochs", "patience", "max_minutes", "max_updates"),
          "report", List.of("report_every", "checkpoint_every", "checkpoint_updates"));

  private EarlierConfig() {}

  /** The same configuration in today's format; what is not there, or damaged, stays so. */
  static JsonObject today(JsonObject config) {
    JsonObject now = config.deepCopy();
    if (now.get("training") instanceof JsonObject training && training.has("k1")) {
      PARTS.forEach(
          (name, members) -> {
            var part = new JsonObject();
            move(training, members, part);
            training.add(name, part);
          });
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
    }
    if (now.has("format")) {
      now.addProperty("format", RunConfig.FORMAT);
    }
    return now;
  }

  private static void move(JsonObject from, List<String> names, JsonObject to) {
    for (String name : names) {
      if (from.has(name)) {
        to.add(name, from.remove(name));
      }
    }
  }
}
