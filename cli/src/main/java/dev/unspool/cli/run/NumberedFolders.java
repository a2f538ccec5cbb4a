// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Folders of runs in that of a search, or of several seeds: {@code trial-1}, {@code seed-5}.
 *
 * @param of where they are
 * @param name in front of the number
 */
public record NumberedFolders(Path of, String name) {
  /** Which numbers there are. */
  public interface Numbers {
    /**
     * As a file says it.
     *
     * @throws IOException if it is damaged
     */
    Stream<? extends Number> read() throws IOException;
  }

  /** One of them. */
  public Path folder(long number) {
    return of.resolve(name + "-" + number);
  }

  /**
   * Those that may be thrown away: of the numbers that a file says, or if it is damaged, all that
   * are named like one, so that one can begin anew.
   */
  public List<Path> there(Numbers numbers) throws IOException {
    Stream<Path> named;
    try {
      named = numbers.read().map(number -> folder(number.longValue()));
    } catch (IOException _) {
      try (Stream<Path> all = Files.list(of)) {
        var form = Pattern.compile(Pattern.quote(name) + "--?\\d+");
        named =
            all
                .filter(each -> form.matcher(String.valueOf(each.getFileName())).matches())
                .sorted()
                .toList()
                .stream();
      }
    }
    return named.filter(Files::isDirectory).toList();
  }

  /** Refuses runs that somebody writes to now, or that hold files of others; changes nothing. */
  public static void requireDeletable(List<Path> runs) throws IOException {
    for (Path run : runs) {
      FolderLock.requireFree(run);
      new RunFolder(run).requireFree(true);
    }
  }

  /** Throws runs away. */
  public static void delete(List<Path> runs, Console console) throws IOException {
    for (Path run : runs) {
      try (FolderLock _ = FolderLock.take(run, console)) {
        RunFolder.create(run, true).withdraw();
      }
    }
  }
}
