// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.CellFile;
import dev.unspool.cli.run.UsageException;
import dev.unspool.network.Cell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A word of {@code --cell}: the name of a cell, or a file with one.
 *
 * @param name of the cell, or of its file
 * @param own what is in the file; null of a built-in cell
 */
record CellWord(String name, @Nullable CellFile own) {
  static CellWord read(String word) throws IOException {
    if (word.endsWith(CellFile.SUFFIX)) {
      CellFile own = CellFile.read(Path.of(word));
      return new CellWord(own.name(), own);
    }
    try {
      return new CellWord(Cell.named(word).label(), null);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--cell: " + e.getMessage() + otherwise(word));
    }
  }

  /** What a word may have been meant as that is no cell with its parameters. */
  private static String otherwise(String word) {
    String[] parts = word.split(":", 2);
    if (parts[0].endsWith(CellFile.SUFFIX)) {
      return "; behind a colon stand parameters of built-in cells alone, those of your own are numbers in %s"
          .formatted(parts[0]);
    }
    return Cell.labels().contains(parts[0].toLowerCase(Locale.ROOT)) ? "" : ", and no FILE.java";
  }
}
