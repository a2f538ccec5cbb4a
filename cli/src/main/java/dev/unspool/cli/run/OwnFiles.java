// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.checkpoint.CheckpointFolder;
import dev.unspool.cli.report.JsonFile;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run or a fit leaves in its folder, by name. Only these are ever deleted, only where a run
 * or a fit is, and never through a link; and where there is none, a file of such a name is somebody
 * else's and in the way.
 *
 * @param path of the folder
 */
record OwnFiles(Path path) {
  static final String CONFIG = "config.json";
  static final String METRICS = "metrics.jsonl";
  static final String FIGURES = "metrics.json";
  static final String REPORT = "report.html";
  static final String LOSS_CHART = "loss.png";
  static final String FORECAST_CHART = "forecast.png";
  static final String HORIZON_CHART = "horizons.png";
  static final String PREDICTIONS = "predictions.csv";
  static final String BANDS = "bands.json";
  static final String COMBINATION = "combined.json";
  static final String VOCABULARY = "vocabulary.txt";
  static final String CELL = "cell.java";
  static final String CHECKPOINT = "checkpoint";
  static final String FORECASTER = "forecaster.json";

  /** While it is there, and nothing that makes the folder a run, one is being made or unmade. */
  private static final String BEGUN = ".unspool.begun";

  /** What fits of earlier versions left in place of a configuration. */
  private static final String OLD_MODEL = "model.json";

  private static final String OLD_WEIGHTS = "weights.safetensors";

  /** What makes a folder a run or a fit: deleted first, written last. */
  private static final List<String> MAKERS = List.of(CONFIG, OLD_MODEL);

  private static final List<String> OTHERS =
      List.of(
          METRICS,
          FIGURES,
          REPORT,
          LOSS_CHART,
          FORECAST_CHART,
          HORIZON_CHART,
          PREDICTIONS,
          BANDS,
          COMBINATION,
          VOCABULARY,
          CELL,
          FORECASTER,
          RunFolder.BEST_WEIGHTS,
          OLD_WEIGHTS,
          "simulation.png",
          "residuals.png",
          "convergence.png");

  /** Whether a run is there, whole or damaged. */
  boolean hasRun() {
    return isFit() || isOurs(path.resolve(CONFIG), "training") || hasCheckpoint();
  }

  /** Whether what is there was made by a fit. */
  boolean isFit() {
    return isOurs(path.resolve(CONFIG), "fitting");
  }

  /** Whether a fit of an earlier version is there. */
  boolean hasOldFit() {
    return isOurs(path.resolve(OLD_MODEL), "shape");
  }

  /** Whether the making of a run or a fit was cut off. */
  boolean isBegun() {
    return Files.isRegularFile(path.resolve(BEGUN), LinkOption.NOFOLLOW_LINKS)
        && MAKERS.stream().noneMatch(name -> isThere(path.resolve(name)));
  }

  /** Whether a search is there. */
  boolean hasSearch() {
    return isOurs(path.resolve(RunFolder.SEARCH), "trials");
  }

  private boolean hasCheckpoint() {
    return !Files.isSymbolicLink(path.resolve(CHECKPOINT))
        && isOurs(path.resolve(CHECKPOINT).resolve("checkpoint.json"), "weights");
  }

  /** Whether a file is JSON as we write it; a damaged one is nobody's. */
  private static boolean isOurs(Path file, String member) {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      JsonFile json = JsonFile.read(file, "");
      return json.has("format") && json.has(member);
    } catch (IOException _) {
      return false;
    }
  }

  /**
   * Refuses files that belong to nobody we know, under names that a run would write.
   *
   * @throws RunException with the first of them
   */
  void requireNothingForeign() throws IOException {
    for (Path file : all()) {
      if (isThere(file) && !isPageOfSeeds(file)) {
        throw new RunException(
            "%s is in the way: a run would overwrite it, and none wrote it; move it away or choose another --out"
                .formatted(file));
      }
    }
  }

  /** Whether a file is the page that 'unspool report' makes of runs that differ in their seed. */
  private boolean isPageOfSeeds(Path file) {
    return file.equals(path.resolve(REPORT))
        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && SeedsFile.isIn(path);
  }

  /**
   * Refuses links and folders under the names of files: what they lead to is not ours.
   *
   * @throws RunException with the first of them
   */
  void requireDeletable() throws IOException {
    Path checkpoint = path.resolve(CHECKPOINT);
    if (Files.isSymbolicLink(checkpoint)) {
      throw notDeletable(checkpoint);
    }
    for (Path file : all()) {
      if (isThere(file) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw notDeletable(file);
      }
    }
  }

  private static RunException notDeletable(Path file) {
    return new RunException(
        "%s is a link or a folder, which no run makes there, and --force deletes only what a run made; remove it yourself"
            .formatted(file));
  }

  /** Says that a run is being made, before anything of a former one is deleted. */
  void begin() throws IOException {
    Path marker = path.resolve(BEGUN);
    if (!isThere(marker)) {
      Files.createFile(marker);
    }
  }

  /** Says that a run is complete: the file that makes the folder one is there. */
  void complete() throws IOException {
    Files.deleteIfExists(path.resolve(BEGUN));
  }

  /** Deletes everything, and first what makes the folder a run. */
  void delete() throws IOException {
    requireDeletable();
    for (Path file : all()) {
      Files.deleteIfExists(file);
    }
    try {
      Files.deleteIfExists(path.resolve(CHECKPOINT));
    } catch (DirectoryNotEmptyException _) {
      // Somebody keeps something else in it.
    }
  }

  private List<Path> all() throws IOException {
    Path checkpoint = path.resolve(CHECKPOINT);
    Stream<Path> files =
        Stream.concat(MAKERS.stream(), OTHERS.stream())
            .map(path::resolve)
            .flatMap(file -> Stream.of(file, file.resolveSibling(file.getFileName() + ".tmp")));
    if (!isThere(checkpoint)) {
      return files.toList();
    }
    return Stream.concat(
            files,
            Files.isDirectory(checkpoint)
                ? new CheckpointFolder(checkpoint).files().stream()
                : Stream.of(checkpoint))
        .toList();
  }

  /** Whether there is anything of that name, be it a link that leads nowhere. */
  private static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }
}
