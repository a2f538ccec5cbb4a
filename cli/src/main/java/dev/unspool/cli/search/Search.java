// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.search;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.Prepared;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.SeedsFile;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and
 * Hyperparameter Optimization", 2016; its budgets are those of a bracket of Li et al., "Hyperband",
 * 2018): all trials are trained for a few epochs, the best of them for some more, and so on, until
 * few are trained to their end. The learning rate of each follows its whole course from the
 * beginning. The trials of a rung are trained beside each other, and compared when all of them are
 * done; so what comes out does not depend on how many run at a time.
 */
public final class Search {
  private final Path folder;
  private final Opener opener;
  private final int halving;
  private final int parallel;
  private final Console console;
  private final Stop stop;
  private final List<SearchFile.Trial> trials;
  private SearchFile file;

  /** Opens the run of a trial. */
  @FunctionalInterface
  public interface Opener {
    /**
     * Opens it; whoever calls closes it.
     *
     * @param options of the trial
     * @param seed null: as it is for all trials
     */
    Prepared open(Map<String, String> options, @Nullable Long seed) throws IOException;
  }

  /**
   * A search that goes on where its file says.
   *
   * @param folder of the search
   * @param halving one in so many goes on after a rung; 1: all are trained to their end
   * @param parallel trials at a time
   */
  public Search(
      Path folder,
      SearchFile file,
      Opener opener,
      int halving,
      int parallel,
      Console console,
      Stop stop) {
    this.folder = folder;
    this.file = file;
    this.opener = opener;
    this.halving = halving;
    this.parallel = parallel;
    this.console = console;
    this.stop = stop;
    this.trials = new ArrayList<>(file.trials());
  }

  /**
   * How many rungs there are before the last one.
   *
   * @param count number of trials
   * @param epochs of the shortest of them
   */
  static int rungs(int count, int epochs, int halving) {
    int rungs = 0;
    if (halving > 1) {
      long share = halving;
      while (share <= count && share <= epochs) {
        rungs++;
        share *= halving;
      }
    }
    return rungs;
  }

  /**
   * Searches.
   *
   * @param epochs of the trial that has the fewest
   * @return what has come out; null if it was stopped
   * @throws RunException if no trial has come to an end
   */
  public @Nullable SearchFile run(int epochs) throws IOException {
    file.write(folder);
    Integer winner = file.winner();
    if (winner == null) {
      winner =
          best(
              trials.stream().map(SearchFile.Trial::number).toList(),
              0,
              rungs(trials.size(), epochs, halving));
      if (stop.asked()) {
        return null;
      }
      if (winner == null) {
        throw new RunException("all trials are lost, the first since " + firstLost());
      }
      file = file.won(winner);
      file.write(folder);
    }
    SearchTable.write(file, folder);
    return trainAgain(trial(winner));
  }

  /**
   * Trains some trials up to a rung, and the best of them further. What it does depends on nothing
   * but what the trials did at each rung, so that a search that goes on does what it would have
   * done.
   *
   * @return the one that does best at the last rung; null if all of them are lost, or if it was
   *     stopped
   */
  private @Nullable Integer best(List<Integer> numbers, int rung, int last) throws IOException {
    train(numbers, rung, last);
    if (stop.asked()) {
      return null;
    }
    List<Integer> sound =
        numbers.stream()
            .map(this::trial)
            .filter(trial -> trial.rungs().size() > rung)
            .sorted(
                Comparator.comparing((SearchFile.Trial trial) -> trial.validationAt(rung))
                    .thenComparing(SearchFile.Trial::number))
            .map(SearchFile.Trial::number)
            .toList();
    if (rung == last) {
      return sound.isEmpty() ? null : sound.getFirst();
    }
    int keep = Math.max(1, numbers.size() / halving);
    for (int from = 0; from < sound.size() && !stop.asked(); from += keep) {
      if (from > 0) {
        console.note("What went on from rung %s is lost; the next best go on".formatted(rung + 1));
      }
      List<Integer> next = sound.subList(from, Math.min(sound.size(), from + keep));
      Integer winner = best(next, rung + 1, last);
      if (winner != null) {
        return winner;
      }
    }
    return null;
  }

