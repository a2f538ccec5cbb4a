// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Data that cannot be used as it is. The message is one line: where (file and line), what was
 * found, what was expected, and what to do.
 */
public final class DataException extends IOException {
  private static final long serialVersionUID = 1;

  /** Data that cannot be used, in the words of {@code message}. */
  public DataException(String message) {
    super(message);
  }

  /** The same, with the error that revealed it. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A message that begins with the file and line, the way compilers write it. */
  static DataException at(Path file, long line, String message) {
    return new DataException("%s:%s: %s".formatted(file, line, message));
  }

  /** A message that begins with the file. */
  static DataException in(Path file, String message) {
    return new DataException("%s: %s".formatted(file, message));
  }
}
