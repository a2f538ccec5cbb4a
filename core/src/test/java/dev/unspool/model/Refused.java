// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Wrong arguments and wrong moments: the exception, and what its message says. */
public final class Refused {
  private Refused() {}

  /** A wrong argument; the message has every one of the words. */
  public static void refused(Runnable wrong, String... words) {
    refused(IllegalArgumentException.class, wrong, words);
  }

  /** An exception of that kind; the message has every one of the words. */
  public static void refused(Class<? extends Exception> kind, Runnable wrong, String... words) {
    String message = String.valueOf(assertThrows(kind, wrong::run).getMessage());
    for (String word : words) {
      assertTrue(message.contains(word), () -> "'%s' is not in: %s".formatted(word, message));
    }
  }

  /** A wrong argument; the message names what was expected and what was found. */
  public static void refused(Runnable wrong, int expected, int found) {
    refused(wrong, String.valueOf(expected), String.valueOf(found));
  }
}
