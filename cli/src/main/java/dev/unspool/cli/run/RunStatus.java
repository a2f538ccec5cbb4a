// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.lm.StopReason;
import dev.unspool.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is in a run folder.
 *
 * @param folder its path
 * @param config how the run is built
 * @param equations a step of its network, one equation a line
 * @param checkpoint where training stands; null of a fit
 * @param unfinished the step that the weights are of, where a fit has not ended; else null
 * @param figures how well the model does, once training is over
 * @param files names of the files
 */
public record RunStatus(
    String folder,
    RunConfig config,
    List<String> equations,
    @Nullable Checkpoint checkpoint,
    @Nullable FitStep unfinished,
    @Nullable Figures figures,
    List<String> files) {

  /**
   * Where training stands.
   *
   * @param update number of updates
   * @param epoch that the next update belongs to
   * @param parameters size of θ
   * @param bestUpdate after which the weights did best on the validation part; 0 if none did
   * @param run name of the run that it belongs to; null in files that do not say it
   */
  public record Checkpoint(
      long update, int epoch, long parameters, long bestUpdate, @Nullable String run) {
    private static final String RUN = "run";

    static Checkpoint of(Map<String, String> about) {
      return new Checkpoint(
          Long.parseLong(about.getOrDefault("update", "0")),
          Integer.parseInt(about.getOrDefault("epoch", "0")),
          Long.parseLong(about.getOrDefault("parameters", "0")),
          Long.parseLong(about.getOrDefault("best_update", "0")),
          about.get(RUN));
    }

    /** For the checkpoint's own description. */
    Map<String, String> about() {
      var about = new LinkedHashMap<String, String>();
      about.put("update", Long.toString(update));
      about.put("epoch", Integer.toString(epoch));
      about.put("parameters", Long.toString(parameters));
      about.put("best_update", Long.toString(bestUpdate));
      about.put("weights", "the newest, of update " + update);
      if (run != null) {
        about.put(RUN, run);
      }
      return about;
    }
  }

  /** Whether a fit was cut off, by a kill, by its user or by the clock. */
  public boolean canGoOn() {
    Figures.Fitting fitting = figures == null ? null : figures.fitting();
    return unfinished != null
        || (fitting != null
            && (fitting.stopReason().equals(StopReason.CANCELLED.label())
                || fitting.stopReason().equals(StopReason.TIME.label())));
  }

  /** Looks into a folder. */
  public static RunStatus read(RunFolder folder) throws IOException {
    RunConfig config = folder.readConfig();
    var network = new Network(config.spec(folder.architecture(config)));
    FitWeights fit = config.isFit() ? FitWeights.read(folder, config, network.parameters()) : null;
    Checkpoint checkpoint =
        !config.isFit() && folder.hasCheckpoint(config)
            ? Checkpoint.of(folder.checkpoints().about())
            : null;
    Figures figures =
        Files.exists(folder.figures()) ? Figures.read(folder.figures(), config) : null;
    try (Stream<Path> files = Files.list(folder.path())) {
      return new RunStatus(
          folder.path().toString(),
          config,
          network.program().toString().lines().toList(),
          checkpoint,
          fit == null || fit.about().finished() ? null : fit.about().step(),
          figures,
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> !name.startsWith(".")) // the lock
              .sorted()
              .toList());
    }
  }
}
