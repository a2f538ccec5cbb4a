// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParseException;
import dev.unspool.checkpoint.DurableFile;
import dev.unspool.checkpoint.RegularFile;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.JsonFile;
import dev.unspool.cli.run.FitStep;
import dev.unspool.cli.run.FitWeights;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.SeedsFile;
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
  /** In bytes, of a file that is read at once. */
  static final int LARGEST = 64 << 20;

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
    run().withdraw();
  }

  /** Refuses a folder that holds a fit or a run, unless that may be thrown away. */
  public void requireFree(boolean force) throws IOException {
    run().requireFree(force);
    if (SeedsFile.isIn(path)) {
      throw new RunException(
          "%s holds runs of several seeds; choose another --out".formatted(path));
    }
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

  /** Whether there is a model in it already. */
  boolean isThere() {
    return Files.exists(config());
  }

  /** What the model is. */
  Path config() {
    return run().config();
  }

  /** Its weights. */
  Path weights() {
    return run().bestWeights();
  }

  private RunFolder run() {
    return new RunFolder(path);
  }

  /** One line an iteration. */
  public Path metrics() {
    return run().metrics();
  }

  /** The final figures. */
  public Path figures() {
    return run().figures();
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
   * Keeps weights as the best so far. The first time, the folder becomes a run.
   *
   * @param config of the fit, which stays what it is until the fit ends
   */
  void keep(RunConfig config, FitWeights weights) throws IOException {
    if (isThere()) {
      weights.write(weights());
      return;
    }
    Files.createDirectories(path);
    weights.write(weights());
    run().complete(config); // last: it makes the folder a run
  }

  /**
   * Writes the figures of weights, and that with them the fit has ended. One seed gives one file of
   * weights: how long it took is not in it.
   */
  void finish(FitWeights weights, Object figures) throws IOException {
    JsonFile.writeWithChecksum(figures(), figures);
    weights.ended().write(weights());
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
  public List<FitStep> readSteps() throws IOException {
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
}
