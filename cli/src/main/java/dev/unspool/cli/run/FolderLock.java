// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The right to write into a folder, which one process has at a time. Readers need none. The system
 * takes the lock back when its owner ends, however it ends; the file stays, since whoever deletes a
 * lock file may delete the one that another process has just locked.
 */
public final class FolderLock implements AutoCloseable {
  /** The file that is locked; it says who holds the lock. */
  static final String FILE = ".unspool.lock";

  /** What is locked is a byte far behind the text: some systems hide locked bytes from readers. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  private static final int LONGEST_OWNER = 200;

  /**
   * Folders that this process holds. It must not open their lock files again: POSIX takes a lock
   * back as soon as its process closes any channel of that file.
   */
  private static final Set<Path> MINE = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;

  private FolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Takes the lock, at once or not at all.
   *
   * @param folder made if it is not there
   * @param console warned where the file system knows no locks; then nothing is locked
   * @return to be closed when nothing more is written
   * @throws RunException if another process has it, or the folder cannot be one
   */
  public static FolderLock take(Path folder, Console console) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new RunException("%s is in the way: it is not a folder".formatted(e.getFile()));
    }
    Path real = folder.toRealPath();
    if (!MINE.add(real)) {
      throw inUse(folder, owner());
    }
    try {
      return new FolderLock(real, locked(folder, console));
    } catch (IOException | RuntimeException e) {
      MINE.remove(real);
      throw e;
    }
  }

  /**
   * Refuses a folder into which somebody writes now.
   *
   * @throws RunException with a line that names the process
   */
  public static void requireFree(Path folder) throws IOException {
    String holder = holder(folder);
    if (holder != null) {
      throw inUse(folder, holder);
    }
  }

  /**
   * Says who is at work in a folder in which nothing is to be found yet; does nothing if nobody is.
   *
   * @throws RunException with a line that names the process
   */
  public static void requireIdle(Path folder) throws IOException {
    String holder = holder(folder);
    if (holder != null) {
      throw new RunException(
          "%s holds nothing yet: %s is at work there; wait until it has something"
              .formatted(folder, holder));
    }
  }

  /** Who has the right to write into a folder now, in words; null if nobody has. */
  public static @Nullable String holder(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    if (MINE.contains(folder.toRealPath())) {
      return owner();
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      FileLock lock = channel.tryLock(LOCKED_BYTE, 1, true);
      if (lock == null) {
        String owner = text(channel);
        return owner.isEmpty() ? "another process" : owner;
      }
      lock.release();
      return null;
    }
  }

  private static FileChannel locked(Path folder, Console console) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve(FILE),
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            LinkOption.NOFOLLOW_LINKS);
    try {
      if (isTaken(channel, folder, console)) {
        throw inUse(folder, text(channel));
      }
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((owner() + "\n").getBytes(StandardCharsets.UTF_8)), 0);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean isTaken(FileChannel channel, Path folder, Console console) {
    FileLock lock;
    try {
      lock = channel.tryLock(LOCKED_BYTE, 1, false);
    } catch (IOException e) {
      console.warn(
          "%s cannot be locked (%s); see to it that no other process writes into it"
              .formatted(folder, e.getMessage()));
      return false;
    }
    return lock == null;
  }

  private static RunException inUse(Path folder, String owner) {
    return new RunException(
        "%s is being written to by %s; wait until that has ended, or use another folder"
            .formatted(folder, owner.isEmpty() ? "another process" : owner));
  }

  private static String text(FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(LONGEST_OWNER);
    channel.read(bytes, 0);
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
  }

  /** This process, as others shall name it. */
  private static String owner() {
    String host = host();
    long pid = ProcessHandle.current().pid();
    return host.isEmpty() ? "process " + pid : "process %s on %s".formatted(pid, host);
  }

  /** The machine's name; Java's own way to it asks the network. */
  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException _) {
      String name = System.getenv("COMPUTERNAME");
      return name != null ? name : "";
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.truncate(0);
    } finally {
      try {
        channel.close();
      } finally {
        MINE.remove(folder);
      }
    }
  }
}
