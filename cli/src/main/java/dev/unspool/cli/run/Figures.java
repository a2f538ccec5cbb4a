// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.judge.HorizonFigures;
import dev.unspool.cli.judge.HorizonTable;
import dev.unspool.cli.report.JsonFile;
import dev.unspool.cli.report.Numbers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 * @param training how a trained model came about
 * @param fitting how a fitted network came about
 */
public record Figures(
    @Nullable Part test,
    @Nullable Part valid,
    @Nullable Part all,
    @Nullable Training training,
    @Nullable Fitting fitting)
    implements FinalFigures {
  /** Figures of what was not made just now. */
  public Figures(
      @Nullable Part test, @Nullable Part valid, @Nullable Part all, @Nullable Training training) {
    this(test, valid, all, training, null);
  }

  /** Figures of one part of the data. */
  public interface Part {
    /** Lines for people. */
    List<String> describe(String part);
  }

  /**
   * Forecasts, in the targets' own units. Over several targets there is no figure: their units
   * differ.
   *
   * @param rmse root of the mean squared error, of a single target
   * @param mae mean size of an error, of a single target
   * @param persistenceRmse RMSE of repeating the newest known value, of a single target
   * @param constantRmse RMSE of always saying the middle of the training part (its mean, with a
   *     robust scale its median), of a single target whose newest value is not known
   * @param rows number of rows predicted
   * @param targets the same for each target
   */
  public record Series(
      @Nullable Double rmse,
      @Nullable Double mae,
      @Nullable Double persistenceRmse,
      @Nullable Double constantRmse,
      long rows,
      Map<String, Target> targets)
      implements Part {

    static Series of(long rows, Map<String, Target> targets) {
      Target only = targets.size() == 1 ? targets.values().iterator().next() : null;
      return only == null
          ? new Series(null, null, null, null, rows, targets)
          : new Series(
              only.rmse(), only.mae(), only.persistenceRmse(), only.constantRmse(), rows, targets);
    }

    @Override
    public List<String> describe(String part) {
      var lines = new ArrayList<String>();
      targets.forEach(
          (name, target) -> {
            if (target.horizons() != null) {
              lines.addAll(
                  HorizonTable.describe(targets.size() > 1 ? name : "", target.horizons()));
            }
          });
      targets.forEach(
          (name, target) ->
              lines.add(
                  part
                      + " RMSE "
                      + (targets.size() > 1 ? "of " + name + " " : "")
                      + target.line()));
      return lines;
    }

    /**
     * The same with figures by how far ahead.
     *
     * @param further of each target, by its name
     */
    Series with(Map<String, List<HorizonFigures>> further) {
      var all = new LinkedHashMap<String, Target>();
      targets.forEach((name, target) -> all.put(name, target.with(further.get(name))));
      return new Series(rmse, mae, persistenceRmse, constantRmse, rows, all);
    }
  }

  /**
   * One target.
   *
   * @param rmse root of the mean squared error
   * @param mae mean size of an error
   * @param persistenceRmse RMSE of repeating the newest value, where it is known
   * @param persistenceMae MAE of the same
   * @param constantRmse RMSE of always saying the middle of the training part, where it is not
   * @param constantMae MAE of the same
   * @param horizons the same and more by how far ahead, from rolling origins; null in files that do
   *     not say it
   */
  public record Target(
      @Nullable Double rmse,
      @Nullable Double mae,
      @Nullable Double persistenceRmse,
      @Nullable Double persistenceMae,
      @Nullable Double constantRmse,
      @Nullable Double constantMae,
      @Nullable List<HorizonFigures> horizons) {

    /** The same by how far ahead. */
    Target with(@Nullable List<HorizonFigures> further) {
      return new Target(
          rmse, mae, persistenceRmse, persistenceMae, constantRmse, constantMae, further);
    }

    /** Beyond this, a percentage is hard to read. */
    private static final double MANY_TIMES = 10;

    String line() {
      if (rmse == null) {
        return "unknown: the predictions are not finite";
      }
      String line = Numbers.of(rmse);
      if (persistenceRmse != null) {
        line += than("persistence", rmse, persistenceRmse);
      } else if (constantRmse != null) {
        line += than("a constant", rmse, constantRmse);
      }
      return mae == null ? line : line + ", MAE " + Numbers.of(mae);
    }

    private static String than(String what, double rmse, double baseline) {
      if (baseline == 0) {
        return "";
      }
      double ratio = rmse / baseline;
      String found = Numbers.of(baseline);
      return ratio > MANY_TIMES
          ? ", %s times that of %s (%s)".formatted(Numbers.of(ratio), what, found)
          : String.format(
              Locale.ROOT,
              ", %.1f %% %s %s (%s)",
              100 * Math.abs(1 - ratio),
              ratio <= 1 ? "below" : "above",
              what,
              found);
    }
  }

  /**
   * A language model.
   *
   * @param natsPerToken mean of −log p of the next token; null if the predictions are not finite
   * @param perplexity its exponential; null where that is beyond all numbers
   * @param bitsPerChar the same information per Unicode character, in bits; null where no character
   *     begins in the part
   * @param tokens number of tokens predicted
   */
  public record Text(
      @Nullable Double natsPerToken,
      @Nullable Double perplexity,
      @Nullable Double bitsPerChar,
      long tokens)
      implements Part {

    @Override
    public List<String> describe(String part) {
      if (natsPerToken == null) {
        return List.of(part + ": unknown, the predictions are not finite");
      }
      var words = new ArrayList<String>();
      words.add(Numbers.of(natsPerToken) + " nats per token");
      words.addAll(
          perplexity == null ? List.of() : List.of("perplexity " + Numbers.of(perplexity)));
      words.addAll(
          bitsPerChar == null
              ? List.of()
              : List.of(Numbers.of(bitsPerChar) + " bits per character"));
      return List.of("%s: %s".formatted(part, String.join(", ", words)));
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

  /**
   * How a fit came about.
   *
   * @param iterations number of iterations
   * @param bestIteration the one whose weights were kept
   * @param stopReason why it ended
   * @param seconds that it took
   * @param parameters size of θ
   * @param advice what the stop reason means
   */
  public record Fitting(
      int iterations,
      int bestIteration,
      String stopReason,
      double seconds,
      long parameters,
      String advice) {}

  /** Reads the figures of a training, or of a fit of a network. */
  public static Figures read(Path file, RunConfig config) throws IOException {
    Class<? extends Part> kind =
        config.text() != null
            ? Text.class
            : config.narx() != null ? FreeRunFigures.class : Series.class;
    JsonFile stored = JsonFile.read(file, "delete it, and 'unspool resume' writes it anew");
    stored.requireUnchanged();
    return new Figures(
        stored.member("test", kind),
        stored.member("valid", kind),
        stored.member("all", kind),
        stored.member("training", Training.class),
        stored.member("fitting", Fitting.class));
  }

  /** The same with the story of the training. */
  public Figures with(Training story) {
    return new Figures(test, valid, all, story);
  }

  /** The same with the story of the fit. */
  public Figures with(Fitting story) {
    return new Figures(test, valid, all, training, story);
  }

  @Override
  public @Nullable String stopReason() {
    return fitting == null ? null : fitting.stopReason;
  }

  /** Lines for people, the most important one last. */
  @Override
  public List<String> describe() {
    var lines = new ArrayList<String>();
    if (valid != null) {
      lines.addAll(valid.describe("validation"));
    }
    if (test != null) {
      lines.addAll(test.describe("test"));
    }
    if (all != null) {
      lines.addAll(all.describe("all"));
    }
    return lines;
  }
}
