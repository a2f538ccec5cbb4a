// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.unspool.network.Cell;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a cell has reached on a task.
 *
 * @param cell its name
 * @param task name of the task
 * @param measure what the errors are
 * @param reference what they are to be seen beside
 * @param seeds one training each, at its best learning rate
 */
public record Result(String cell, String task, String measure, String reference, List<Seed> seeds) {
  /** Of a budget, tried first and not counted: what the compiler needs is not the first rate's. */
  private static final double WARM_UP = 0.25;

  /** Copies the list. */
  public Result {
    seeds = List.copyOf(seeds);
  }

  /**
   * The training with one seed.
   *
   * @param error on the test part
   * @param rate that did best on the validation part
   * @param updates that were made
   */
  public record Seed(double error, double rate, long updates) {}

  /** Trains with each seed and rate. */
  static Result of(Task task, Cell cell, Setting setting) {
    double rate = setting.rates().getFirst();
    Trial.run(task, cell, setting, rate, 0, WARM_UP * setting.seconds());
    var seeds = new ArrayList<Seed>();
    for (int i = 1; i <= setting.seeds(); i++) {
      long seed = i;
      Trial best =
          setting.rates().stream()
              .map(some -> Trial.run(task, cell, setting, some, seed, setting.seconds()))
              .min(Comparator.comparingDouble(trial -> trial.best().best()))
              .orElseThrow();
      seeds.add(new Seed(best.test(task), best.rate(), best.updates()));
    }
    return new Result(cell.label(), task.name(), task.measure(), task.reference(), seeds);
  }

  /** What {@link #json} was made of. */
  public static Result of(JsonObject row) {
    var seeds = new ArrayList<Seed>();
    for (JsonElement element : row.getAsJsonArray("seeds")) {
      var seed = element.getAsJsonObject();
      var error = seed.get("error");
      seeds.add(
          new Seed(
              error.isJsonNull() ? Double.NaN : error.getAsDouble(),
              seed.get("rate").getAsDouble(),
              seed.get("updates").getAsLong()));
    }
    return new Result(
        row.get("cell").getAsString(),
        row.get("task").getAsString(),
        row.get("measure").getAsString(),
        row.get("reference").getAsString(),
        seeds);
  }

  /** Mean over the seeds. */
  public double error() {
    return seeds.stream().mapToDouble(Seed::error).average().orElse(Double.NaN);
  }

  /** A line for people. */
  public String text() {
    return "%-16s %-20s %s %s (%s); %s"
        .formatted(
            cell,
            task,
            Figures.of(error()),
            measure,
            reference,
            String.join(
                ", ",
                seeds.stream()
                    .map(seed -> "%s updates at %s".formatted(seed.updates(), seed.rate()))
                    .toList()));
  }

  /** The same for programs. */
  public JsonObject json() {
    var row = new JsonObject();
    row.addProperty("cell", cell);
    row.addProperty("task", task);
    row.addProperty("measure", measure);
    row.addProperty("reference", reference);
    var all = new JsonArray();
    for (Seed seed : seeds) {
      var one = new JsonObject();
      one.addProperty("error", Double.isFinite(seed.error()) ? seed.error() : null);
      one.addProperty("rate", seed.rate());
      one.addProperty("updates", seed.updates());
      all.add(one);
    }
    row.add("seeds", all);
    return row;
  }
}
