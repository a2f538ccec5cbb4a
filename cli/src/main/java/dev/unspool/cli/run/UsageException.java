// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.io.Serial;
import java.util.Map;

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

  /**
   * Refuses options that make no sense here.
   *
   * @param given by the names of options, whether each was given
   * @param why the rest of the sentence that begins with the option
   */
  public static void requireNone(Map<String, Boolean> given, String why) {
    given.forEach((option, isGiven) -> require(!isGiven, option + " " + why));
  }
}
