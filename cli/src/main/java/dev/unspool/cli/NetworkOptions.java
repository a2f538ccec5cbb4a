// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.Labels;
import dev.unspool.cli.run.NetworkConfig;
import dev.unspool.cli.run.UsageException;
import dev.unspool.network.Cell;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The network. */
final class NetworkOptions {
  @Option(
      names = "--cell",
      paramLabel = "CELL",
      completionCandidates = Choices.Cells.class,
      description =
          "Recurrent cell: ${COMPLETION-CANDIDATES}. Default: "
              + Defaults.CSV_CELL
              + " (csv), "
              + Defaults.TEXT_CELL
              + " (text).")
  @Nullable Cell cell;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description =
          "Units of each layer. Default: "
              + Defaults.CSV_HIDDEN
              + " (csv), "
              + Defaults.TEXT_HIDDEN
              + " (text).")
  @Nullable Integer hidden;

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "Recurrent layers. Default: " + Defaults.LAYERS + ".")
  int layers = Defaults.LAYERS;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Dropout between two layers. Default: " + Defaults.DROPOUT + ".")
  double dropout = Defaults.DROPOUT;

  @Option(
      names = "--embedding",
      paramLabel = "N",
      description =
          "Width of the table that tokens are looked up in; 0: one-hot. Default: "
              + Defaults.EMBEDDING
              + ", with --tied as wide as --hidden.")
  @Nullable Integer embedding;

  @Option(names = "--tied", description = "Use the embedding's table for the output too.")
  boolean tied;

  @Option(
      names = "--learned-initial-state",
      description = "Learn the state that sequences begin with. Default: zeros.")
  boolean learnedInitialState;

  NetworkConfig config(boolean isText) {
    if (!isText && (embedding != null || tied)) {
      throw new UsageException("--embedding and --tied are for --text");
    }
    if (embedding != null && embedding < 0) {
      throw new UsageException("--embedding must not be negative, found " + embedding);
    }
    int units = hidden != null ? hidden : isText ? Defaults.TEXT_HIDDEN : Defaults.CSV_HIDDEN;
    int width = !isText ? 0 : embedding != null ? embedding : tied ? units : Defaults.EMBEDDING;
    Cell kind =
        cell != null
            ? cell
            : Labels.parse(Cell.class, isText ? Defaults.TEXT_CELL : Defaults.CSV_CELL);
    return new NetworkConfig(kind, units, layers, dropout, width, tied, learnedInitialState);
  }
}
