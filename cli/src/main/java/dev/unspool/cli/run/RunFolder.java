// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.checkpoint.CheckpointFolder;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.MetricsLog;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The files of a run.
 *
 * @param path of the folder
 */
public record RunFolder(Path path) {
  /** What a fit leaves, so that nobody takes its folder for a run's. */
  public static final String FITTED_MODEL = "model.json";

  /** A folder that holds a run. */
  public static RunFolder open(Path path) throws IOException {
    var folder = new RunFolder(path);
    if (!Files.isDirectory(path)) {
      throw new RunException("%s: there is no such run folder".formatted(path));
    }
    if (!Files.exists(folder.config())) {
      throw new RunException(
          Files.exists(path.resolve(FITTED_MODEL))
              ? "%s holds a fitted model and no run; 'unspool simulate --model %s --csv FILE' uses it"
                  .formatted(path, path)
              : "%s is not a run folder: it has no config.json".formatted(path));
    }
    return folder;
  }

  /**
   * A folder for a new run.
   *
   * @param force whether a run that is there already is thrown away
   */
  public static RunFolder create(Path path, boolean force) throws IOException {
    var folder = new RunFolder(path);
    try {
      Files.createDirectories(path);
    } catch (FileAlreadyExistsException e) {
      throw new RunException("%s is in the way: it is not a folder".formatted(e.getFile()));
    }
    folder.requireFree(force);
    if (force) {
      folder.clear();
    }
    return folder;
  }

  /** Refuses a folder that holds a run, unless that may be thrown away. */
  public void requireFree(boolean force) throws RunException {
    requireNoModel(force);
    if (!force && Files.exists(config())) {
      throw new RunException(
          "%s holds a run already; go on with 'unspool resume %s', choose another --out, or throw it away with --force"
              .formatted(path, path));
    }
  }

  private void requireNoModel(boolean force) throws RunException {
    if (!force && Files.exists(path.resolve(FITTED_MODEL))) {
      throw new RunException(
          "%s holds a fitted model already; choose another --out, or throw it away with --force"
              .formatted(path));
    }
  }

  private void clear() throws IOException {
    for (Path file :
        new Path[] {
          config(),
          metrics(),
          figures(),
          lossChart(),
          forecastChart(),
          vocabulary(),
          path.resolve(FITTED_MODEL)
        }) {
      Files.deleteIfExists(file);
    }
    if (Files.isDirectory(checkpoint())) {
      try (Stream<Path> files = Files.list(checkpoint())) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** How the run is built. */
  public Path config() {
    return path.resolve("config.json");
  }

  /** One line a report. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** The final figures. */
  public Path figures() {
    return path.resolve("metrics.json");
  }

  /** Training and validation loss. */
  public Path lossChart() {
    return path.resolve("loss.png");
  }

  /** Truth against prediction. */
  public Path forecastChart() {
    return path.resolve("forecast.png");
  }

  /** The words that are told apart, one a line. */
  public Path vocabulary() {
    return path.resolve("vocabulary.txt");
  }

  private Path checkpoint() {
    return path.resolve("checkpoint");
  }

  /** Weights and the state of training. */
  public CheckpointFolder checkpoints() {
    return new CheckpointFolder(checkpoint());
  }

  /** The reports. */
  public MetricsLog log() {
    return new MetricsLog(metrics());
  }

  /** Reads the configuration. */
  public RunConfig readConfig() throws IOException {
    RunConfig config;
    try {
      config = Json.read(config(), RunConfig.class);
    } catch (NoSuchFileException e) {
      throw new RunException("%s is missing: %s is not a run folder".formatted(config(), path));
    } catch (UsageException e) {
      throw new RunException("%s is damaged: %s".formatted(config(), e.getMessage()));
    } catch (RuntimeException e) {
      // Gson wraps what a record's constructor throws.
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new RunException(
          "%s is damaged: %s"
              .formatted(
                  config(), String.valueOf(cause.getMessage()).lines().findFirst().orElse("")));
    }
    if (config.format() != RunConfig.FORMAT) {
      throw new RunException(
          "%s has format %s, this version reads format %s"
              .formatted(config(), config.format(), RunConfig.FORMAT));
    }
    if ((config.csv() == null) == (config.text() == null)
        || isMissing(config.network())
        || isMissing(config.training())) {
      throw new RunException(
          "%s is damaged: it needs csv or text, network and training".formatted(config()));
    }
    return config;
  }

  /** Gson fills what is missing with null, whatever the type says. */
  @SuppressWarnings("NullAway")
  private static boolean isMissing(Object value) {
    return value == null;
  }

  /** Writes the configuration. */
  public void writeConfig(RunConfig config) throws IOException {
    Json.write(config(), config);
  }
}
