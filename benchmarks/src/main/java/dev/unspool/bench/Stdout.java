// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Standard output, which says why it cannot be written, where streams that print would go on and
 * measure for nobody.
 */
final class Stdout extends OutputStream {
  /** What a shell says of a command that SIGPIPE has ended. */
  static final int READER_IS_GONE = 141;

  private static final String GONE = "Broken pipe";

  private final OutputStream to;

  /** A stream that goes on to another, unbuffered one. */
  Stdout(OutputStream to) {
    this.to = to;
  }

  /** Whether nobody wants to hear more. */
  static boolean readerIsGone(Throwable thrown) {
    return thrown instanceof UncheckedIOException e
        && e.getCause() != null
        && String.valueOf(e.getCause().getMessage()).contains(GONE);
  }

  /** What is thrown where another process has found that nobody wants to hear more. */
  static UncheckedIOException gone() {
    return unwritable(new IOException(GONE));
  }

  private static UncheckedIOException unwritable(IOException e) {
    return new UncheckedIOException("standard output cannot be written: " + e.getMessage(), e);
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    try {
      to.write(bytes, offset, length);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
