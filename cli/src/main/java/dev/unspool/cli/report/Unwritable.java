// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Standard output cannot be written. It is unchecked because writers that print hide what is
 * checked.
 */
public final class Unwritable extends UncheckedIOException {
  @java.io.Serial private static final long serialVersionUID = 1;

  Unwritable(IOException cause) {
    super("standard output cannot be written: " + cause.getMessage(), cause);
  }

  /** Whether the other end of a pipe is closed: then nobody wants to hear more. */
  public boolean readerIsGone() {
    return String.valueOf(getMessage()).contains("Broken pipe");
  }
}
