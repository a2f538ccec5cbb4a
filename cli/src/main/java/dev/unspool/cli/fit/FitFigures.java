// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.Figures;
import dev.unspool.narx.Agreement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How well a model does: {@code metrics.json}.
 *
 * @param train the training part
 * @param valid the validation part, if there is one
 * @param test the test part, if there is one
 * @param iterations of the start that did best
 * @param bestIteration the one whose weights were kept; null in files that do not say it
 * @param stopReason why the fit ended
 * @param seconds that the fit took
 * @param start the start that did best, from 1
 * @param parameters number of weights
 * @param advice what the stop reason means
 * @param standardErrors what is known of the weights
 */
public record FitFigures(
    Part train,
    @Nullable Part valid,
    @Nullable Part test,
    int iterations,
    @Nullable Integer bestIteration,
    String stopReason,
    double seconds,
    int start,
    int parameters,
    String advice,
    String standardErrors) {

  /** Checks that there is what there always is. */
  public FitFigures {
    FitFolder.requireSaid("train", train);
    FitFolder.requireSaid("stop_reason", stopReason);
  }

  /**
   * Figures of one part. Over several targets there is no error, because their units differ, and
   * percents are the mean of theirs.
   *
   * @param rmse of a free run of a single target; null if it diverged
   * @param mae mean size of an error of the same
   * @param fitPercent of a free run; null if it diverged
   * @param oneStepRmse of predictions from measured outputs; null where the model has none
   * @param oneStepFitPercent likewise
   * @param rows number of rows
   * @param targets for each of several targets its figures
   */
  public record Part(
      @Nullable Double rmse,
      @Nullable Double mae,
      @Nullable Double fitPercent,
      @Nullable Double oneStepRmse,
      @Nullable Double oneStepFitPercent,
      int rows,
      @Nullable Map<String, Target> targets)
      implements Figures.Part {

    static Part of(List<String> names, Trace simulated, @Nullable Trace predicted) {
      List<Agreement> agreements = simulated.agreements();
      List<Agreement> steps = predicted == null ? List.of() : predicted.agreements();
      var each = new LinkedHashMap<String, Target>();
      for (int i = 0; i < names.size(); i++) {
        Agreement step = predicted == null ? null : steps.get(i);
        each.put(
            names.get(i),
            new Target(
                Numbers.finite(agreements.get(i).rmse()),
                Numbers.finite(simulated.meanError(i)),
                Numbers.finite(agreements.get(i).fitPercent()),
                step == null ? null : Numbers.finite(step.rmse()),
                step == null ? null : Numbers.finite(step.fitPercent())));
      }
      Target only = names.size() == 1 ? each.get(names.getFirst()) : null;
      return only == null
          ? new Part(null, null, percent(agreements), null, percent(steps), simulated.rows(), each)
          : new Part(
              only.rmse(),
              only.mae(),
              only.fitPercent(),
              only.oneStepRmse(),
              only.oneStepFitPercent(),
              simulated.rows(),
              null);
    }

    /** The figures of a single target. */
    Target single() {
      return new Target(rmse, mae, fitPercent, oneStepRmse, oneStepFitPercent);
    }

    /** Names and figures; a single target has no name. */
    Map<String, Target> each() {
      return targets == null ? Map.of("", single()) : targets;
    }

    private static @Nullable Double percent(List<Agreement> agreements) {
      double sum = 0;
      for (Agreement agreement : agreements) {
        sum += agreement.fitPercent() / agreements.size();
      }
      return agreements.isEmpty() ? null : Numbers.finite(sum);
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
    JsonObject json() {
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
  }

  /**
   * The parts that a model was not fitted to.
   *
   * @param valid the validation part, if there is one
   * @param test the test part, if there is one
   */
  public record Held(@Nullable Part valid, @Nullable Part test) {
    /** Those of a model in free runs. */
    public static Held of(FitTask task, FittedModel model) {
      var judged = new Judgement(task, model);
      return new Held(judged.valid(), judged.test());
    }
  }

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
    JsonObject json() {
      var json = new JsonObject();
      json.add("rmse", number(rmse));
      json.add("mae", number(mae));
      json.add("fit_percent", number(fitPercent));
      return json;
    }

    /** One line, for instance {@code RMSE 0.1, MAE 0.08, fit 97.25 %}. */
    String line() {
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

  private static JsonElement number(@Nullable Double value) {
    return value == null ? JsonNull.INSTANCE : new JsonPrimitive(value);
  }

  /** Why the fit ended, and after how many iterations. */
  String ending() {
    return "%s of start %s, %s: %s"
        .formatted(
            Numbers.count(iterations, "iteration"), start, Advice.ending(stopReason), advice);
  }

  /** One line; what is not known is null. */
  public String json() {
    var json = new JsonObject();
    json.add("train", train.json());
    if (valid != null) {
      json.add("valid", valid.json());
    }
    json.add("test", test == null ? JsonNull.INSTANCE : test.json());
    json.addProperty("iterations", iterations);
    json.addProperty("stop_reason", stopReason);
    json.addProperty("seconds", seconds);
    return json.toString();
  }
}
