// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParseException;
import dev.unspool.checkpoint.DurableFile;
import dev.unspool.checkpoint.RegularFile;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.JsonFile;
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

/**
 * The files of a fit.
 *
 * @param path of the folder
 */
public record FitFolder(Path path) {
  private static final int FORMAT = 3;

  /** In bytes, of a file that is read at once. */
  static final int LARGEST = 64 << 20;

  /**
   * {@code model.json}: what a model is, but for its weights.
   *
   * @param format of this file; 3
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
    RunFolder.create(path, force);
    return folder;
  }

  /** Deletes a fit that came to nothing, so that its command can be corrected. */
  void withdraw() throws IOException {
    new RunFolder(path).withdraw();
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
   * Keeps weights as the best so far. The first time, the folder becomes a fit's.
   *
   * @param description of the fit, which stays what it is until the fit ends
   */
  void keep(Description description, double[] theta, FitStep step) throws IOException {
    if (isThere()) {
      write(theta, new FitWeights.About(false, step, digest(model())));
      return;
    }
    Files.createDirectories(path);
    byte[] json = (Json.pretty(description) + "\n").getBytes(UTF_8);
    write(theta, new FitWeights.About(false, step, Digest.of(json)));
    DurableFile.write(model(), json); // last: it makes the folder a fit's
    new RunFolder(path).completed();
  }

  /**
   * Writes the figures of weights, and that with them the fit has ended. One seed gives one file of
   * weights: how long it took is not in it.
   */
  void finish(double[] theta, FitStep step, FitFigures figures) throws IOException {
    JsonFile.writeWithChecksum(figures(), figures);
    write(theta, new FitWeights.About(true, step.timeless(), digest(model())));
  }

  private void write(double[] theta, FitWeights.About about) throws IOException {
    new FitWeights(theta, about).write(weights());
  }

  private static String digest(Path file) throws IOException {
    return Digest.of(RegularFile.read(file, LARGEST));
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
      DurableFile.write(metrics(), lines.getBytes(UTF_8));
    } else {
      Files.writeString(metrics(), lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  /**
   * The steps in the log; lines that are none are passed over.
   *
   * @throws IOException with one line that names the log, if it is no file
   */
  List<FitStep> readSteps() throws IOException {
    var steps = new ArrayList<FitStep>();
    if (!Files.exists(metrics())) {
      return steps;
    }
    var log = new String(RegularFile.read(metrics(), LARGEST), UTF_8);
    for (String line : log.lines().toList()) {
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

  /** Reads what a model is. */
  Description readDescription() throws IOException {
    JsonFile file = JsonFile.read(model(), "fit again");
    Integer format = file.member("format", Integer.class);
    if (format != null && format != FORMAT) {
      throw new RunException(
          "%s has format %s, this version reads format %s; fit again"
              .formatted(model(), format, FORMAT));
    }
    return file.as(Description.class);
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
