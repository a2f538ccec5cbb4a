// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.narx.Narx;
import dev.unspool.network.Cell;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A NARX model as it is configured, with the cell that its user wrote.
 *
 * @param config what the run says
 * @param own the user's own cell, if there is one
 */
public record Plant(NarxConfig config, @Nullable CellFile own) {

  /**
   * The model for the columns of a table.
   *
   * @throws UsageException if its parts do not fit
   */
  public Narx model(CsvConfig csv) {
    String name = config.cell();
    Cell cell = name == null ? null : own == null ? Cell.named(name) : own.cell();
    try {
      return new Narx(config.spec(csv.inputs().size(), csv.targets().size(), cell));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }

  /** The same, run in another way. */
  public Plant with(NarxConfig other) {
    return new Plant(other, own);
  }

  /** Keeps the user's own cell with the run. */
  public void keep(RunFolder folder) throws IOException {
    if (own != null) {
      own.write(folder.cell());
    }
  }
}
