// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.search;

import dev.unspool.cli.report.JsonFile;
import dev.unspool.cli.run.NumberedFolders;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a search stands: {@code search.json}.
 *
 * @param format of this file
 * @param command the words that describe it; with others it is another search
 * @param trials in the order in which they were drawn
 * @param winner number of the trial that did best; null until all have ended
 * @param seeds with which the winner is trained again
 * @param figures of these trainings, mean and deviation by name; none until they have ended
 */
public record SearchFile(
    int format,
    List<String> command,
    List<Trial> trials,
    @Nullable Integer winner,
    List<Long> seeds,
    Map<String, Spread> figures) {
  private static final int FORMAT = 1;
  private static final String NAME = RunFolder.SEARCH;

  /**
   * One trial.
   *
   * @param number from 1
   * @param options its settings by option
   * @param rungs what it did, in order of their epochs
   * @param lost why it does not count; null if it does
   */
  public record Trial(
      int number, Map<String, String> options, List<Rung> rungs, @Nullable String lost) {

    /** A trial that has done nothing yet. */
    static Trial of(int number, Map<String, String> options) {
      return new Trial(number, options, List.of(), null);
    }

    Trial with(Rung rung) {
      var more = new ArrayList<>(rungs);
      more.add(rung);
      return new Trial(number, options, List.copyOf(more), lost);
    }

    Trial lost(String reason) {
      return new Trial(number, options, rungs, reason);
    }

    /** The smallest validation loss so far; infinite if there is none. */
    double validation() {
      return rungs.isEmpty() ? Double.POSITIVE_INFINITY : rungs.getLast().validation();
    }

    /** The smallest validation loss when it was compared at a rung, which it has come to. */
    double validationAt(int rung) {
      return rungs.get(rung).validation();
    }

    /** Number of epochs so far. */
    int epochs() {
      return rungs.isEmpty() ? 0 : rungs.getLast().epochs();
    }
  }

  /**
   * What a trial has done when it was compared with others.
   *
   * @param epochs that were over
   * @param validation the smallest validation loss by then
   */
  public record Rung(int epochs, double validation) {}

  /** Checks that it can be read. */
  public SearchFile {
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "found format %s, this version reads format %s".formatted(format, FORMAT));
    }
  }

  /** A search that has done nothing yet. */
  public static SearchFile begun(
      List<String> command, List<Map<String, String>> drawn, List<Long> seeds) {
    var trials = new ArrayList<Trial>();
    drawn.forEach(options -> trials.add(Trial.of(trials.size() + 1, options)));
    return new SearchFile(FORMAT, List.copyOf(command), trials, null, seeds, Map.of());
  }

  SearchFile with(List<Trial> others) {
    return new SearchFile(format, command, List.copyOf(others), winner, seeds, figures);
  }

  SearchFile won(int number) {
    return new SearchFile(format, command, trials, number, seeds, figures);
  }

  SearchFile ended(Map<String, Spread> spreads) {
    return new SearchFile(format, command, trials, winner, seeds, spreads);
  }

  /** Whether a folder holds a search. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(NAME));
  }

  /** Reads the file of a folder that has one. */
  public static SearchFile read(Path folder) throws IOException {
    JsonFile file = JsonFile.read(folder.resolve(NAME), "begin the search anew with --force");
    file.requireUnchanged();
    return file.as(SearchFile.class);
  }

  /** Writes it; a reader sees the old file or the new one. */
  public void write(Path folder) throws IOException {
    JsonFile.writeWithChecksum(folder.resolve(NAME), this);
  }

  /** Deletes it, if it is there. */
  public static void delete(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(NAME));
    Files.deleteIfExists(folder.resolve(SearchTable.CSV));
  }

  /** Where the run of a trial is. */
  public static Path folder(Path of, int trial) {
    return folders(of).folder(trial);
  }

  /** Folders of trials that are there, also where the file that names them is damaged. */
  public static List<Path> runs(Path folder) throws IOException {
    return folders(folder).there(() -> read(folder).trials.stream().map(Trial::number));
  }

  private static NumberedFolders folders(Path of) {
    return new NumberedFolders(of, "trial");
  }

  /** Where the trainings of the winner are. */
  public static Path winner(Path of) {
    return of.resolve("winner");
  }
}
