// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import com.google.gson.JsonObject;
import dev.unspool.cli.report.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is compared of a run, or of a fit.
 *
 * @param folder its path
 * @param settings how it is built
 * @param parameters size of θ; null where nobody has counted them yet
 * @param updates of the weights so far, of a fit iterations; null where it was not judged yet
 * @param seconds that it took; null where its version did not say
 * @param validationLoss the smallest so far; null of a fit, and where nothing was validated
 * @param figures by name; none where it was not judged yet
 */
public record RunSummary(
    String folder,
    RunSettings settings,
    @Nullable Long parameters,
    @Nullable Long updates,
    @Nullable Double seconds,
    @Nullable Double validationLoss,
    Map<String, Double> figures) {

  /** Looks into a folder. */
  public static RunSummary read(RunFolder folder) throws IOException {
    return folder.read(config -> of(folder, config));
  }

  private static RunSummary of(RunFolder folder, RunConfig config) throws IOException {
    JsonObject metrics = new JsonObject();
    if (Files.exists(folder.figures())) {
      JsonFile file = JsonFile.read(folder.figures(), "delete it, and 'unspool resume' writes it");
      file.requireUnchanged();
      metrics = file.as(JsonObject.class);
    }
    var log = new Log();
    if (!config.isFit()) {
      folder
          .log()
          .read(
              report -> {
                log.updates = report.update();
                log.seconds = report.seconds() != null ? report.seconds() : log.seconds;
                if (report.validation() != null && !(report.validation() >= log.validation)) {
                  log.validation = report.validation();
                }
              });
    }
    JsonObject story = story(metrics, config);
    Double seconds = log.seconds != null ? log.seconds : number(story, "seconds");
    Double parameters = number(story, "parameters");
    Double updates = number(story, config.isFit() ? "iterations" : "updates");
    return new RunSummary(
        folder.path().toString(),
        RunSettings.of(config),
        parameters == null ? null : parameters.longValue(),
        updates != null ? Long.valueOf(updates.longValue()) : log.updates,
        seconds,
        Double.isNaN(log.validation) ? null : log.validation,
        FigureList.of(metrics));
  }

  private static final class Log {
    private @Nullable Long updates;
    private @Nullable Double seconds;
    private double validation = Double.NaN;
  }

  private static JsonObject story(JsonObject metrics, RunConfig config) {
    return metrics.get(config.isFit() ? "fitting" : "training") instanceof JsonObject story
        ? story
        : metrics;
  }

  private static @Nullable Double number(JsonObject from, String name) {
    return from.has(name) && from.get(name).isJsonPrimitive() ? from.get(name).getAsDouble() : null;
  }
}
