// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Standard output, which throws {@link Unwritable} where {@code System.out} would go on silently.
 */
public final class ResultStream extends OutputStream {
  private final OutputStream to;

  /** A stream that goes on to another, unbuffered one. */
  public ResultStream(OutputStream to) {
    this.to = to;
  }

  /** A writer to this process's standard output. */
  public static PrintWriter stdout() {
    return writer(new FileOutputStream(FileDescriptor.out));
  }

  /** A writer to a stream that is not buffered. */
  public static PrintWriter writer(OutputStream to) {
    return new PrintWriter(new OutputStreamWriter(new ResultStream(to), charset()));
  }

  /** What the terminal or the locale says, but results are not to lose their letters. */
  private static Charset charset() {
    String name = System.getProperty("stdout.encoding", "");
    Charset charset = Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.UTF_8;
    return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
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
      throw new Unwritable(e);
    }
  }

  @Override
  public void flush() {
    try {
      to.flush();
    } catch (IOException e) {
      throw new Unwritable(e);
    }
  }
}
