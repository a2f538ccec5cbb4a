// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The files of a run that a service reads: its description, and its best weights. */
final class RunFiles {
  /** What a model is. */
  static final String DESCRIPTION = "forecaster.json";

  private static final String WEIGHTS = "best.safetensors";
  private static final String CHECKPOINT = "checkpoint";
  private static final String SEEDS = "seeds.json";
  private static final String CONFIG = "config.json";
  private static final String BANDS = "bands.json";
  private static final String COMBINATION = "combined.json";

  /** What weights say about themselves. */
  private static final Set<String> KNOWN =
      Set.of("about", "crc32c", "format", "run", "update", "validation", "weights");

  private final Path folder;

  /**
   * Of a run.
   *
   * @param folder that of the run, or of runs that differ in their seed alone: then the best one
   */
  RunFiles(Path folder) throws IOException {
    Path seeds = folder.resolve(SEEDS);
    this.folder =
        Files.exists(seeds) && !Files.exists(folder.resolve(CONFIG)) ? best(seeds) : folder;
  }

  private static Path best(Path seeds) throws IOException {
    Map<?, ?> members =
        SignedJson.read(
            seeds, "give its 'train' command again, with --force", SignedJson::parseWritten);
    if (members.get("best") instanceof Double best) {
      return seeds.resolveSibling("seed-" + best.longValue());
    }
    throw new ForecasterException(
        "%s: the runs of several seeds have not all ended; 'unspool resume' goes on, or load one of them"
            .formatted(seeds));
  }

  ModelDescription description() throws IOException {
    Path file = folder.resolve(DESCRIPTION);
    if (!Files.isDirectory(folder)) {
      throw new ForecasterException("%s: there is no such run folder".formatted(folder));
    }
    if (!Files.exists(file)) {
      throw new ForecasterException(
          Files.exists(folder.resolve(CONFIG))
              ? "%s holds a run of a version that wrote no %s; 'unspool export %s --forecaster' writes it"
                  .formatted(folder, DESCRIPTION, folder)
              : "%s is not a run folder: it has no %s".formatted(folder, DESCRIPTION));
    }
    return SignedJson.read(
        file,
        "'unspool export %s --forecaster' writes it anew".formatted(folder),
        ModelDescription::parse);
  }

  /** How bands are made; null if none were calibrated. */
  @Nullable Bands bands() throws IOException {
    Path file = folder.resolve(BANDS);
    return Files.exists(file) ? Bands.read(file) : null;
  }

  /** How predictions are combined with those of a line; null if nothing was found. */
  @Nullable Combination combination() throws IOException {
    Path file = folder.resolve(COMBINATION);
    return Files.exists(file) ? Combination.read(file) : null;
  }

  /**
   * The best weights: of a training those that did best on its validation part, where it has none
   * the newest; of a fit all there are.
   */
  Weights weights(ModelDescription of) throws IOException {
    String run = of.run();
    Path best = folder.resolve(WEIGHTS);
    if (Files.exists(best)) {
      Weights weights = Weights.read(best);
      requireRun(best, run, run(weights));
      requireSound(best, weights, of.step().weights());
      return weights;
    }
    // A training replaces its checkpoint now and then: the file may go while we look at it.
    for (int attempt = 0; ; attempt++) {
      try {
        return newest(run);
      } catch (NoSuchFileException e) {
        if (attempt == 10) {
          throw new ForecasterException(
              "%s holds no weights: neither %s nor a checkpoint".formatted(folder, WEIGHTS), e);
        }
      }
    }
  }

  private Weights newest(String run) throws IOException {
    Path checkpoint = folder.resolve(CHECKPOINT);
    Path manifest = checkpoint.resolve("checkpoint.json");
    Map<?, ?> members =
        SignedJson.read(manifest, "take a copy of the folder", SignedJson::parseWritten);
    if (members.get("weights") instanceof Map<?, ?> weights
        && weights.get("file") instanceof String name
        && name.matches("weights-[0-9]{1,18}\\.safetensors")) {
      Object owner = members.get("about") instanceof Map<?, ?> about ? about.get("run") : null;
      requireRun(manifest, run, owner == null ? null : owner.toString());
      Path file = checkpoint.resolve(name);
      requireChecksum(file, checksum(file), weights.get("crc32c"));
      return Weights.read(file);
    }
    throw new ForecasterException(
        "%s is damaged: it names no weights; take a copy of the folder".formatted(manifest));
  }

  /** Of the whole file, piece by piece: it may be larger than what fits into an array. */
  private static CRC32C checksum(Path file) throws IOException {
    var crc = new CRC32C();
    ByteBuffer piece = ByteBuffer.allocate(1 << 16);
    try (FileChannel channel = RegularFile.open(file)) {
      while (channel.read(piece.clear()) >= 0) {
        crc.update(piece.flip());
      }
    }
    return crc;
  }

  /** The run that weights say they belong to; null if they do not say it. */
  private static @Nullable String run(Weights weights) {
    String about = weights.about().get("about"); // of a fit
    if (about != null && Json.parse(about) instanceof Map<?, ?> said && said.get("run") != null) {
      return String.valueOf(said.get("run"));
    }
    return weights.about().get("run");
  }

  /**
   * Refuses weights that have been damaged; those that say no checksum cannot tell. It is of all
   * that is said about the weights, by name, and of the numbers; in older files of the numbers.
   */
  private static void requireSound(Path file, Weights weights, List<RecordedStep.Shape> shapes)
      throws ForecasterException {
    var about = new TreeMap<>(weights.about());
    if (!KNOWN.containsAll(about.keySet())) {
      about.keySet().removeAll(KNOWN);
      throw new ForecasterException(
          "%s is damaged, or of a newer version: it says %s; take a copy of the file"
              .formatted(file, about.keySet()));
    }
    String said = about.remove("crc32c");
    var numbers = new CRC32C();
    var all = new CRC32C();
    about.values().forEach(text -> all.update(text.getBytes(UTF_8)));
    ByteBuffer number = ByteBuffer.allocate(Double.BYTES);
    for (RecordedStep.Shape shape : shapes) {
      for (double value : weights.get(shape)) {
        all.update(number.clear().putDouble(value).flip());
        numbers.update(number.rewind());
      }
    }
    if (said != null && !SignedJson.hexadecimal(numbers).equals(said)) {
      requireChecksum(file, all, said);
    }
  }

  private static void requireChecksum(Path file, CRC32C found, @Nullable Object said)
      throws ForecasterException {
    String checksum = SignedJson.hexadecimal(found);
    if (!checksum.equals(said)) {
      throw new ForecasterException(
          "%s is damaged: its content has the checksum %s, it should have %s; take a copy of the file, or train again"
              .formatted(file, checksum, said));
    }
  }

  private void requireRun(Path file, String expected, @Nullable String found)
      throws ForecasterException {
    if (found != null && !found.equals(expected)) {
      throw new ForecasterException(
          "%s belongs to another run than %s (found the name %s, expected %s); put back the file that was replaced"
              .formatted(file, folder.resolve(DESCRIPTION), found, expected));
    }
  }
}
