// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody wants the run to end: Ctrl-C, SIGTERM. While one is open, the end of the process
 * waits until it is closed, so that a checkpoint can be written, but not for ever.
 */
public final class Stop implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 9;

  private final CountDownLatch closed = new CountDownLatch(1);
  private final @Nullable Thread hook;
  private final String late;
  private volatile boolean asked;

  /** Thrown by {@link #check}: nothing more is to be computed. */
  public static final class Asked extends CancellationException {
    @java.io.Serial private static final long serialVersionUID = 1;

    Asked() {
      super("stopped");
    }
  }

  private Stop(boolean onShutdown, String late) {
    this.late = late;
    if (onShutdown) {
      hook = new Thread(this::askAndWait, "unspool-stop");
      Runtime.getRuntime().addShutdownHook(hook);
    } else {
      hook = null;
    }
  }

  /**
   * Asked for by the end of the process.
   *
   * @param late what is left behind if the run does not end in time
   */
  public static Stop onShutdown(String late) {
    return new Stop(true, late);
  }

  /** Asked for by {@link #ask} only. */
  public static Stop onRequest() {
    return new Stop(false, "");
  }

  private void askAndWait() {
    ask();
    try {
      if (!closed.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("unspool: stopped in the middle of a long computation; " + late);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Asks the run to end. */
  public void ask() {
    asked = true;
  }

  /** Whether the run is to end. */
  public boolean asked() {
    return asked;
  }

  /** Ends a long computation if the run is to end. */
  public void check() {
    if (asked) {
      throw new Asked();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    if (hook != null && !asked) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException _) {
        return; // the process is ending, and the hook no longer waits
      }
    }
  }
}
