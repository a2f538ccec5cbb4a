// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * A folder that holds one checkpoint: parameters, the snapshot that goes with them, and what the
 * owner says about them.
 *
 * <pre>{@code
 * weights-7.safetensors   the parameters, under their names and in their shapes
 * state-7.safetensors     the snapshot, each array a tensor of one dimension
 * checkpoint.json         the names, lengths and checksums of both, and the owner's text
 * }</pre>
 *
 * <p>Writing never touches the checkpoint that is there. The two new files get a new number; each
 * is on the disk before it gets its name; {@code checkpoint.json} is replaced last, at once; only
 * then the former files are deleted. So, whenever the machine stops or the disk is full, the folder
 * holds the former checkpoint or the new one, whole. Reading checks lengths and checksums (CRC-32C)
 * before anything is believed. One process writes into a folder; others may read meanwhile, and
 * what one {@link #read} gives is of one checkpoint.
 */
public final class CheckpointFolder {
  private static final String MANIFEST = "checkpoint.json";
  private static final String ADVICE = "; the checkpoint is damaged, go back to another one";
  private static final int CHUNK = 1 << 20;

  /** The highest number of a file: one of 18 digits. */
  private static final long HIGHEST = 999_999_999_999_999_999L;

  private static final Pattern NUMBERED =
      Pattern.compile("(?:weights|state)-([0-9]{1,18})\\.safetensors(?:\\.tmp)?");

  private final Path folder;
  private final Storage storage;

  /**
   * What one checkpoint holds beside its weights.
   *
   * @param about what the owner said about it
   * @param state the snapshot
   */
  public record Content(Map<String, String> about, Snapshot state) {}

  /** A folder, which need not exist yet. */
  public CheckpointFolder(Path folder) {
    this(folder, Storage.DISK);
  }

  CheckpointFolder(Path folder, Storage storage) {
    this.folder = folder;
    this.storage = storage;
  }

  /** Where it is. */
  public Path path() {
    return folder;
  }

  /** Whether the folder holds a checkpoint, sound or not. */
  public boolean exists() {
    return Files.exists(folder.resolve(MANIFEST));
  }

  /**
   * Replaces the checkpoint.
   *
   * @param theta not modified
   * @param state not modified
   * @param about any text; comes back from {@link #about()} in the same order
   * @throws IOException if it cannot be written; what was there before is still there, whole
   */
  public void write(Parameters theta, Snapshot state, Map<String, String> about)
      throws IOException {
    Files.createDirectories(folder);
    long number = highestNumber() + 1;
    if (number > HIGHEST) {
      throw new CheckpointException(
          folder,
          "a file in it has the number %s, after which there is none: delete it"
              .formatted(HIGHEST));
    }
    Path weightsFile = folder.resolve("weights-%s.safetensors".formatted(number));
    Path stateFile = folder.resolve("state-%s.safetensors".formatted(number));
    try {
      var weights = write(weightsFile, Tensor.byName(theta), Map.of("format", "pt"));
      var arrays = write(stateFile, SnapshotTensors.of(state), Map.of());
      storage.syncFolder(folder);
      byte[] manifest = new Manifest(about, weights, arrays).toJson();
      FileWriter.write(
          storage, folder.resolve(MANIFEST), output -> output.write(ByteBuffer.wrap(manifest)));
    } catch (IOException | RuntimeException | Error e) {
      FileWriter.discard(storage, weightsFile, e);
      FileWriter.discard(storage, stateFile, e);
      throw e;
    }
    // From here on the new checkpoint counts; the former one may go once that is on the disk too.
    storage.syncFolder(folder);
    deleteOthers(number);
  }

  private Manifest.FileEntry write(
      Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
    var written = FileWriter.write(storage, file, new SafetensorsWriter(tensors, metadata));
    return new Manifest.FileEntry(
        file.getFileName().toString(), written.bytes(), Manifest.hex(written.crc32c()));
  }

  private long highestNumber() throws IOException {
    return numbered().mapToLong(CheckpointFolder::number).max().orElse(0);
  }

  /**
   * The files in the folder that a checkpoint consists of, by their names, whether they belong to a
   * whole one or not; {@code checkpoint.json} comes first.
   */
  public List<Path> files() throws IOException {
    var files = new ArrayList<Path>();
    Path manifest = folder.resolve(MANIFEST);
    for (Path file : List.of(manifest, manifest.resolveSibling(MANIFEST + FileWriter.TEMPORARY))) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        files.add(file);
      }
    }
    if (Files.isDirectory(folder)) {
      numbered().forEach(files::add);
    }
    return files;
  }

  /** Files of any checkpoint, finished or not. */
  private Stream<Path> numbered() throws IOException {
    var files = new ArrayList<Path>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(file -> number(file) >= 0).forEach(files::add);
    }
    return files.stream();
  }

  private static long number(Path file) {
    Matcher matcher = NUMBERED.matcher(file.getFileName().toString());
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }

  /** Deletes what earlier checkpoints, and attempts that were interrupted, have left. */
  private void deleteOthers(long number) throws IOException {
    for (Path file : numbered().filter(file -> number(file) != number).toList()) {
      try {
        storage.delete(file);
      } catch (IOException _) {
        // Somebody has it open, perhaps. The checkpoint is complete; the next one tries again.
      }
    }
  }

  /**
   * What the owner said about the checkpoint.
   *
   * @throws CheckpointException if there is none, or it is damaged
   */
  public Map<String, String> about() throws IOException {
    return Manifest.read(folder.resolve(MANIFEST)).about();
  }

  /**
   * Reads a checkpoint as a whole: the weights and the snapshot are of the same one, also where
   * another process replaces it meanwhile.
   *
   * @param into of the same names and shapes; overwritten if everything is sound, else untouched
   * @throws CheckpointException if the checkpoint is missing, damaged, or of another model
   */
  public Content read(Parameters into) throws IOException {
    return read(
        manifest -> {
          Sound weights = sound(manifest.weights());
          requireModel(weights, into);
          Sound file = sound(manifest.state());
          Snapshot state = SnapshotTensors.snapshot(file.path(), file.content().tensors());
          set(into, weights);
          return new Content(manifest.about(), state);
        });
  }

  /**
   * Reads the parameters alone, for somebody who needs nothing else; {@link #read} gives them with
   * the snapshot that goes with them.
   *
   * @param into of the same names and shapes; overwritten if everything is sound, else untouched
   * @throws CheckpointException if the checkpoint is missing, damaged, or of another model
   */
  public void readWeights(Parameters into) throws IOException {
    Sound weights =
        read(
            manifest -> {
              Sound file = sound(manifest.weights());
              requireModel(file, into);
              return file;
            });
    set(into, weights);
  }

  private static void set(Parameters into, Sound weights) {
    weights.content().tensors().forEach((name, tensor) -> into.set(name, tensor.floats()));
  }

  private static void requireModel(Sound weights, Parameters into) throws CheckpointException {
    try {
      Tensor.requireShapes(
          weights.content().tensors(), into.layout(), String::valueOf, DType.F32 + " ");
    } catch (IllegalArgumentException e) {
      throw new CheckpointException(weights.path(), String.valueOf(e.getMessage()), e);
    }
  }

  /** A file that is what the manifest says. */
  private record Sound(Path path, Safetensors content) {}

  /** What is read of the checkpoint that a manifest names. */
  private interface Reading<T> {
    T of(Manifest manifest) throws IOException;
  }

  /** A writer may replace the checkpoint between two steps of this; then the new one is read. */
  private <T> T read(Reading<T> reading) throws IOException {
    Manifest manifest = Manifest.read(folder.resolve(MANIFEST));
    while (true) {
      try {
        return reading.of(manifest);
      } catch (CheckpointException e) {
        Manifest newer = Manifest.read(folder.resolve(MANIFEST));
        if (newer.equals(manifest)) {
          throw e;
        }
        manifest = newer;
      }
    }
  }

  private Sound sound(Manifest.FileEntry entry) throws IOException {
    Path file = folder.resolve(entry.file());
    requireSound(file, entry);
    return new Sound(file, Safetensors.read(file));
  }

  private static void requireSound(Path file, Manifest.FileEntry expected) throws IOException {
    var checksum = new CRC32C();
    long size;
    try {
      size = RegularFile.requireSize(file);
      if (size == expected.bytes()) {
        var buffer = ByteBuffer.allocateDirect(Math.clamp(size, 1, CHUNK));
        try (var channel = FileChannel.open(file)) {
          while (channel.read(buffer.clear()) >= 0) {
            checksum.update(buffer.flip());
          }
        }
      }
    } catch (NoSuchFileException e) {
      throw new CheckpointException(
          file, "the file is missing, %s names it".formatted(MANIFEST) + ADVICE, e);
    }
    if (size != expected.bytes()) {
      throw new CheckpointException(
          file, "found %s bytes, expected %s".formatted(size, expected.bytes()) + ADVICE);
    }
    String found = Manifest.hex(checksum.getValue());
    if (!found.equals(expected.crc32c())) {
      throw new CheckpointException(
          file, "found the checksum %s, expected %s".formatted(found, expected.crc32c()) + ADVICE);
    }
  }
}
