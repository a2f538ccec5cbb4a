// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.model;

import dev.unspool.cli.fit.FitFigures;
import dev.unspool.cli.run.Checkpoint;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.FinalFigures;
import dev.unspool.cli.run.FitStep;
import dev.unspool.cli.run.FitWeights;
import dev.unspool.cli.run.GradientKind;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.lm.StopReason;
import dev.unspool.rtrl.Rtrl;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is in a folder, whoever made the model.
 *
 * @param folder its path
 * @param config what the model is, and how it came about
 * @param equations a step of it, one equation a line; of a NARX model in closed loop
 * @param truncated of a training without a window, the parameters of whose gradients something is
 *     missing; else null
 * @param parameters number of weights
 * @param checkpoint where training stands; null of a fit
 * @param unfinished the step that the weights are of, where a fit has not ended; else null
 * @param figures how well the model does; null where it was not judged yet
 * @param files names of the files
 */
public record FolderStatus(
    String folder,
    RunConfig config,
    List<String> equations,
    @Nullable List<String> truncated,
    int parameters,
    @Nullable Checkpoint checkpoint,
    @Nullable FitStep unfinished,
    @Nullable FinalFigures figures,
    List<String> files) {
  private static final Set<String> CUT_OFF =
      Set.of(StopReason.CANCELLED.label(), StopReason.TIME.label());

  /** Looks into a folder. */
  public static FolderStatus read(RunFolder folder) throws IOException {
    return folder.read(config -> of(folder, config));
  }

  private static FolderStatus of(RunFolder folder, RunConfig config) throws IOException {
    StepProgram step = folder.step(config);
    FitWeights fit = config.isFit() ? FitWeights.read(folder, config, step.parameters()) : null;
    Checkpoint checkpoint =
        fit == null && folder.hasCheckpoint(config)
            ? Checkpoint.of(folder.checkpoints().about())
            : null;
    FitStep unfinished = fit == null || fit.about().finished() ? null : fit.about().step();
    try (Stream<Path> files = Files.list(folder.path())) {
      return new FolderStatus(
          folder.path().toString(),
          config,
          step.toString().lines().toList(),
          truncated(config, step),
          checkpoint != null
              ? Math.toIntExact(checkpoint.parameters()) // of words, fewer may have been found
              : step.parameters().size(),
          checkpoint,
          unfinished,
          unfinished == null ? figures(folder, config) : null,
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> !name.startsWith(".")) // the lock
              .sorted()
              .toList());
    }
  }

  private static @Nullable List<String> truncated(RunConfig config, StepProgram step) {
    boolean forwards =
        config.training() != null
            && config.requireTraining().sweep().gradient() == GradientKind.RTRL;
    return forwards ? Rtrl.truncatedIn(step) : null;
  }

  /** How well the model does, as the folder says; null where it does not. */
  public static @Nullable FinalFigures figures(RunFolder folder, RunConfig config)
      throws IOException {
    if (!Files.exists(folder.figures())) {
      return null;
    }
    return config.narx() != null && config.isFit()
        ? FitFigures.read(folder.figures())
        : Figures.read(folder.figures(), config);
  }

  /** Whether a fit was cut off, by a kill, by its user or by the clock. */
  public boolean canGoOn() {
    return unfinished != null || (figures != null && CUT_OFF.contains(figures.stopReason()));
  }
}
