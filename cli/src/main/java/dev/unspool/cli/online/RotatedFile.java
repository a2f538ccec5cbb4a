// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.checkpoint.RegularFile;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * A file of lines that never takes more than twice so much room: when it is full it becomes {@code
 * NAME.1}, and the one before that goes. Nothing depends on it, so what cannot be written is
 * dropped; that is told once, and again when it was possible meanwhile.
 */
public final class RotatedFile {
  private final Path file;
  private final long limit;
  private final Consumer<String> warnings;
  private boolean fails;

  /**
   * A file.
   *
   * @param limit bytes at which it is full
   * @param warnings takes what people should know
   */
  public RotatedFile(Path file, long limit, Consumer<String> warnings) {
    this.file = file;
    this.limit = limit;
    this.warnings = warnings;
  }

  /** The file before it. */
  public static Path former(Path file) {
    return file.resolveSibling(file.getFileName() + ".1");
  }

  /** Appends a value as one line of JSON, all of it or nothing. */
  public void append(Object value) {
    var line = ByteBuffer.wrap((Json.line(value) + "\n").getBytes(UTF_8));
    try {
      append(line);
      fails = false;
    } catch (IOException e) {
      if (!fails) {
        warnings.accept(
            "%s cannot be written (%s); the stream goes on without it"
                .formatted(file, Reason.of(e)));
      }
      fails = true;
    }
  }

  private void append(ByteBuffer line) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      long size = RegularFile.requireSize(file); // a pipe would block
      if (size > 0 && size + line.remaining() > limit) {
        Files.move(file, former(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    try (var channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      long end = channel.size();
      channel.position(end);
      try {
        if (!endsLine(channel, end)) {
          channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        }
        while (line.hasRemaining()) {
          channel.write(line);
        }
      } catch (IOException e) {
        channel.truncate(end);
        throw e;
      }
    }
  }

  /** Whether nothing was cut off there. */
  static boolean endsLine(FileChannel channel, long end) throws IOException {
    var last = ByteBuffer.allocate(1);
    return end == 0 || channel.read(last, end - 1) < 1 || last.get(0) == '\n';
  }
}
