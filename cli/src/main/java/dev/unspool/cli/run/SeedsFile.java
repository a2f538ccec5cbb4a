// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What makes a folder one of several runs that differ in their seed alone: {@code seeds.json}.
 *
 * @param format of this file
 * @param seeds of the runs, each in a folder of its own
 * @param best the one whose run did best on the validation part; null until all have ended
 * @param figures mean and deviation over the runs, by name; none until all have ended
 */
public record SeedsFile(
    int format, List<Long> seeds, @Nullable Long best, Map<String, Spread> figures) {
  private static final int FORMAT = 1;
  private static final String NAME = "seeds.json";

  /** Checks that there is one. */
  public SeedsFile {
    if (format != FORMAT || seeds.isEmpty() || (best != null && !seeds.contains(best))) {
      throw new IllegalArgumentException(
          "format %s, seeds %s, best %s; expected format %s and the best among the seeds"
              .formatted(format, seeds, best, FORMAT));
    }
  }

  /** Runs that have not all ended. */
  public static SeedsFile begun(List<Long> seeds) {
    return new SeedsFile(FORMAT, List.copyOf(seeds), null, Map.of());
  }

  /** The same when all have ended. */
  public SeedsFile ended(long theBest, Map<String, Spread> spreads) {
    return new SeedsFile(format, seeds, theBest, spreads);
  }

  /** Whether a folder holds such runs, and not a run itself. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(NAME), LinkOption.NOFOLLOW_LINKS)
        && !Files.exists(folder.resolve(OwnFiles.CONFIG));
  }

  /** Reads the file of a folder that has one. */
  public static SeedsFile read(Path folder) throws IOException {
    JsonFile file =
        JsonFile.read(folder.resolve(NAME), "give its 'train' command again, with --force");
    file.requireUnchanged();
    return file.as(SeedsFile.class);
  }

  /** Writes it; a reader sees the old file or the new one. */
  public void write(Path folder) throws IOException {
    JsonFile.writeWithChecksum(folder.resolve(NAME), this);
  }

  /** Deletes it, if it is there, and before it the page that was made of its runs. */
  public static void delete(Path folder) throws IOException {
    Path page = folder.resolve(OwnFiles.REPORT);
    if (Files.isRegularFile(page, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(page);
    }
    Files.deleteIfExists(folder.resolve(NAME));
  }

  /** Where the run of a seed is. */
  public static Path folder(Path of, long seed) {
    return folders(of).folder(seed);
  }

  /** Folders of runs that are there, also where the file that names them is damaged. */
  public static List<Path> runs(Path folder) throws IOException {
    return folders(folder).there(() -> read(folder).seeds.stream());
  }

  private static NumberedFolders folders(Path of) {
    return new NumberedFolders(of, "seed");
  }

  /** The run that did best. */
  static RunFolder best(Path folder) throws IOException {
    SeedsFile file = read(folder);
    if (file.best == null) {
      throw new RunException(
          "%s holds runs of the seeds %s, which have not all ended; 'unspool resume %s' goes on, or give one of them, such as %s"
              .formatted(
                  folder,
                  Json.line(file.seeds).replaceAll("[\\[\\]]", ""),
                  folder,
                  folder(folder, file.seeds.getFirst())));
    }
    return RunFolder.open(folder(folder, file.best));
  }
}
