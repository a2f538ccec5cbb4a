// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

/** Messages of exceptions, never null. */
final class Messages {
  private Messages() {}

  static String of(Throwable thrown) {
    return String.valueOf(thrown.getMessage());
  }
}
