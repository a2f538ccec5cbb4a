// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.run.RunException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a file that grows. When its name has gone to another file (rotation), this one is read
 * to its end first; when what was read of it is no longer there (truncation), reading begins at its
 * beginning. While there is no file of that name, it waits for one.
 */
final class FileFeed implements ByteFeed {
  private static final long LOOK_MILLIS = 100;

  /** Bytes before a place that it is recognised by. */
  private static final int MARKED = 256;

  /** Says of a place that it is not to be found again; no checksum reads like that. */
  private static final String GONE = "gone";

  private final Path path;
  private final Consumer<String> remarks;
  private @Nullable FileChannel channel;
  private @Nullable Object key;
  private long offset;
  private final FileTail read = new FileTail(MARKED);

  /** Whether bytes of another file were read, and the next one is not open yet. */
  private boolean begun;

  /**
   * A file from an offset on.
   *
   * @param before bytes that were read before, by another process perhaps
   * @param mark what {@link #mark} said of that place
   * @param remarks takes what people should know
   * @throws IOException if the file is there and may not be read
   */
  FileFeed(Path path, long before, String mark, Consumer<String> remarks) throws IOException {
    this.path = path;
    this.remarks = remarks;
    if (!open()) {
      remarks.accept("%s is not there yet; waiting for it".formatted(path));
    } else if (before > 0) {
      goOn(before, mark);
    }
  }

  /** Finds the place of another process; what is no longer there is read from the beginning. */
  private void goOn(long before, String mark) throws IOException {
    FileChannel open = Objects.requireNonNull(channel);
    long size = open.size();
    if (size < before) {
      remarks.accept(
          "%s has %s bytes, and %s were read: it was cut off or is another file, and is read from its beginning"
              .formatted(path, size, before));
    } else if (!mark(before).equals(mark)) {
      remarks.accept(
          "%s is not the file of which %s bytes were read; it is read from its beginning, and what that one had beyond is passed over"
              .formatted(path, before));
    } else {
      byte[] there = FileTail.before(open, before, (int) Math.min(before, MARKED));
      read.add(there, 0, there.length);
      offset = before;
    }
  }

  /** How far the file was read. */
  long offset() {
    return offset;
  }

  /** A checksum of the bytes before a place: numbers of files are given to others again. */
  @Override
  public String mark(long place) throws IOException {
    FileChannel open = channel;
    if (open == null || place == 0) {
      return "";
    }
    if (!read.isBefore(open, offset)) {
      return GONE; // what stands there now was not read
    }
    var checksum = new CRC32C();
    checksum.update(FileTail.before(open, place, (int) Math.min(place, MARKED)));
    return HexFormat.of().toHexDigits((int) checksum.getValue());
  }

  private boolean open() throws IOException {
    try {
      if (!Files.readAttributes(path, BasicFileAttributes.class).isRegularFile()) {
        // Whoever opens a pipe waits for its writer, and there are no places in it to go back to.
        throw new RunException(
            "%s is no regular file, which alone can be followed; pipe what comes from it into standard input"
                .formatted(path));
      }
      channel = FileChannel.open(path, StandardOpenOption.READ);
      key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      rewind();
      return true;
    } catch (NoSuchFileException _) {
      close();
      return false;
    }
  }

  private void rewind() {
    offset = 0;
    read.clear();
  }

  @Override
  public int read(byte[] into, int at, int length, long waitMillis) throws IOException {
    long until = System.nanoTime() + waitMillis * 1_000_000;
    while (true) {
      int found = readNow(into, at, length);
      long left = (until - System.nanoTime()) / 1_000_000;
      if (found != 0 || left <= 0) {
        return found;
      }
      try {
        Thread.sleep(Math.min(left, LOOK_MILLIS)); // not every file system tells of a change
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return END;
      }
    }
  }

  private int readNow(byte[] into, int at, int length) throws IOException {
    FileChannel open = channel;
    if (open == null) {
      return open() ? begin(into, at, length) : 0;
    }
    int count = readOn(open, into, at, length);
    if (count != 0) {
      return count;
    }
    if (open.size() < offset) {
      remarks.accept(
          "%s was cut off to %s bytes after %s were read; it is read from its beginning"
              .formatted(path, open.size(), offset));
      rewind();
      return ANEW;
    }
    if (isRotated()) {
      // What was written to it since the last look is still to be read.
      count = readOn(open, into, at, length);
      if (count != 0) {
        return count;
      }
      remarks.accept("%s is a new file; the old one was read to its end".formatted(path));
      close();
      begun = true;
      return open() ? begin(into, at, length) : 0;
    }
    return 0;
  }

  /** Reads what is behind the bytes that were read, if these are still there. */
  private int readOn(FileChannel open, byte[] into, int at, int length) throws IOException {
    int count = open.read(ByteBuffer.wrap(into, at, length), offset);
    if (count <= 0) {
      return 0;
    }
    if (!read.isBefore(open, offset)) { // looked for last: it may be cut off at any moment
      remarks.accept(
          "%s no longer has the %s bytes that were read: it was cut off and written again, and is read from its beginning; what it had beyond is passed over"
              .formatted(path, offset));
      rewind();
      return ANEW;
    }
    read.add(into, at, count);
    offset += count;
    return count;
  }

  /** Says that the bytes are of another file, if there were others before. */
  private int begin(byte[] into, int at, int length) throws IOException {
    boolean another = begun;
    begun = false;
    return another ? ANEW : readNow(into, at, length);
  }

  private boolean isRotated() throws IOException {
    try {
      Object now = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      return now != null && !now.equals(key);
    } catch (NoSuchFileException _) {
      return false; // renamed, and the new one is not there yet: the old one may still grow
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
