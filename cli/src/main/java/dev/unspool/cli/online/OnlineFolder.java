// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.checkpoint.SnapshotSeries;
import dev.unspool.cli.report.JsonFile;
import dev.unspool.cli.run.Architecture;
import dev.unspool.cli.run.CellFile;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a stream. The configuration makes a folder one; it is written last, when there is a
 * first snapshot to go on from.
 *
 * @param path of the folder
 */
public record OnlineFolder(Path path) {
  private static final String CONFIG = "config.json";
  private static final String SNAPSHOTS = "snapshots";

  /** What the names of files there begin with. */
  private static final String SNAPSHOT = "snapshot-";

  private static final String METRICS = "metrics.jsonl";
  private static final String ORDER = "order.jsonl";
  private static final String ADVICE = "restore it from a copy, or begin anew in another folder";

  /** Whether a stream's configuration is there, sound or not. */
  public boolean isStream() throws IOException {
    Path config = path.resolve(CONFIG);
    if (!Files.isRegularFile(config)) {
      return false;
    }
    try {
      return JsonFile.read(config, ADVICE).has(RunFolder.STREAM);
    } catch (IOException e) {
      if (Files.isDirectory(path.resolve(SNAPSHOTS))) {
        throw e; // ours, and damaged
      }
      return false;
    }
  }

  /** Refuses a folder in which something else is, or what is left of a stream. */
  public void requireFree() throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(path)) {
      throw new RunException("%s is in the way: it is not a folder".formatted(path));
    }
    for (String name : List.of(CONFIG, METRICS, ORDER, DeadLetters.FILE)) {
      if (Files.exists(path.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        throw new RunException(
            "%s is in the way: no stream wrote it; choose another --out"
                .formatted(path.resolve(name)));
      }
    }
    SnapshotSeries.Newest newest = snapshots(1).newest();
    if (newest.snapshot().isPresent() && newest.snapshot().get().number() > 0) {
      throw new RunException(
          "%s holds snapshots of a stream that has lost its config.json; restore that file, or choose another --out"
              .formatted(path));
    }
  }

  /** The newest snapshots. */
  public SnapshotSeries snapshots(int keep) {
    return new SnapshotSeries(path.resolve(SNAPSHOTS), keep);
  }

  /** Lines about how it stands. */
  Path metrics() {
    return path.resolve(METRICS);
  }

  /** Which partition each record was taken from, where there are some. */
  public Path order() {
    return path.resolve(ORDER);
  }

  /** The network; a cell that the user wrote is compiled, and will be run. */
  public Architecture architecture(OnlineConfig config) throws IOException {
    return new RunFolder(path).architecture(config.learning().network());
  }

  /**
   * Keeps the cell that the user wrote, unless it is there already.
   *
   * @throws RunException if there is another file in its place
   */
  void keep(Architecture architecture) throws IOException {
    CellFile own = architecture.own();
    if (own == null || own.isIn(cell())) {
      return;
    }
    if (Files.exists(cell(), LinkOption.NOFOLLOW_LINKS)) {
      throw new RunException(
          "%s is in the way: it is not the cell %s, which is kept there; move it away or choose another --out"
              .formatted(cell(), own.name()));
    }
    architecture.keep(new RunFolder(path));
  }

  private Path cell() {
    return new RunFolder(path).cell();
  }

  /**
   * Reads the configuration.
   *
   * @throws RunException with one line, if it is damaged or of another version
   */
  public OnlineConfig readConfig() throws IOException {
    Path file = path.resolve(CONFIG);
    JsonFile json;
    try {
      json = JsonFile.read(file, ADVICE);
    } catch (NoSuchFileException _) {
      throw new RunException("%s is missing: %s holds no stream".formatted(file, path));
    }
    Integer format = json.member("format", Integer.class);
    if (format == null || format != OnlineConfig.FORMAT) {
      throw new RunException(
          "%s has format %s, this version reads format %s; use the version of Unspool that wrote it, or begin anew in another folder"
              .formatted(file, format, OnlineConfig.FORMAT));
    }
    json.requireUnchanged();
    try {
      return json.as(OnlineConfig.class);
    } catch (UsageException e) {
      throw new RunException("%s is damaged: %s".formatted(file, e.getMessage()));
    }
  }

  /** Writes the configuration, whole or not at all. */
  public void writeConfig(OnlineConfig config) throws IOException {
    JsonFile.writeWithChecksum(path.resolve(CONFIG), config);
  }

  /**
   * Deletes a stream that could not begin, so that its command can be corrected, and nothing that
   * it has not made.
   *
   * @param config of the stream
   */
  void withdraw(OnlineConfig config) throws IOException {
    Files.deleteIfExists(path.resolve(CONFIG));
    try (Stream<Path> snapshots = Files.list(path.resolve(SNAPSHOTS))) {
      for (Path file : snapshots.toList()) {
        if (file.getFileName().toString().startsWith(SNAPSHOT)) {
          Files.deleteIfExists(file);
        }
      }
    }
    try {
      Files.deleteIfExists(path.resolve(SNAPSHOTS));
    } catch (DirectoryNotEmptyException _) {
      // Somebody keeps something else in it.
    }
    Files.deleteIfExists(metrics());
    Files.deleteIfExists(order());
    Files.deleteIfExists(path.resolve(DeadLetters.FILE));
    // One of that very name may be what the user wrote, in its place.
    String own = config.learning().network().ownCell();
    if (!own.isEmpty() && !cell().endsWith(own)) {
      Files.deleteIfExists(cell());
    }
  }

  /** Names of the files, but for the lock. */
  List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(path, 2)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> path.relativize(file).toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }
}
