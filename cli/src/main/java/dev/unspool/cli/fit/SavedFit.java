// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.checkpoint.RegularFile;
import dev.unspool.cli.report.JsonFile;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.Digest;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.RunException;
import dev.unspool.lm.StopReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A fit as it stands in its folder, each file checked against what {@code weights.safetensors} says
 * of it.
 *
 * @param folder where it is
 * @param description what the model is
 * @param model with its weights
 * @param about where the weights are from
 */
public record SavedFit(
    FitFolder folder,
    FitFolder.Description description,
    FittedModel model,
    FitWeights.About about) {

  /**
   * Reads a fit. One that goes on meanwhile may replace its weights, not what they are of; only one
   * that begins anew does, and then the new one is read.
   *
   * @throws RunException with one line, if there is none or a file is not what was written
   */
  public static SavedFit read(FitFolder folder) throws IOException {
    byte[] model = bytes(folder);
    while (true) {
      try {
        return read(folder, model);
      } catch (IOException e) {
        byte[] now = bytes(folder);
        if (Digest.of(now).equals(Digest.of(model))) {
          throw e;
        }
        model = now;
      }
    }
  }

  private static byte[] bytes(FitFolder folder) throws IOException {
    if (!Files.isDirectory(folder.path())) {
      throw new RunException("%s: there is no such folder".formatted(folder.path()));
    }
    try {
      return RegularFile.read(folder.model(), FitFolder.LARGEST);
    } catch (NoSuchFileException e) {
      FolderLock.requireIdle(folder.path());
      throw new RunException(
          "%s holds no fitted model: it has no model.json; 'unspool fit' makes one"
              .formatted(folder.path()));
    }
  }

  private static SavedFit read(FitFolder folder, byte[] json) throws IOException {
    FitFolder.Description description = folder.readDescription();
    if (!Files.exists(folder.weights())) {
      throw new RunException(
          "%s is missing: the fit was cut off before there was a model, or somebody took the file away; fit again"
              .formatted(folder.weights()));
    }
    FitWeights weights = FitWeights.read(folder.weights());
    requireDigest(folder.model(), json, weights.about().model());
    FittedModel model;
    try {
      model = description.model(weights.theta());
    } catch (RuntimeException e) {
      throw FitFolder.damaged(folder.model(), e);
    }
    int inputs = model.narx().spec().inputs();
    int targets = model.narx().spec().outputs();
    if (model.inputScale().width() != inputs || model.targetScale().width() != targets) {
      throw new RunException(
          "%s is damaged: it needs a scale for each of %s inputs and %s targets"
              .formatted(folder.model(), inputs, targets));
    }
    if (model.narx().parameters().size() != weights.theta().length) {
      throw new RunException(
          "%s has %s weights, the model of %s needs %s; fit it again"
              .formatted(
                  folder.weights(),
                  weights.theta().length,
                  folder.model(),
                  model.narx().parameters().size()));
    }
    return new SavedFit(folder, description, model, weights.about());
  }

  private static void requireDigest(Path file, byte[] content, String expected)
      throws RunException {
    String found = Digest.of(content);
    if (!found.equals(expected)) {
      throw new RunException(
          "%s is damaged or was changed: its checksum is %s, the fit wrote %s"
              .formatted(file, found, expected));
    }
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
    if (!task.digest().equals(description.rows())) {
      throw new RunException(
          "%s is not what it was when the fit began, and no fit can go on with other measurements; give the old ones with --data, or fit again with --force"
              .formatted(task.data().csv()));
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

  /** What an unfinished fit is, in a sentence. */
  public String standing() {
    return standing(step());
  }

  /** The same of the step that its weights are of. */
  static String standing(FitStep step) {
    Double validation = step.validation();
    return "the fit is unfinished: best so far, of start %s, iteration %s, train RMSE %s%s%s"
        .formatted(
            step.start(),
            step.iteration(),
            Numbers.of(step.rmse()),
            validation == null ? "" : ", validation " + Numbers.of(validation),
            step.normalised() == null ? "" : " (normalised)");
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
