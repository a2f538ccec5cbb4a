// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A file is not what a checkpoint should be: damaged, missing, or of another model. The message is
 * one line: the file, what was found, what was expected, and what to do.
 */
public final class CheckpointException extends IOException {
  private static final long serialVersionUID = 1;

  CheckpointException(Path file, String message) {
    super(file + ": " + message);
  }

  CheckpointException(Path file, String message, Throwable cause) {
    super(file + ": " + message, cause);
  }
}
