// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.unspool.cli.report.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Figures of simulations of one part of the data. Over several targets there is no error, because
 * their units differ, and percents are the mean of theirs.
 *
 * @param rmse of a free run of a single target; null if it diverged
 * @param mae mean size of an error of the same
 * @param fitPercent of a free run; null if it diverged
 * @param oneStepRmse of predictions from measured outputs; null where the model has none
 * @param oneStepFitPercent likewise
 * @param rows number of rows
 * @param targets for each of several targets its figures
 */
public record FreeRunFigures(
    @Nullable Double rmse,
    @Nullable Double mae,
    @Nullable Double fitPercent,
    @Nullable Double oneStepRmse,
    @Nullable Double oneStepFitPercent,
    int rows,
    @Nullable Map<String, Target> targets)
    implements Figures.Part {

  /**
   * Figures of one target.
   *
   * @param rmse of a free run; null if it diverged
   * @param mae mean size of an error of the same
   * @param fitPercent likewise
   * @param oneStepRmse of predictions from measured outputs; null where the model has none
   * @param oneStepFitPercent likewise
   */
  public record Target(
      @Nullable Double rmse,
      @Nullable Double mae,
      @Nullable Double fitPercent,
      @Nullable Double oneStepRmse,
      @Nullable Double oneStepFitPercent) {
    private JsonObject json() {
      var json = new JsonObject();
      json.add("rmse", number(rmse));
      json.add("mae", number(mae));
      json.add("fit_percent", number(fitPercent));
      return json;
    }

    /** One line, for instance {@code RMSE 0.1, MAE 0.08, fit 97.25 %}. */
    public String line() {
      if (rmse == null) {
        return "diverged";
      }
      String line = "RMSE " + Numbers.of(rmse);
      if (mae != null) {
        line += ", MAE " + Numbers.of(mae);
      }
      return fitPercent == null ? line : line + ", fit " + Numbers.percent(fitPercent);
    }
  }

  /** Figures of one target or several, by name in their order. */
  public static FreeRunFigures of(int rows, Map<String, Target> targets) {
    if (targets.size() == 1) {
      Target only = targets.values().iterator().next();
      return new FreeRunFigures(
          only.rmse,
          only.mae,
          only.fitPercent,
          only.oneStepRmse,
          only.oneStepFitPercent,
          rows,
          null);
    }
    return new FreeRunFigures(
        null,
        null,
        mean(targets, Target::fitPercent),
        null,
        mean(targets, Target::oneStepFitPercent),
        rows,
        targets);
  }

  /** Null if one is missing. */
  private static @Nullable Double mean(
      Map<String, Target> targets, Function<Target, @Nullable Double> percent) {
    double sum = 0;
    for (Target target : targets.values()) {
      Double one = percent.apply(target);
      sum += one == null ? Double.NaN : one / targets.size();
    }
    return Numbers.finite(sum);
  }

  /** The figures of a single target. */
  public Target single() {
    return new Target(rmse, mae, fitPercent, oneStepRmse, oneStepFitPercent);
  }

  /** Names and figures; a single target has no name. */
  public Map<String, Target> each() {
    return targets == null ? Map.of("", single()) : targets;
  }

  @Override
  public List<String> describe(String part) {
    var lines = new ArrayList<String>();
    each()
        .forEach(
            (target, figures) ->
                lines.add(
                    "%s%s %s, %s"
                        .formatted(
                            part,
                            target.isEmpty() ? "" : ", " + target + ":",
                            figures.line(),
                            Numbers.count(rows, "row"))));
    return lines;
  }

  /** Only the free run's. */
  public JsonObject json() {
    if (targets == null) {
      return single().json();
    }
    var json = new JsonObject();
    json.add("fit_percent", number(fitPercent));
    var each = new JsonObject();
    targets.forEach((name, target) -> each.add(name, target.json()));
    json.add("targets", each);
    return json;
  }

  private static JsonElement number(@Nullable Double value) {
    return value == null ? JsonNull.INSTANCE : new JsonPrimitive(value);
  }
}
