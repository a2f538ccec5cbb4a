// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.search;

import dev.unspool.cli.run.Stop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Does things beside each other, so many at a time. If one fails, the others are asked to end as if
 * their user had asked, and what failed is thrown when they have.
 *
 * @param size number at a time, at least 1
 * @param stop asks them to end
 */
record Crew(int size, Stop stop) {

  /** Does all of them; those that were not begun when somebody asked to stop are left out. */
  void run(List<Callable<Void>> jobs) throws IOException {
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.min(size, Math.max(1, jobs.size())));
    try (threads) {
      var running = new ArrayList<Future<Void>>();
      for (Callable<Void> job : jobs) {
        running.add(threads.submit(() -> stop.asked() ? null : guarded(job)));
      }
      @Nullable Throwable failure = null;
      for (Future<Void> each : running) {
        try {
          each.get();
        } catch (ExecutionException e) {
          failure = failure == null ? e.getCause() : failure;
        }
      }
      if (failure != null) {
        rethrow(failure);
      }
    } catch (InterruptedException e) {
      stop.ask();
      Thread.currentThread().interrupt();
    }
  }

  private Void guarded(Callable<Void> job) throws Exception {
    try {
      return job.call();
    } catch (Exception | Error e) {
      stop.ask();
      throw e;
    }
  }

  private static void rethrow(Throwable failure) throws IOException {
    switch (failure) {
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }
}
