// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The last few snapshots of something that goes on for months, in a folder of their own. Each is
 * one file, {@code snapshot-<number>.safetensors}, that needs no other: the arrays of a {@link
 * Snapshot} (however many: beyond the first thousand they are packed), the owner's text, and a
 * checksum (CRC-32C) of every byte before it.
 *
 * <p>A new one is on the disk before it gets its name, and its name is on the disk before an older
 * one is deleted. So, whenever the machine stops or the disk is full, the newest of those that were
 * written is there, whole. {@link #newest()} believes nothing whose checksum, length or number does
 * not fit: it says what is wrong with a damaged file and takes the one before it. {@link #write}
 * moves a damaged file out of the way, to the same name with {@code .damaged} behind it, and
 * deletes none.
 *
 * <p>A disk needs room for {@code keep} + 1 snapshots. One process at a time writes into a folder
 * (whoever starts several locks it), one thread at a time through this object; others may read
 * meanwhile.
 */
public final class SnapshotSeries {
  private static final String DAMAGED = ".damaged";
  private static final String FORMAT_KEY = "unspool.format";
  private static final String FORMAT = "unspool-snapshot-1";
  private static final String NUMBER_KEY = "unspool.number";
  private static final String RESERVED = "unspool.";
  private static final long LARGEST_NUMBER = 999_999_999_999_999_999L;
  private static final Pattern NUMBERED =
      Pattern.compile("snapshot-(0|[1-9][0-9]{0,17})\\.safetensors");
  private static final Pattern UNFINISHED =
      Pattern.compile("snapshot-[0-9]{1,18}\\.safetensors\\" + FileWriter.TEMPORARY);

  private final Path folder;
  private final int keep;
  private final Storage storage;

  /** Whether the files that are there were looked at, and those of them that cannot be used. */
  private boolean known;

  private final List<Path> unusable = new ArrayList<>();

  /**
   * A snapshot that was read.
   *
   * @param file where it is
   * @param number as its writer gave it
   * @param about the owner's text, in the writer's order
   * @param state the arrays; the caller's
   */
  public record Saved(Path file, long number, Map<String, String> about, Snapshot state) {}

  /**
   * A file that is there and cannot be used.
   *
   * @param file its name
   * @param reason one line that begins with the name and says what was found
   */
  public record Damaged(Path file, String reason) {}

  /**
   * What is in the folder.
   *
   * @param snapshot the newest whole one; empty if there is none
   * @param damaged newer ones that were passed over, newest first. Where there is no whole one
   *     beside them, what they held is lost, and only the owner may decide to begin anew
   */
  public record Newest(Optional<Saved> snapshot, List<Damaged> damaged) {}

  /**
   * A series.
   *
   * @param folder need not exist yet
   * @param keep how many snapshots stay, at least 1; more than one, so that there is another if the
   *     disk damages the newest
   * @throws IllegalArgumentException if none would stay
   */
  public SnapshotSeries(Path folder, int keep) {
    this(folder, keep, Storage.DISK);
  }

  SnapshotSeries(Path folder, int keep, Storage storage) {
    if (keep < 1) {
      throw new IllegalArgumentException(
          "%s snapshots would be kept, expected at least 1".formatted(keep));
    }
    this.folder = folder;
    this.keep = keep;
    this.storage = storage;
  }

  /** Where it is. */
  public Path path() {
    return folder;
  }

  /**
   * Adds a snapshot. One of the same number, and attempts that were cut off, are replaced.
   *
   * @param number at least that of the newest whole one: what it counts (records, seconds) goes on
   *     after a restart
   * @param about any text, under any names but those that begin with {@code unspool.}
   * @param state not modified
   * @return the file
   * @throws IllegalArgumentException if the number is below the newest, or a name is not free
   * @throws IOException if it cannot be written; those written before are still there, whole, and
   *     the next attempt begins afresh
   */
  public Path write(long number, Map<String, String> about, Snapshot state) throws IOException {
    Path file = file(number);
    Map<String, String> metadata = metadata(number, about);
    makeFolder();
    if (!known) {
      newest();
    }
    moveDamaged();
    requireNewest(number);
    deleteUnfinished();
    SealedFile.write(storage, file, PackedArrays.pack(state), metadata);
    storage.syncFolder(folder);
    deleteOld(); // only now that nobody can lose the new one
    return file;
  }

  private Path file(long number) {
    if (number < 0 || number > LARGEST_NUMBER) {
      throw new IllegalArgumentException(
          "the number of a snapshot is %s, expected 0 to %s".formatted(number, LARGEST_NUMBER));
    }
    return folder.resolve("snapshot-%s.safetensors".formatted(number));
  }

  private static Map<String, String> metadata(long number, Map<String, String> about) {
    var metadata = new LinkedHashMap<String, String>();
    metadata.put(FORMAT_KEY, FORMAT);
    metadata.put(NUMBER_KEY, Long.toString(number));
    about.forEach(
        (key, value) -> {
          if (key.startsWith(RESERVED)) {
            throw new IllegalArgumentException(
                "'%s' begins with '%s', which is not free; choose another name"
                    .formatted(key, RESERVED));
          }
          metadata.put(key, value);
        });
    return metadata;
  }

  private void makeFolder() throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
      storage.syncFolder(Objects.requireNonNull(folder.toAbsolutePath().getParent()));
    }
  }

  private void moveDamaged() throws IOException {
    while (!unusable.isEmpty()) {
      Path file = unusable.getLast();
      try {
        storage.rename(file, file.resolveSibling(file.getFileName() + DAMAGED));
      } catch (NoSuchFileException _) {
        // Somebody has taken it away.
      }
      unusable.removeLast();
    }
  }

  private void requireNewest(long number) throws IOException {
    List<Path> files = newestFirst();
    if (!files.isEmpty() && number(files.getFirst()) > number) {
      throw new IllegalArgumentException(
          "snapshot %s would come after %s; count on from there, or move that file away"
              .formatted(number, files.getFirst()));
    }
  }

  private void deleteUnfinished() throws IOException {
    for (Path file : list(name -> UNFINISHED.matcher(name).matches())) {
      storage.delete(file);
    }
  }

  private void deleteOld() throws IOException {
    List<Path> files = newestFirst();
    for (Path file : files.subList(Math.min(keep, files.size()), files.size())) {
      try {
        storage.delete(file);
      } catch (IOException _) {
        // Somebody has it open, perhaps. The snapshot is complete; the next one tries again.
      }
    }
  }

  /**
   * Looks for the newest snapshot that is whole. Nothing in the folder is changed.
   *
   * @throws IOException if the folder or a file in it may not be read, which says nothing about
   *     what it holds
   */
  public Newest newest() throws IOException {
    var damaged = new ArrayList<Damaged>();
    var left = new ArrayDeque<>(newestFirst());
    while (!left.isEmpty()) {
      Path file = left.removeFirst();
      try {
        return known(Optional.of(read(file)), damaged);
      } catch (IOException e) {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
          // A writer has deleted it meanwhile, so there is a newer one.
          damaged.clear();
          left = new ArrayDeque<>(newestFirst());
        } else if (e instanceof FileSystemException && !(e instanceof NoSuchFileException)) {
          throw e;
        } else {
          damaged.add(new Damaged(file, reason(file, e)));
        }
      }
    }
    return known(Optional.empty(), damaged);
  }

  /** The system says "Input/output error" without saying where. */
  private static String reason(Path file, IOException e) {
    return switch (e) {
      case CheckpointException _ -> Messages.line(e);
      case NoSuchFileException _ -> file + ": it is a link that leads nowhere";
      default -> file + ": " + Messages.line(e);
    };
  }

  private Newest known(Optional<Saved> snapshot, List<Damaged> damaged) {
    known = true;
    unusable.clear();
    damaged.forEach(each -> unusable.add(each.file()));
    return new Newest(snapshot, List.copyOf(damaged));
  }

  private static Saved read(Path file) throws IOException {
    Safetensors content = SealedFile.read(file);
    var about = new LinkedHashMap<>(content.metadata());
    String format = about.remove(FORMAT_KEY);
    if (!FORMAT.equals(format)) {
      throw new CheckpointException(
          file,
          "found the format '%s', expected '%s'; use the version of Unspool that wrote it"
              .formatted(Messages.shorten(String.valueOf(format)), FORMAT));
    }
    long number = number(file);
    String announced = about.remove(NUMBER_KEY);
    if (!Long.toString(number).equals(announced)) {
      throw new CheckpointException(
          file,
          "it is snapshot %s by what it holds; give it the name that it had"
              .formatted(Messages.shorten(String.valueOf(announced))));
    }
    about.keySet().removeIf(key -> key.startsWith(RESERVED));
    return new Saved(file, number, about, PackedArrays.unpack(file, content.tensors()));
  }

  private List<Path> newestFirst() throws IOException {
    List<Path> files = list(name -> NUMBERED.matcher(name).matches());
    files.sort(Comparator.comparingLong(SnapshotSeries::number).reversed());
    return files;
  }

  private List<Path> list(Predicate<String> named) throws IOException {
    var files = new ArrayList<Path>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(file -> named.test(file.getFileName().toString())).forEach(files::add);
    } catch (NoSuchFileException _) {
      // Nothing was written yet.
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return files;
  }

  private static long number(Path file) {
    Matcher matcher = NUMBERED.matcher(file.getFileName().toString());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(file + " is no snapshot");
    }
    return Long.parseLong(matcher.group(1));
  }
}
