// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.search;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.Prepared;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.RunSummary;
import dev.unspool.cli.run.SeedsFile;
import dev.unspool.cli.run.Spread;
import dev.unspool.cli.run.Stop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The same training with several seeds, each in a folder of its own, beside each other.
 *
 * @param folder that holds the folders, and {@code seeds.json}
 * @param seeds of the runs
 */
public record SeedRuns(Path folder, List<Long> seeds) {

  /** Opens the run of a seed. */
  @FunctionalInterface
  public interface Opener {
    /** Opens it; whoever calls closes it. */
    Prepared open(long seed) throws IOException;
  }

  /**
   * Trains all of them, or goes on with them.
   *
   * @param parallel number at a time
   * @return what they have come to; null if they were stopped
   * @throws RunException if none of them has figures
   */
  public @Nullable SeedsFile train(Opener opener, int parallel, Console console, Stop stop)
      throws IOException {
    SeedsFile.begun(seeds).write(folder);
    Map<Long, QuietTraining.Result> results = new ConcurrentHashMap<>();
    var jobs = new ArrayList<Callable<Void>>();
    for (long seed : seeds) {
      jobs.add(
          () -> {
            results.put(seed, train(seed, opener, console, stop));
            return null;
          });
    }
    new Crew(parallel, stop).run(jobs);
    if (stop.asked()) {
      return null;
    }
    return ended(new TreeMap<>(results));
  }

  private QuietTraining.Result train(long seed, Opener opener, Console console, Stop stop)
      throws IOException {
    var training = new QuietTraining("seed " + seed, SeedsFile.folder(folder, seed));
    try (Prepared prepared = opener.open(seed)) {
      QuietTraining.Result result = training.train(prepared, Integer.MAX_VALUE, console, stop);
      Figures figures = result.figures();
      if (result.lost() != null) {
        console.warn("seed %s counts in no figure: %s".formatted(seed, result.lost()));
      } else if (figures != null) {
        List<String> lines = figures.describe();
        console.note(
            "seed %s, %s: %s"
                .formatted(
                    seed,
                    Numbers.count(result.epochs(), "epoch"),
                    lines.isEmpty() ? "no figures" : lines.getLast()));
      }
      return result;
    }
  }

  private SeedsFile ended(Map<Long, QuietTraining.Result> results) throws IOException {
    var figures = new ArrayList<Map<String, Double>>();
    long best = 0;
    double least = Double.NaN;
    for (Map.Entry<Long, QuietTraining.Result> each : results.entrySet()) {
      if (each.getValue().lost() != null || each.getValue().figures() == null) {
        continue;
      }
      RunFolder run = RunFolder.open(SeedsFile.folder(folder, each.getKey()));
      figures.add(RunSummary.read(run).figures());
      double validation = each.getValue().validation();
      if (figures.size() == 1 || validation < least) {
        best = each.getKey();
        least = validation;
      }
    }
    if (figures.isEmpty()) {
      throw new RunException("none of the runs in %s has come to an end".formatted(folder));
    }
    SeedsFile file = SeedsFile.begun(seeds).ended(best, Spread.of(figures));
    file.write(folder);
    return file;
  }

  /** Lines for people about what they have come to, the most important one last. */
  public List<String> describe(SeedsFile file) {
    var lines = new ArrayList<String>();
    file.figures()
        .forEach(
            (name, spread) ->
                lines.add(
                    "%s %s, over %s"
                        .formatted(name, spread.describe(), Numbers.count(spread.runs(), "run"))));
    return lines;
  }
}
