// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParseException;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.Digest;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.narx.Narx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The files of a fit.
 *
 * @param path of the folder
 */
public record FitFolder(Path path) {
  private static final int FORMAT = 2;

  /**
   * {@code model.json}: what a model is, but for its weights.
   *
   * @param format of this file; 2
   * @param data it was fitted to
   * @param shape of the model
   * @param training how it was fitted
   * @param inputScale units of the inputs
   * @param targetScale units of the targets
   * @param rows digest of the rows that it was fitted to and judged on
   */
  public record Description(
      int format,
      FitData data,
      ModelShape shape,
      FitTraining training,
      Scale inputScale,
      Scale targetScale,
      String rows) {

    /** Gson leaves null what a file does not say. */
    public Description {
      requireSaid("data", data);
      requireSaid("shape", shape);
      requireSaid("training", training);
      requireSaid("input_scale", inputScale);
      requireSaid("target_scale", targetScale);
      requireSaid("rows", rows);
    }

    /** That of a fit which is to begin. */
    static Description of(FitTask task, ModelShape shape, FitTraining training) {
      return new Description(
          FORMAT,
          task.data().absolute(),
          shape,
          training,
          task.empty().inputScale(),
          task.empty().targetScale(),
          task.digest());
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
    folder.clear();
    return folder;
  }

  /** Deletes what a fit leaves. */
  void clear() throws IOException {
    for (Path file :
        new Path[] {
          weights(),
          figures(),
          metrics(),
          simulationChart(),
          residualsChart(),
          convergenceChart(),
          model()
        }) {
      Files.deleteIfExists(file);
    }
  }

  /** Refuses a folder that holds a fit or a run, unless that may be thrown away. */
  public void requireFree(boolean force) throws IOException {
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

  /**
   * Begins a fit: from here on the folder is a fit's.
   *
   * @param description of it, which stays what it is until the fit ends
   */
  void begin(Description description) throws IOException {
    Files.createDirectories(path);
    Json.write(model(), description);
    new RunFolder(path).completed();
  }

  /** Keeps weights as the best so far. */
  void keep(double[] theta, FitStep step) throws IOException {
    write(theta, false, step, null);
  }

  /** Writes the figures of weights, and that with them the fit has ended. */
  void finish(double[] theta, FitStep step, FitFigures figures) throws IOException {
    Json.write(figures(), figures);
    write(theta, true, step, digest(figures()));
  }

  private void write(double[] theta, boolean finished, FitStep step, @Nullable String figures)
      throws IOException {
    new FitWeights(theta, new FitWeights.About(finished, step, digest(model()), figures))
        .write(weights());
  }

  private static String digest(Path file) throws IOException {
    return Digest.of(Files.readAllBytes(file));
  }

  /**
   * Writes steps into the log.
   *
   * @param from the first that is not there yet; 0: the log begins anew
   */
  void log(List<FitStep> steps, int from) throws IOException {
    String lines =
        steps.subList(from, steps.size()).stream()
            .map(step -> Json.line(step) + "\n")
            .collect(Collectors.joining());
    if (from == 0) {
      Files.writeString(metrics(), lines);
    } else {
      Files.writeString(metrics(), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  /** The steps in the log; lines that are none are passed over. */
  List<FitStep> readSteps() throws IOException {
    var steps = new ArrayList<FitStep>();
    if (!Files.exists(metrics())) {
      return steps;
    }
    for (String line : Files.readAllLines(metrics())) {
      try {
        FitStep step = Json.parse(line, FitStep.class);
        if (step != null) {
          steps.add(step);
        }
      } catch (JsonParseException _) {
        // Half a line, which a full disk or a kill has left.
      }
    }
    return steps;
  }

  /** Refuses null, which the type rules out and Gson does not. */
  static void requireSaid(String name, Object value) {
    if (Objects.isNull(value)) {
      throw new IllegalArgumentException("'%s' is missing".formatted(name));
    }
  }

  /** Reads what a model is from the content of {@code model.json}. */
  Description description(byte[] json) throws IOException {
    Description description;
    try {
      description = Json.parse(new String(json, UTF_8), Description.class);
    } catch (RuntimeException e) {
      throw damaged(model(), e);
    }
    if (description == null) {
      throw new RunException("%s is damaged: it is empty".formatted(model()));
    }
    if (description.format() != FORMAT) {
      throw new RunException(
          "%s has format %s, this version reads format %s; fit again"
              .formatted(model(), description.format(), FORMAT));
    }
    return description;
  }

  /** What is wrong with a file, in one line. */
  static RunException damaged(Path file, RuntimeException e) {
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
