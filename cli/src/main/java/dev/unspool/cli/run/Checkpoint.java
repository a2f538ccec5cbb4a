// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a training stands, as its checkpoint says.
 *
 * @param update number of updates
 * @param epoch that the next update belongs to
 * @param parameters size of θ
 * @param bestUpdate after which the weights did best on the validation part; 0 if none did
 * @param run name of the run that it belongs to; null in files that do not say it
 */
public record Checkpoint(
    long update, int epoch, long parameters, long bestUpdate, @Nullable String run) {
  private static final String RUN = "run";

  /** What a checkpoint's own description says. */
  public static Checkpoint of(Map<String, String> about) {
    return new Checkpoint(
        Long.parseLong(about.getOrDefault("update", "0")),
        Integer.parseInt(about.getOrDefault("epoch", "0")),
        Long.parseLong(about.getOrDefault("parameters", "0")),
        Long.parseLong(about.getOrDefault("best_update", "0")),
        about.get(RUN));
  }

  /** For the checkpoint's own description. */
  Map<String, String> about() {
    var about = new LinkedHashMap<String, String>();
    about.put("update", Long.toString(update));
    about.put("epoch", Integer.toString(epoch));
    about.put("parameters", Long.toString(parameters));
    about.put("best_update", Long.toString(bestUpdate));
    about.put("weights", "the newest, of update " + update);
    if (run != null) {
      about.put(RUN, run);
    }
    return about;
  }
}
