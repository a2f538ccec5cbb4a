// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a thread that has answers waits for the one that delivers them: until that has failed, or
 * nobody is to be waited for any longer. Used by whoever holds the lock of the condition.
 */
public final class Handover {
  private static final long LOOK_MILLIS = 100;

  private final Condition changed;
  private final BooleanSupplier givesUp;
  private final String notTaken;
  private final String interrupted;
  private @Nullable RuntimeException failure;

  /**
   * Nothing has failed.
   *
   * @param changed is signalled when something was delivered, or failed
   * @param givesUp whether to wait no longer
   * @param notTaken what is said then
   * @param interrupted what is said when the thread that waits is interrupted
   */
  public Handover(Condition changed, BooleanSupplier givesUp, String notTaken, String interrupted) {
    this.changed = changed;
    this.givesUp = givesUp;
    this.notTaken = notTaken;
    this.interrupted = interrupted;
  }

  /** Ends all waiting with this. */
  public void fail(RuntimeException why) {
    failure = why;
  }

  /** Whether it has failed. */
  public boolean hasFailed() {
    return failure != null;
  }

  /**
   * Waits for what somebody else does.
   *
   * @throws NotTaken if it is given up
   */
  public void await(BooleanSupplier condition) {
    while (failure == null && !condition.getAsBoolean()) {
      if (givesUp.getAsBoolean()) {
        throw new NotTaken(notTaken);
      }
      try {
        boolean _ = changed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw new NotTaken(interrupted);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
