// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.Architecture;
import dev.unspool.cli.run.CellFile;
import dev.unspool.cli.run.NetworkConfig;
import dev.unspool.cli.run.UsageException;
import dev.unspool.network.Cell;
import dev.unspool.network.Initialisation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The network. */
final class NetworkOptions {
  /** Options that say what a network is made of. */
  static final Set<String> SHAPE =
      Set.of(
          "--cell",
          "--hidden",
          "--layers",
          "--residual",
          "--norm",
          "--skip",
          "--head",
          "--dropout",
          "--embedding",
          "--tied",
          "--learned-initial-state");

  @Option(
      names = "--cell",
      paramLabel = "CELL",
      split = ",",
      completionCandidates = Choices.Cells.class,
      description =
          "Recurrent cell: ${COMPLETION-CANDIDATES}, with what is said of it, as in"
              + " slstm:heads=4:zoneout=0.1 (docs/cells.md), or FILE.java with one of your own, which is"
              + " compiled, run and kept with the run. Several, as in lstm,gru: one a layer. Default: "
              + Defaults.CSV_CELL
              + " (csv), "
              + Defaults.TEXT_CELL
              + " (text).")
  @Nullable List<String> cells;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      split = ",",
      description =
          "Units of each layer; several, as in 64,32: one a layer. Default: "
              + Defaults.CSV_HIDDEN
              + " (csv), "
              + Defaults.TEXT_HIDDEN
              + " (text).")
  @Nullable List<Integer> hidden;

  @Option(
      names = "--layers",
      paramLabel = "N",
      description =
          "Recurrent layers. Default: as many as --cell or --hidden names, so "
              + Defaults.LAYERS
              + ".")
  @Nullable Integer layers;

  @Option(
      names = "--residual",
      description =
          "Add each layer's input to its output; where their widths differ, through a matrix.")
  boolean residual;

  @Option(names = "--norm", description = "Layer normalisation between two layers.")
  boolean norm;

  @Option(
      names = "--skip",
      description = "Show the input to each layer and to the output, beside what is below them.")
  boolean skip;

  @Option(
      names = "--head",
      paramLabel = "N",
      split = ",",
      description =
          "Layers of rectified units before the linear output, as in 64,32. Default: none.")
  List<Integer> head = List.of();

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
              + ", with --tied as wide as what the output sees.")
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
              + " normal:S (standard deviation S), orthogonal (recurrent weights, as in Keras) or chrono:T"
              + " (gates that remember up to T steps)."
              + " Default: pytorch.")
  String init = "pytorch";

  @Option(
      names = "--forget-bias",
      paramLabel = "B",
      description =
          "What the bias of an LSTM's forget gates begins with; 1 makes a new network remember."
              + " Default: as --init draws it.")
  @Nullable Double forgetBias;

  Architecture architecture(boolean isText) throws IOException {
    if (!isText && (embedding != null || tied)) {
      throw new UsageException("--embedding and --tied are for --text");
    }
    if (embedding != null && embedding < 0) {
      throw new UsageException("--embedding must not be negative, found " + embedding);
    }
    List<Integer> units =
        hidden != null ? hidden : List.of(isText ? Defaults.TEXT_HIDDEN : Defaults.CSV_HIDDEN);
    UsageException.require(
        !tied || !skip || !head.isEmpty(),
        "--tied does not go with --skip unless there is a --head: the output would see the embedding beside the last layer, so more than the embedding is wide; add --head N, or leave one of them out");
    var names = new ArrayList<String>();
    CellFile own = null;
    for (String word :
        cells != null ? cells : List.of(isText ? Defaults.TEXT_CELL : Defaults.CSV_CELL)) {
      CellWord read = CellWord.read(word);
      names.add(read.name());
      if (read.own() == null) {
        continue;
      }
      if (own != null && !own.source().equals(read.own().source())) {
        throw new UsageException(
            "--cell names two files, %s and %s; a run keeps one".formatted(own.name(), word));
      }
      own = read.own();
    }
    boolean plain = units.size() == 1 && !residual && !norm && !skip && head.isEmpty();
    var config =
        new NetworkConfig(
            String.join(",", names),
            units.getFirst(),
            layers != null ? layers : Math.max(names.size(), units.size()),
            dropout,
            isText ? width(units.getLast(), names.getLast(), own) : 0,
            tied,
            learnedInitialState,
            initialisation(),
            plain ? null : new NetworkConfig.Stack(units, residual, norm, skip, head),
            own == null ? null : own.crc32c());
    return new Architecture(config, own);
  }

  /**
   * Width of the embedding of a text.
   *
   * @param hidden units of the last layer
   * @param cell its cell, which may be the user's own
   */
  private int width(int hidden, String cell, @Nullable CellFile own) {
    if (embedding != null || !tied) {
      return embedding != null ? embedding : Defaults.EMBEDDING;
    }
    if (!head.isEmpty()) {
      return head.getLast();
    }
    if (own != null && own.name().equals(cell)) {
      return own.cell().outputs(hidden);
    }
    try {
      return Cell.named(cell).outputs(hidden);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }

  /** How the weights begin; null where nothing was said, so that a configuration stays short. */
  private @Nullable Initialisation initialisation() {
    Initialisation how;
    try {
      how = Initialisation.parse(init).withForgetBias(forgetBias);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--init, --forget-bias: " + e.getMessage());
    }
    return how.equals(Initialisation.PYTORCH) ? null : how;
  }
}
