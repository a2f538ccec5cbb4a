// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file that an option says to write: never one that the command reads, under whatever name.
 *
 * @param option that says it
 * @param file to be written
 */
record Destination(String option, Path file) {
  /** Checkpoints, and the runs of several seeds, are folders in that of a run. */
  private static final int DEPTH = 3;

  /**
   * Where {@code --plot} draws.
   *
   * @param runs folders that are read
   * @param tables files that are read; null is none
   */
  static void requirePicture(@Nullable Path png, Collection<Path> runs, @Nullable Path... tables)
      throws IOException {
    if (png == null) {
      return;
    }
    UsageException.require(
        ends(png, ".png"),
        "--plot %s: a picture is a PNG; give it a name that ends with .png".formatted(png));
    var plot = new Destination("--plot", png);
    plot.requireNone(tables);
    for (Path run : runs) {
      plot.requireOutside(run, ".png");
    }
  }

  /** Refuses one of these files. */
  void requireNone(@Nullable Path... read) throws IOException {
    for (Path each : read) {
      if (each != null && Files.exists(each) && Files.exists(file)) {
        UsageException.require(
            !Files.isSameFile(each, file),
            "%s %s: what the command reads would be written over; choose another file"
                .formatted(option, file));
      }
    }
  }

  /**
   * Refuses a file of a run.
   *
   * @param made how those end that may be made anew
   */
  void requireOutside(Path run, String made) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    List<Path> read = new ArrayList<>();
    try (Stream<Path> all = Files.walk(run, DEPTH)) {
      all.filter(each -> Files.isRegularFile(each) && !ends(each, made)).forEach(read::add);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    requireNone(read.toArray(Path[]::new));
  }

  private static boolean ends(Path file, String ending) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }
}
