// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.io.IOException;

/** A folder holds no model that can be loaded; the message says why and what to do, in a line. */
public final class ForecasterException extends IOException {
  private static final long serialVersionUID = 1;

  /** With a message for people. */
  ForecasterException(String message) {
    super(message);
  }

  /** The same, with what led to it. */
  ForecasterException(String message, Throwable cause) {
    super(message, cause);
  }
}
