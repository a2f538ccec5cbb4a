// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.checkpoint.CheckpointFolder;
import dev.unspool.checkpoint.DurableFile;
import dev.unspool.cli.report.JsonFile;
import dev.unspool.cli.report.MetricsLog;
import dev.unspool.narx.NarxSpec;
import dev.unspool.network.Network;
import dev.unspool.predict.ModelDescription;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The files of a run. The configuration makes a folder a run: it is written last, when there is a
 * checkpoint to go on from, and deleted first. So at any moment a folder is a run, whole, or none.
 *
 * @param path of the folder
 */
public record RunFolder(Path path) {
  /** Name of the weights that did best. */
  public static final String BEST_WEIGHTS = "best.safetensors";

  /** Name of the file that makes a folder one of a search. */
  public static final String SEARCH = "search.json";

  /** What a configuration has that is of a stream. */
  public static final String STREAM = "stream";

  /** A folder that holds a run; of several that differ in their seed, the best one. */
  public static RunFolder open(Path path) throws IOException {
    var folder = new RunFolder(path);
    if (!Files.isDirectory(path)) {
      throw new RunException("%s: there is no such run folder".formatted(path));
    }
    if (!Files.exists(folder.config())) {
      if (SeedsFile.isIn(path)) {
        return SeedsFile.best(path);
      }
      if (Files.exists(path.resolve(SEARCH))) {
        throw new RunException(
            "%s is the folder of a search, whose trials are runs, such as %s; the best is in %s when it has ended, and its own command goes on with it"
                .formatted(path, path.resolve("trial-1"), path.resolve("winner")));
      }
      if (folder.own().hasOldFit()) {
        throw new RunException(
            "%s holds a fit of an earlier version (model.json), whose weights have no names; fit again with 'unspool fit --out %s --force', with what model.json says"
                .formatted(path, path));
      }
      FolderLock.requireIdle(path);
      throw new RunException(
          folder.own().isBegun()
              ? "%s holds nothing yet: what was begun there was cut off before it came to that; give its command again"
                  .formatted(path)
              : "%s is not a run folder: it has no config.json".formatted(path));
    }
    return folder;
  }