  private String firstLost() {
    return trials.stream()
        .map(SearchFile.Trial::lost)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse("");
  }

  private SearchFile.Trial trial(int number) {
    return trials.get(number - 1);
  }

  private void train(List<Integer> numbers, int rung, int last) throws IOException {
    var jobs = new ArrayList<Callable<Void>>();
    for (int number : numbers) {
      if (trial(number).rungs().size() <= rung && trial(number).lost() == null) {
        jobs.add(
            () -> {
              train(trial(number), last - rung);
              return null;
            });
      }
    }
    if (!jobs.isEmpty() && last > 0) {
      console.note(
          "Rung %s of %s: %s".formatted(rung + 1, last + 1, Numbers.count(jobs.size(), "trial")));
    }
    new Crew(parallel, stop).run(jobs);
  }

  /**
   * Trains one.
   *
   * @param rungsLeft how often its epochs are divided
   */
  private void train(SearchFile.Trial trial, int rungsLeft) throws IOException {
    String name = "trial %s (%s)".formatted(trial.number(), words(trial.options()));
    var training = new QuietTraining(name, SearchFile.folder(folder, trial.number()));
    QuietTraining.Result result;
    try (Prepared prepared = opener.open(trial.options(), null)) {
      int epochs = prepared.config().requireTraining().limit().epochs();
      int until =
          rungsLeft == 0
              ? Integer.MAX_VALUE
              : (int) Math.ceil(epochs / Math.pow(halving, rungsLeft));
      result = training.train(prepared, until, console, stop);
    } catch (UsageException | IllegalArgumentException | IllegalStateException e) {
      done(trial.lost(String.valueOf(e.getMessage())));
      console.warn("%s is lost: %s".formatted(name, e.getMessage()));
      return;
    }
    boolean ended = result.figures() != null || (rungsLeft > 0 && !stop.asked());
    if (result.lost() != null || (ended && !Double.isFinite(result.validation()))) {
      String reason = result.lost() != null ? result.lost() : "its validation loss is not finite";
      done(trial.lost(reason));
      console.warn("%s is lost: %s".formatted(name, reason));
    } else if (ended) {
      done(trial.with(new SearchFile.Rung(result.epochs(), result.validation())));
      console.note(
          "%s: validation loss %s after %s"
              .formatted(
                  name, Numbers.of(result.validation()), Numbers.count(result.epochs(), "epoch")));
    }
  }

  private synchronized void done(SearchFile.Trial trial) throws IOException {
    trials.set(trial.number() - 1, trial);
    file = file.with(trials);
    file.write(folder);
  }

  /** Options as they are given with {@code --try}. */
  public static String words(Map<String, String> options) {
    return options.entrySet().stream()
        .map(option -> "%s=%s".formatted(option.getKey().substring(2), option.getValue()))
        .collect(Collectors.joining(" "));
  }

  /** What was chosen because it did best by one seed is judged by others. */
  private @Nullable SearchFile trainAgain(SearchFile.Trial winner) throws IOException {
    if (file.seeds().isEmpty() || !file.figures().isEmpty()) {
      return file;
    }
    console.note(
        "Trial %s is trained again with %s"
            .formatted(winner.number(), Numbers.count(file.seeds().size(), "other seed")));
    Path folderOfSeeds = SearchFile.winner(folder);
    Files.createDirectories(folderOfSeeds);
    SeedsFile seeds =
        new SeedRuns(folderOfSeeds, file.seeds())
            .train(seed -> opener.open(winner.options(), seed), parallel, console, stop);
    if (seeds == null) {
      return null;
    }
    file = file.ended(seeds.figures());
    file.write(folder);
    return file;
  }
}
