// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.JsonFile;
import dev.unspool.cli.report.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How well a model does on data it has not learned from: {@code metrics.json}.
 *
 * @param test the test part
 * @param valid the validation part
 * @param all all of the data, for another file
 * @param training how the model came about
 */
public record Figures(
    @Nullable Part test, @Nullable Part valid, @Nullable Part all, @Nullable Training training) {

  /** Figures of one part of the data. */
  public sealed interface Part {
    /** One line for people. */
    String describe(String part);
  }

  /**
   * Forecasts, in the targets' own units.
   *
   * @param rmse root of the mean squared error; over all targets, if there are several
   * @param persistenceRmse the same of repeating the newest known value
   * @param rows number of rows predicted
   * @param targets the same for each target
   */
  public record Series(
      @Nullable Double rmse,
      @Nullable Double persistenceRmse,
      long rows,
      Map<String, Target> targets)
      implements Part {

    @Override
    public String describe(String part) {
      var lines = new ArrayList<String>();
      if (targets.size() > 1) {
        targets.forEach(
            (name, target) ->
                lines.add(
                    line(part + " RMSE of " + name, target.rmse(), target.persistenceRmse())));
      }
      lines.add(line(part + " RMSE", rmse, persistenceRmse));
      return String.join(System.lineSeparator(), lines);
    }

    private static String line(String what, @Nullable Double rmse, @Nullable Double persistence) {
      if (rmse == null) {
        return what + " unknown: the predictions are not finite";
      }
      String start = what + " " + Numbers.of(rmse);
      if (persistence == null || persistence == 0) {
        return start;
      }
      double gain = 100 * (1 - rmse / persistence);
      return String.format(
          Locale.ROOT,
          "%s, %.1f %% %s persistence (%s)",
          start,
          Math.abs(gain),
          gain >= 0 ? "below" : "above",
          Numbers.of(persistence));
    }
  }

  /**
   * One target.
   *
   * @param rmse root of the mean squared error
   * @param persistenceRmse the same of repeating the newest known value
   */
  public record Target(@Nullable Double rmse, @Nullable Double persistenceRmse) {}

  /**
   * A language model.
   *
   * @param natsPerToken mean of −log p of the next token
   * @param perplexity its exponential
   * @param bitsPerChar the same information per Unicode character, in bits
   * @param tokens number of tokens predicted
   */
  public record Text(
      @Nullable Double natsPerToken,
      @Nullable Double perplexity,
      @Nullable Double bitsPerChar,
      long tokens)
      implements Part {

    @Override
    public String describe(String part) {
      if (natsPerToken == null || perplexity == null || bitsPerChar == null) {
        return part + ": unknown, the predictions are not finite";
      }
      return "%s: %s nats per token, perplexity %s, %s bits per character"
          .formatted(
              part, Numbers.of(natsPerToken), Numbers.of(perplexity), Numbers.of(bitsPerChar));
    }
  }

  /**
   * How the model came about.
   *
   * @param updates number of updates
   * @param epochs number of epochs begun
   * @param bestUpdate update whose weights did best on the validation part, and were kept
   * @param skippedUpdates updates left out because the gradient was not finite
   * @param parameters size of θ
   */
  public record Training(
      long updates, int epochs, long bestUpdate, long skippedUpdates, long parameters) {}

  /** Reads the figures of a run. */
  static Figures read(Path file, RunConfig config) throws IOException {
    Class<? extends Part> kind = config.csv() != null ? Series.class : Text.class;
    JsonFile stored = JsonFile.read(file, "delete it, and 'unspool resume' writes it anew");
    return new Figures(
        stored.member("test", kind),
        stored.member("valid", kind),
        stored.member("all", kind),
        stored.member("training", Training.class));
  }

  /** The same with the story of the training. */
  public Figures with(Training story) {
    return new Figures(test, valid, all, story);
  }

  /** Lines for people, the most important one last. */
  public List<String> describe() {
    var lines = new ArrayList<String>();
    if (valid != null) {
      lines.add(valid.describe("validation"));
    }
    if (test != null) {
      lines.add(test.describe("test"));
    }
    if (all != null) {
      lines.add(all.describe("all"));
    }
    return lines;
  }
}
