// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a table is.
 *
 * @param file the table
 * @param testFile a table of its own to judge the model on; null for the end of the first one
 * @param format how both are written
 */
public record TableFile(String file, @Nullable String testFile, TableFormat format) {
  /** A table that is judged by its own end. */
  public static TableFile of(Path file, TableFormat format) {
    return new TableFile(file.toString(), null, format);
  }

  /** Another table. */
  TableFile at(String path, TableFormat written) {
    return new TableFile(path, testFile, written);
  }

  /** The same, whatever folder a command is run in. */
  TableFile absolute() {
    return new TableFile(absolute(file), testFile == null ? null : absolute(testFile), format);
  }

  private static String absolute(String file) {
    return Path.of(file).toAbsolutePath().normalize().toString();
  }
}
