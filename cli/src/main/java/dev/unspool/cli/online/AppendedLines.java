// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Lines that go to the end of what may be a file. Where a full disk or the end of a process has
 * left half a line there, the first one begins on a line of its own: half a line is then all that
 * is lost, and it comes again. Where this cannot be seen, nothing is done.
 */
public final class AppendedLines extends OutputStream {
  private final FileOutputStream to;
  private final Path file;
  private boolean begun;

  /**
   * Lines behind what is there.
   *
   * @param file the same, to look into it; need not be a file
   */
  AppendedLines(FileOutputStream to, Path file) {
    this.to = to;
    this.file = file;
  }

  /** Standard output, which is only a descriptor; Linux lets one look into what it leads to. */
  public static AppendedLines stdout() {
    return new AppendedLines(new FileOutputStream(FileDescriptor.out), Path.of("/proc/self/fd/1"));
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (!begun && isBehindHalfALine()) {
      to.write('\n');
    }
    begun = true;
    to.write(bytes, offset, length);
  }

  private boolean isBehindHalfALine() {
    if (!Files.isRegularFile(file)) { // a pipe would block
      return false;
    }
    try (var there = FileChannel.open(file, StandardOpenOption.READ)) {
      long end = there.size();
      return to.getChannel().position() == end && !RotatedFile.endsLine(there, end);
    } catch (IOException _) {
      return false; // it may be written and not be read
    }
  }

  @Override
  public void flush() throws IOException {
    to.flush();
  }

  @Override
  public void close() throws IOException {
    to.close();
  }
}
