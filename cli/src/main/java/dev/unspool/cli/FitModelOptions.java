// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.CellFile;
import dev.unspool.cli.run.NarxConfig;
import dev.unspool.cli.run.Plant;
import dev.unspool.narx.Identification;
import dev.unspool.narx.InitialOutputs;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The shape of a fitted model. */
final class FitModelOptions {
  @Option(
      names = "--hidden",
      paramLabel = "N",
      split = ",",
      description =
          "Units of each layer, from the first: 8, or 3,3. Default: " + FitDefaults.HIDDEN + ".")
  @Nullable List<Integer> hidden;

  @Option(
      names = "--cell",
      paramLabel = "CELL",
      completionCandidates = Choices.Cells.class,
      description =
          "Recurrent layers of this kind instead of layers of tanh units: ${COMPLETION-CANDIDATES}, or"
              + " FILE.java with a cell of your own, which is compiled, run and kept with the model."
              + " Default: tanh units without a state.")
  @Nullable String cell;

  @Option(
      names = "--input-delays",
      paramLabel = "ROWS",
      description =
          "Rows back at which the model sees each input; 0: the same row. A list such as 0,1,2 or"
              + " 1-10. Default: "
              + FitDefaults.INPUT_DELAYS
              + ", with --cell "
              + FitDefaults.CELL_INPUT_DELAYS
              + ".")
  @Nullable String inputDelays;

  @Option(
      names = {"--output-delays", "--feedback"},
      paramLabel = "ROWS",
      description =
          "Rows back at which it sees each target, likewise, or none. Default: "
              + FitDefaults.OUTPUT_DELAYS
              + ", with --cell "
              + FitDefaults.CELL_OUTPUT_DELAYS
              + ".")
  @Nullable String outputDelays;

  @Option(
      names = "--internal-delays",
      paramLabel = "ROWS",
      description =
          "Rows back at which each layer sees itself and the layers after it, likewise. Default:"
              + " none.")
  String internalDelays = "none";

  /** The model, run as one is where nothing else is said. */
  Plant plant() throws IOException {
    boolean tanh = cell == null;
    List<Integer> internal = Delays.parse("--internal-delays", internalDelays);
    boolean remembers = !tanh || !internal.isEmpty();
    CellWord word = cell == null ? null : CellWord.read(cell);
    CellFile own = word == null ? null : word.own();
    var config =
        new NarxConfig(
            word == null ? null : word.name(),
            hidden != null ? hidden : List.of(FitDefaults.HIDDEN),
            Delays.parse(
                "--input-delays",
                inputDelays != null
                    ? inputDelays
                    : tanh ? FitDefaults.INPUT_DELAYS : FitDefaults.CELL_INPUT_DELAYS),
            Delays.parse(
                "--output-delays",
                outputDelays != null
                    ? outputDelays
                    : tanh ? FitDefaults.OUTPUT_DELAYS : FitDefaults.CELL_OUTPUT_DELAYS),
            internal,
            Identification.PARALLEL,
            new NarxConfig.FreeRun(InitialOutputs.MEASURED, remembers ? FitDefaults.WARM_UP : 0),
            own == null ? null : own.crc32c());
    return new Plant(config, own);
  }
}
