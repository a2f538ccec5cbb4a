// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import org.jspecify.annotations.Nullable;

/** A user's step failed, or gave something that the model did not promise. Names the step. */
public final class StepException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long step;

  StepException(long step, String message, @Nullable Throwable cause) {
    super("step " + step + ": " + message, cause);
    this.step = step;
  }

  StepException(long step, String message) {
    this(step, message, null);
  }

  /**
   * Wraps what libtorch threw; its message without the C++ stack.
   *
   * @param doing e.g. "forwards", "backwards"
   */
  static StepException of(long step, String doing, RuntimeException thrown) {
    if (thrown instanceof StepException already) {
      return already;
    }
    return new StepException(step, doing + ": " + firstLines(thrown), thrown);
  }

  private static String firstLines(RuntimeException thrown) {
    String message = thrown.getMessage();
    if (message == null) {
      return thrown.getClass().getSimpleName();
    }
    int stack = message.indexOf("\nException raised from");
    return (stack < 0 ? message : message.substring(0, stack)).strip();
  }

  /** Number of the step, 1 being the first step since the tape was opened. */
  public long step() {
    return step;
  }
}
