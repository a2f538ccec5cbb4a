// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.CellFile;
import dev.unspool.cli.run.UsageException;
import dev.unspool.network.Cell;
import java.io.IOException;
import java.nio.file.Path;
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
      throw new UsageException("--cell: " + e.getMessage() + ", and no FILE.java");
    }
  }
}
