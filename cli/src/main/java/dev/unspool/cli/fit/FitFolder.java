// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.narx.Narx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The files of a fit.
 *
 * @param path of the folder
 */
public record FitFolder(Path path) {
  private static final int FORMAT = 1;
  private static final String TENSOR = "theta";

  /**
   * {@code model.json}: what a model is, but for its weights.
   *
   * @param format of this file; 1
   * @param data it was fitted to
   * @param shape of the model
   * @param training how it was fitted
   * @param inputScale units of the inputs
   * @param targetScale units of the targets
   */
  public record Description(
      int format,
      FitData data,
      ModelShape shape,
      FitTraining training,
      Scale inputScale,
      Scale targetScale) {

    /** Gson leaves null what a file does not say. */
    public Description {
      requireSaid("data", data);
      requireSaid("shape", shape);
      requireSaid("training", training);
      requireSaid("input_scale", inputScale);
      requireSaid("target_scale", targetScale);
    }

    static Description of(FitData data, ModelShape shape, FitTraining training, FittedModel model) {
      return new Description(
          FORMAT, data, shape, training, model.inputScale(), model.targetScale());
    }

    /** The model with those weights. */
    FittedModel model(double[] theta) {
      var narx = new Narx(shape.spec(data.inputs().size(), data.targets().size()));
      return new FittedModel(
          narx, theta, inputScale, targetScale, training.warmUp(), training.initial());
    }
  }

  /**
   * A folder for a new fit.
   *
   * @param force whether what is there already is thrown away
   */
  public static FitFolder create(Path path, boolean force) throws IOException {
    var folder = new FitFolder(path);
    folder.requireFree(force);
    RunFolder.create(path, force);
    for (Path file :
        new Path[] {
          folder.model(),
          folder.weights(),
          folder.simulationChart(),
          folder.residualsChart(),
          folder.convergenceChart()
        }) {
      Files.deleteIfExists(file);
    }
    return folder;
  }

  /** Refuses a folder that holds a fit or a run, unless that may be thrown away. */
  public void requireFree(boolean force) throws RunException {
    new RunFolder(path).requireFree(force);
  }

  /**
   * Refuses a place where no folder can be made, as far as can be seen without making one: a fit
   * may take hours before it has something to write.
   */
  public void requirePossible() throws RunException {
    Path there = path.toAbsolutePath();
    for (Path above = there; above != null && !Files.exists(there); above = above.getParent()) {
      there = above;
    }
    if (!Files.isDirectory(there)) {
      throw new RunException("%s is in the way: it is not a folder".formatted(there));
    }
    if (!Files.isWritable(there)) {
      throw new RunException(
          "%s cannot be written to; choose another --out for what is fitted".formatted(there));
    }
  }

  /** Whether there is a fit in it. */
  public boolean isThere() {
    return Files.exists(model());
  }

  /** What the model is. */
  public Path model() {
    return path.resolve(RunFolder.FITTED_MODEL);
  }

  /** Its weights. */
  public Path weights() {
    return path.resolve("weights.safetensors");
  }

  /** One line an iteration. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** The final figures. */
  public Path figures() {
    return path.resolve("metrics.json");
  }

  /** Simulation against measurement. */
  public Path simulationChart() {
    return path.resolve("simulation.png");
  }

  /** Correlation of the residuals. */
  public Path residualsChart() {
    return path.resolve("residuals.png");
  }

  /** Errors by iteration. */
  public Path convergenceChart() {
    return path.resolve("convergence.png");
  }

  /** Writes a model; {@code model.json} comes last, so that it never stands alone. */
  void write(Description description, FittedModel model) throws IOException {
    double[] theta = model.weights();
    Safetensors.write(weights(), Map.of(TENSOR, Tensor.of(theta, theta.length)), Map.of());
    Json.write(model(), description);
  }

  /** Refuses null, which the type rules out and Gson does not. */
  static void requireSaid(String name, Object value) {
    if (Objects.isNull(value)) {
      throw new IllegalArgumentException("'%s' is missing".formatted(name));
    }
  }

  /** Reads the figures, null if there are none. */
  @Nullable FitFigures readFigures() throws IOException {
    try {
      return Files.exists(figures()) ? Json.read(figures(), FitFigures.class) : null;
    } catch (RuntimeException e) {
      throw damaged(figures(), e);
    }
  }

  /** Reads what a model is. */
  public Description readDescription() throws IOException {
    if (!Files.isDirectory(path)) {
      throw new RunException("%s: there is no such folder".formatted(path));
    }
    Description description;
    try {
      description = Json.read(model(), Description.class);
    } catch (NoSuchFileException e) {
      throw new RunException(
          "%s holds no fitted model: it has no model.json; 'unspool fit' makes one"
              .formatted(path));
    } catch (RuntimeException e) {
      throw damaged(model(), e);
    }
    if (description.format() != FORMAT) {
      throw new RunException(
          "%s has format %s, this version reads format %s"
              .formatted(model(), description.format(), FORMAT));
    }
    return description;
  }

  /** Reads a model. */
  public FittedModel read(Description description) throws IOException {
    double[] theta;
    try {
      theta = Safetensors.read(weights()).tensor(TENSOR).doubles();
    } catch (IllegalArgumentException e) {
      throw new RunException("%s is damaged: %s".formatted(weights(), e.getMessage()));
    }
    FittedModel model;
    try {
      model = description.model(theta);
    } catch (RuntimeException e) {
      throw damaged(model(), e); // Gson fills what is missing with null, whatever the type says
    }
    int inputs = model.narx().spec().inputs();
    int targets = model.narx().spec().outputs();
    if (model.inputScale().width() != inputs || model.targetScale().width() != targets) {
      throw new RunException(
          "%s is damaged: it needs a scale for each of %s inputs and %s targets"
              .formatted(model(), inputs, targets));
    }
    if (model.narx().parameters() != theta.length) {
      throw new RunException(
          "%s has %s weights, the model of %s needs %s; fit it again"
              .formatted(weights(), theta.length, model(), model.narx().parameters()));
    }
    return model;
  }

  private static RunException damaged(Path file, RuntimeException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message =
        cause instanceof NullPointerException
            ? "a value is missing"
            : String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return new RunException("%s is damaged: %s".formatted(file, message));
  }
}
