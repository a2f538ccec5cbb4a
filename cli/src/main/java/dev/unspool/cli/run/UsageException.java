// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.io.Serial;

/** An option has a value that cannot be used: exit code 2. */
public final class UsageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  /** With one line that says what was found, what was expected and what to do. */
  public UsageException(String message) {
    super(message);
  }

  /** With the message of what found it. */
  public UsageException(IllegalArgumentException cause) {
    super(cause.getMessage(), cause);
  }

  /** Refuses what does not hold. */
  public static void require(boolean condition, String message) {
    if (!condition) {
      throw new UsageException(message);
    }
  }
}
