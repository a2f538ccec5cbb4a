// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

/** Answers are not taken, and the stream has to end. */
public final class NotTaken extends RuntimeException {
  @java.io.Serial private static final long serialVersionUID = 1;

  /** One that says who does not take them. */
  public NotTaken(String message) {
    super(message, null, false, false);
  }
}
