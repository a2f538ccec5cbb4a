// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.Labels;
import dev.unspool.cli.run.NetworkConfig;
import dev.unspool.cli.run.UsageException;
import dev.unspool.network.Cell;
import dev.unspool.network.Initialisation;
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

  @Option(
      names = "--init",
      paramLabel = "HOW",
      description =
          "How the weights begin: pytorch, uniform:A (all in ±A; 0.1 is usual for language models),"
              + " normal:S (standard deviation S) or orthogonal (recurrent weights, as in Keras)."
              + " Default: pytorch.")
  String init = "pytorch";

  @Option(
      names = "--forget-bias",
      paramLabel = "B",
      description =
          "What the bias of an LSTM's forget gates begins with; 1 makes a new network remember."
              + " Default: as --init draws it.")
  @Nullable Double forgetBias;

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
    return new NetworkConfig(
        kind, units, layers, dropout, width, tied, learnedInitialState, initialisation(kind));
  }

  /** How the weights begin; null where nothing was said, so that a configuration stays short. */
  private @Nullable Initialisation initialisation(Cell kind) {
    if (forgetBias != null && kind != Cell.LSTM) {
      throw new UsageException(
          "--forget-bias is for --cell lstm, found " + Labels.of(kind) + "; leave it away");
    }
    Initialisation how;
    try {
      how = Initialisation.parse(init).withForgetBias(forgetBias);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--init, --forget-bias: " + e.getMessage());
    }
    return how.equals(Initialisation.PYTORCH) ? null : how;
  }
}
