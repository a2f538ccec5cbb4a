// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParseException;
import dev.unspool.checkpoint.RegularFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code metrics.jsonl}: one report a line, in the order of the updates. It is a record
 * for people and pictures, and a training does not depend on it: a line that is no report, such as
 * a crash or a full disk leaves, is passed over. Whatever its length, it is read line by line.
 */
public final class MetricsLog {
  /** Bytes of a line; a report has some 200, and what is longer is none. */
  private static final int LONGEST = 1 << 14;

  private static final int CHUNK = 512;

  private final Path file;

  /** The log in that file, which need not exist yet. */
  public MetricsLog(Path file) {
    this.file = file;
  }

  /**
   * Appends one line, all of it or nothing. Half a line that something else has left at the end is
   * cut off before.
   */
  public void append(Report report) throws IOException {
    var line = ByteBuffer.wrap((Json.line(report) + "\n").getBytes(UTF_8));
    if (Files.exists(file)) {
      RegularFile.requireSize(file); // a pipe takes what it has room for, and then nothing
    }
    try (var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long end = endOfLastLine(channel);
      cut(channel, end);
      channel.position(end);
      try {
        while (line.hasRemaining()) {
          channel.write(line);
        }
      } catch (IOException e) {
        cut(channel, end);
        throw e;
      }
    }
  }

  private static void cut(FileChannel channel, long end) throws IOException {
    if (end < channel.size()) {
      channel.truncate(end);
    }
  }

  /** Number of bytes up to the last end of a line. */
  private static long endOfLastLine(FileChannel channel) throws IOException {
    var chunk = ByteBuffer.allocate(CHUNK);
    for (long to = channel.size(); to > 0; to -= CHUNK) {
      long from = Math.max(0, to - CHUNK);
      chunk.clear().limit((int) (to - from));
      channel.read(chunk, from);
      for (int i = chunk.position() - 1; i >= 0; i--) {
        if (chunk.get(i) == '\n') {
          return from + i + 1;
        }
      }
    }
    return 0;
  }

  /** Reads all reports, one after the other. */
  public void read(Consumer<Report> reader) throws IOException {
    scan(
        (report, _) -> {
          if (report != null) {
            reader.accept(report);
          }
          return true;
        });
  }

  /**
   * Drops what a run did after the checkpoint that it goes on from.
   *
   * @param update of the checkpoint; later reports are dropped
   * @param reports of that very update that had been written when the checkpoint was; more of them
   *     are dropped
   */
  public void truncate(long update, long reports) throws IOException {
    long[] end = {0};
    long[] ofUpdate = {0};
    scan(
        (report, lineEnd) -> {
          if (report != null) {
            if (report.update() == update) {
              ofUpdate[0]++;
            }
            if (report.update() > update || ofUpdate[0] > reports) {
              return false;
            }
          }
          end[0] = lineEnd;
          return true;
        });
    if (Files.exists(file) && Files.size(file) > end[0]) {
      try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(end[0]);
      }
    }
  }

  /** Somebody who looks at the lines. */
  private interface Scanner {
    /**
     * Looks at one line.
     *
     * @param report null if the line is none
     * @param end number of bytes up to the end of the line
     * @return whether to go on
     */
    boolean line(@Nullable Report report, long end);
  }

  private void scan(Scanner scanner) throws IOException {
    try {
      RegularFile.requireSize(file);
    } catch (NoSuchFileException _) {
      return; // Nothing was reported yet.
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      byte[] line = new byte[LONGEST];
      int length = 0; // of the line, which may be longer than what is kept of it
      long end = 0;
      for (int next = in.read(); next >= 0; next = in.read()) {
        end++;
        if (next != '\n') {
          if (length < LONGEST) {
            line[length] = (byte) next;
          }
          length = Math.min(length + 1, LONGEST + 1);
          continue;
        }
        if (!scanner.line(length > LONGEST ? null : parse(line, length), end)) {
          return;
        }
        length = 0;
      }
    }
  }

  private static @Nullable Report parse(byte[] line, int length) {
    try {
      Report report = Json.parse(new String(Arrays.copyOf(line, length), UTF_8), Report.class);
      return report != null && report.update() > 0 ? report : null;
    } catch (JsonParseException _) {
      return null;
    }
  }
}
