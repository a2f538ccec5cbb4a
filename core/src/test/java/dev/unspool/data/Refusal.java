// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Checks errors by what the user reads. */
final class Refusal {
  private Refusal() {}

  /** Expects an error of one line that is exactly {@code message}. */
  static void of(Class<? extends Exception> type, String message, Executable call) {
    assertEquals(message, message(type, call));
  }

  /** Expects an error of one line that contains {@code part}. */
  static void containing(Class<? extends Exception> type, String part, Executable call) {
    String message = message(type, call);
    assertTrue(message.contains(part), message);
  }

  private static String message(Class<? extends Exception> type, Executable call) {
    String message = String.valueOf(assertThrows(type, call).getMessage());
    assertFalse(message.contains("\n"), message);
    return message;
  }
}
