// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.report.JsonFile;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.FitStep;
import dev.unspool.cli.run.FitWeights;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.lm.StopReason;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fit as it stands in its folder, each file checked against what {@code weights.safetensors} says
 * of it.
 *
 * @param folder where it is
 * @param config what the model is
 * @param model with its weights
 * @param about where the weights are from
 */
public record SavedFit(
    FitFolder folder, RunConfig config, FittedModel model, FitWeights.About about) {

  /**
   * Reads a fit. One that goes on meanwhile may replace its weights, not what they are of; only one
   * that begins anew does, and then the new one is read.
   *
   * @throws RunException with one line, if there is none or a file is not what was written
   */
  public static SavedFit read(FitFolder folder) throws IOException {
    RunFolder run = RunFolder.open(folder.path());
    RunConfig config = run.readConfig();
    while (true) {
      try {
        return read(folder, config);
      } catch (IOException e) {
        RunConfig now = run.readConfig();
        if (Objects.equals(now.run(), config.run())) {
          throw e;
        }
        config = now;
      }
    }
  }

  private static SavedFit read(FitFolder folder, RunConfig config) throws IOException {
    if (config.narx() == null || config.fitting() == null || config.csv() == null) {
      throw new RunException(
          "%s holds no fitted plant: 'unspool fit' makes one".formatted(folder.path()));
    }
    FittedModel empty = FittedModel.of(config.csv(), config.narx(), config.fitting());
    FitWeights weights = FitWeights.read(new RunFolder(folder.path()), config, empty.layout());
    return new SavedFit(folder, config, empty.with(weights.theta()), weights.about());
  }

  /** Reads measurements for it. */
  public FitTask open(CsvConfig table) throws IOException {
    return FitTask.open(
        table, Objects.requireNonNull(config.narx()), Objects.requireNonNull(config.fitting()));
  }

  /** Whether the fit has ended. */
  public boolean finished() {
    return about.finished();
  }

  /** The step that led to its weights. */
  public FitStep step() {
    return about.step();
  }

  /** Refuses measurements that are not those which the fit began with. */
  public void requireSameRows(FitTask task) throws RunException {
    CsvConfig.Facts facts = config.requireCsv().facts();
    if (facts == null || !task.digest().equals(facts.crc32c())) {
      throw new RunException(
          "%s is not what it was when the fit began, and no fit can go on with other measurements; give the old ones with --data, or fit again with --force"
              .formatted(task.data().file()));
    }
  }

  /** Whether it was cut off, by a kill, by its user or by the clock. */
  public boolean canGoOn() throws IOException {
    if (!finished()) {
      return true;
    }
    FitFigures figures = readFigures();
    return figures != null
        && (figures.stopReason().equals(StopReason.CANCELLED.label())
            || figures.stopReason().equals(StopReason.TIME.label()));
  }

  /** What an unfinished fit is, in a sentence; null of one that has ended. */
  public @Nullable String standing() {
    return finished() ? null : step().standing();
  }

  /** The figures; null where the fit has not ended or somebody has taken them away. */
  @Nullable FitFigures readFigures() throws IOException {
    if (!finished() || !Files.exists(folder.figures())) {
      return null;
    }
    JsonFile file = JsonFile.read(folder.figures(), "");
    file.requireUnchanged();
    return file.as(FitFigures.class);
  }
}
