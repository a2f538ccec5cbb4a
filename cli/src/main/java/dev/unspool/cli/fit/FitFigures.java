// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.unspool.cli.report.Numbers;
import dev.unspool.narx.Agreement;
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
   * Figures of one part; over several targets the root mean square of their errors, and the mean of
   * their percents.
   *
   * @param rmse of a free run; null if it diverged
   * @param fitPercent of a free run
   * @param oneStepRmse of predictions from measured outputs; null where the model has none
   * @param oneStepFitPercent likewise
   * @param rows number of rows
   * @param targets for each of several targets its figures
   */
  public record Part(
      @Nullable Double rmse,
      @Nullable Double fitPercent,
      @Nullable Double oneStepRmse,
      @Nullable Double oneStepFitPercent,
      int rows,
      @Nullable Map<String, Target> targets) {

    static Part of(List<String> names, Trace simulated, @Nullable Trace predicted) {
      List<Agreement> agreements = simulated.agreements();
      Map<String, Target> each = null;
      if (names.size() > 1) {
        each = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
          Agreement one = agreements.get(i);
          each.put(
              names.get(i),
              new Target(Numbers.finite(one.rmse()), Numbers.finite(one.fitPercent())));
        }
      }
      List<Agreement> steps = predicted == null ? List.of() : predicted.agreements();
      return new Part(
          rmse(agreements),
          percent(agreements),
          rmse(steps),
          percent(steps),
          simulated.rows(),
          each);
    }

    private static @Nullable Double rmse(List<Agreement> agreements) {
      double squares = 0;
      for (Agreement agreement : agreements) {
        squares += agreement.rmse() * agreement.rmse() / agreements.size();
      }
      return agreements.isEmpty() ? null : Numbers.finite(Math.sqrt(squares));
    }

    private static @Nullable Double percent(List<Agreement> agreements) {
      double sum = 0;
      for (Agreement agreement : agreements) {
        sum += agreement.fitPercent() / agreements.size();
      }
      return agreements.isEmpty() ? null : Numbers.finite(sum);
    }

    /** Only the free run's. */
    JsonObject json() {
      JsonObject json = new Target(rmse, fitPercent).json();
      if (targets != null) {
        var each = new JsonObject();
        targets.forEach((name, target) -> each.add(name, target.json()));
        json.add("targets", each);
      }
      return json;
    }
  }

  /**
   * Figures of one target.
   *
   * @param rmse of a free run
   * @param fitPercent of a free run
   */
  public record Target(@Nullable Double rmse, @Nullable Double fitPercent) {
    JsonObject json() {
      var json = new JsonObject();
      json.add("rmse", number(rmse));
      json.add("fit_percent", number(fitPercent));
      return json;
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