  /**
   * A folder for a new run, without what is left of an old one. It is a run when {@link #complete}
   * was called. Whoever calls holds its {@link FolderLock}, if others may write into it too.
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
    folder.own().begin();
    folder.own().delete();
    return folder;
  }

  /**
   * Refuses a folder that holds a run, unless that may be thrown away, one that holds a search, and
   * one that holds files of somebody else that a run would overwrite.
   */
  public void requireFree(boolean force) throws IOException {
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new RunException("%s is in the way: it is not a folder".formatted(path));
    }
    OwnFiles own = own();
    if (own.hasSearch()) {
      throw new RunException(
          "%s is the folder of a search, whose trials are runs; choose another --out"
              .formatted(path));
    }
    boolean run = own.hasRun();
    boolean oldFit = own.hasOldFit();
    if (own.isBegun() || (force && (run || oldFit))) {
      own.requireDeletable();
    } else if (run && !Files.exists(config())) {
      throw new RunException(
          "%s holds the checkpoint of a run that has lost its config.json; restore that file, choose another --out, or throw the run away with --force"
              .formatted(path));
    } else if (run && !own.isFit()) {
      throw new RunException(
          "%s holds a run already; go on with 'unspool resume %s', choose another --out, or throw it away with --force"
              .formatted(path, path));
    } else if (run || oldFit) {
      throw new RunException(
          "%s holds a fitted model already; choose another --out, or throw it away with --force"
              .formatted(path));
    } else {
      own.requireNothingForeign();
    }
  }

  /** Makes the folder a run: everything else is there. */
  public void complete(RunConfig config) throws IOException {
    if (config.csv() != null) {
      writeForecaster(config);
    }
    writeConfig(config);
    completed();
  }

  /**
   * Writes what a service must know of the model, {@code forecaster.json}.
   *
   * @param config of a model of a table
   * @return the file
   */
  public Path writeForecaster(RunConfig config) throws IOException {
    Path file = path.resolve(OwnFiles.FORECASTER);
    DurableFile.write(file, describe(config).toJson());
    return file;
  }

  /** What a service must know of a model of a table. */
  public ModelDescription describe(RunConfig config) throws IOException {
    NarxSpec plant = config.narx() == null ? null : plant(config).model(config.requireCsv()).spec();
    return ForecasterFile.describe(config, step(config), plant);
  }

  /** Says that what makes the folder a run or a fit is there. */
  public void completed() throws IOException {
    own().complete();
  }

  /** Number of updates at the checkpoint; 0 for the weights that training begins with. */
  long checkpointUpdate() throws IOException {
    return checkpoints().exists() ? Checkpoint.of(checkpoints().about()).update() : 0;
  }

  /** Whether there is more than the weights that training began with. */
  public boolean hasLearned() throws IOException {
    return checkpointUpdate() > 0;
  }

  /** Deletes a run whose training did not even begin, so that its command can be corrected. */
  public void withdraw() throws IOException {
    own().begin();
    own().delete();
    own().complete();
  }

  /** Does so if a training failed before it had learned anything. */
  public void withdraw(Throwable reason) {
    try {
      if (!hasLearned()) {
        withdraw();
      }
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private OwnFiles own() {
    return new OwnFiles(path);
  }

  /** How the run is built. */
  public Path config() {
    return path.resolve(OwnFiles.CONFIG);
  }

  /** One line a report. */
  public Path metrics() {
    return path.resolve(OwnFiles.METRICS);
  }

  /** The final figures. */
  public Path figures() {
    return path.resolve(OwnFiles.FIGURES);
  }

  /** The page that 'unspool report' writes. */
  public Path report() {
    return path.resolve(OwnFiles.REPORT);
  }

  /** Training and validation loss. */
  public Path lossChart() {
    return path.resolve(OwnFiles.LOSS_CHART);
  }

  /** Truth against prediction. */
  public Path forecastChart() {
    return path.resolve(OwnFiles.FORECAST_CHART);
  }

  /** Errors by how far ahead. */
  public Path horizonChart() {
    return path.resolve(OwnFiles.HORIZON_CHART);
  }

  /** The newest forecasts of the test part. */
  public Path predictions() {
    return path.resolve(OwnFiles.PREDICTIONS);
  }

  /** How forecasts are combined with those of a linear autoregression. */
  public Path combination() {
    return path.resolve(OwnFiles.COMBINATION);
  }

  /** How bands are made. */
  public Path bands() {
    return path.resolve(OwnFiles.BANDS);
  }

  /**
   * The best weights: of a training those that did best on the validation part, where there is one;
   * of a fit all there are.
   */
  public Path bestWeights() {
    return path.resolve(BEST_WEIGHTS);
  }

  /** The words that are told apart, one a line. */
  public Path vocabulary() {
    return path.resolve(OwnFiles.VOCABULARY);
  }

  /** The cell that the user wrote, if it is no built-in one. */
  public Path cell() {
    return path.resolve(OwnFiles.CELL);
  }

  /**
   * The network of a run. A cell that the user wrote is compiled, and will be run.
   *
   * @throws RunException if that cell is not the one that training began with
   */
  public Architecture architecture(RunConfig config) throws IOException {
    return architecture(config.requireNetwork());
  }

  /** The same of a network that is described elsewhere. */
  public Architecture architecture(NetworkConfig network) throws IOException {
    String crc32c = network.cellCrc32c();
    return new Architecture(
        network, crc32c == null ? null : CellFile.read(this, network.ownCell(), crc32c));
  }

  /**
   * The NARX model of a run. A cell that the user wrote is compiled, and will be run.
   *
   * @throws RunException if that cell is not the one that the run began with
   */
  public Plant plant(RunConfig config) throws IOException {
    NarxConfig narx = config.requireNarx();
    String cell = narx.cell();
    String crc32c = narx.cellCrc32c();
    return new Plant(
        narx, cell == null || crc32c == null ? null : CellFile.read(this, cell, crc32c));
  }

  /**
   * The step of a run's model: of a NARX model in closed loop; of words as many as there may be.
   */
  public StepProgram step(RunConfig config) throws IOException {
    return config.narx() != null
        ? plant(config).model(config.requireCsv()).closedLoop()
        : new Network(config.spec(architecture(config))).program();
  }

  /** Weights and the state of training. */
  public CheckpointFolder checkpoints() {
    return new CheckpointFolder(path.resolve(OwnFiles.CHECKPOINT));
  }

  /**
   * Whether there is a checkpoint, sound or not.
   *
   * @param config of the run
   * @throws RunException if it belongs to another run, or if there are files of one, but not the
   *     one that names them
   */
  public boolean hasCheckpoint(RunConfig config) throws IOException {
    CheckpointFolder checkpoint = checkpoints();
    if (checkpoint.exists()) {
      String run = Checkpoint.of(checkpoint.about()).run();
      if (run != null && !run.equals(config.run())) {
        throw new RunException(
            "%s belongs to another run than %s (found the name %s, expected %s); put back the file that was replaced"
                .formatted(checkpoint.path(), config(), run, config.run()));
      }
      return true;
    }
    List<String> files =
        checkpoint.files().stream()
            .map(file -> String.valueOf(file.getFileName()))
            .filter(name -> !name.endsWith(".tmp"))
            .sorted()
            .toList();
    if (!files.isEmpty()) {
      throw new RunException(
          "%s holds %s, but checkpoint.json, which says what they are, is missing; restore it, or train anew into another folder"
              .formatted(checkpoint.path(), String.join(" and ", files)));
    }
    return false;
  }

  /** The reports. */
  public MetricsLog log() {
    return new MetricsLog(metrics());
  }

  /**
   * Refuses a run whose data are not where they were.
   *
   * @param option with which the command takes another place
   */
  public void requireData(RunConfig config, String option) throws RunException {
    Path data = Path.of(config.file());
    if (!Files.exists(data)) {
      throw new RunException(
          "%s: the data of %s are not there%s; say where they are now with %s"
              .formatted(
                  data,
                  path,
                  data.isAbsolute() ? "" : ", seen from " + Path.of("").toAbsolutePath(),
                  option));
    }
  }

  /** Reads the configuration. */
  public RunConfig readConfig() throws IOException {
    JsonFile file;
    try {
      file = JsonFile.read(config(), "restore it from a copy, or train anew into another folder");
    } catch (NoSuchFileException e) {
      throw new RunException("%s is missing: %s is not a run folder".formatted(config(), path));
    }
    if (file.has(STREAM)) {
      throw new RunException(
          "%s is of a stream, which 'unspool online --out %s' goes on with; 'unspool info %s' says what is in it"
              .formatted(path, path, path));
    }
    Integer format = file.member("format", Integer.class);
    if (format != null && (format < 1 || format > RunConfig.FORMAT)) {
      throw new RunException(
          "%s has format %s, this version reads formats 1 to %s"
              .formatted(config(), format, RunConfig.FORMAT));
    }
    RunConfig config = file.translated(EarlierConfig::today).as(RunConfig.class);
    file.requireUnchanged();
    try {
      config.requireUsable();
    } catch (IllegalArgumentException | NullPointerException | UsageException e) {
      throw new RunException("%s is damaged: %s".formatted(config(), e.getMessage()));
    }
    return config;
  }

  /** What is read of a folder whose configuration says what it is. */
  @FunctionalInterface
  public interface Reading<T> {
    /** Reads it. */
    T of(RunConfig config) throws IOException;
  }

  /**
   * Reads the configuration and what it is of. What goes on meanwhile may replace weights and
   * figures, not what they are of; only a run that begins anew does, and then the new one is read.
   */
  public <T> T read(Reading<T> reading) throws IOException {
    RunConfig config = readConfig();
    while (true) {
      try {
        return reading.of(config);
      } catch (IOException e) {
        RunConfig now = readConfig();
        if (Objects.equals(now.run(), config.run())) {
          throw e;
        }
        config = now;
      }
    }
  }

  /** Writes the configuration. */
  public void writeConfig(RunConfig config) throws IOException {
    JsonFile.writeWithChecksum(config(), config);
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
