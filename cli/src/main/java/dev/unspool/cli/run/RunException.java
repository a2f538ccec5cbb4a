// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.io.IOException;
import java.io.Serial;

/** A run folder or its data are not as they must be: exit code 1. */
public final class RunException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /** With one line that says what was found, what was expected and what to do. */
  public RunException(String message) {
    super(message);
  }
}
