// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads, the caller's among them, that do a task in parts: fork and join in
 * about a microsecond and without allocating. Between two tasks the others spin for a moment, since
 * in a sweep the next one follows at once, and then sleep.
 *
 * <p>One thread at a time may call {@link #run}. Which part computes what is up to the task; if it
 * depends on the number of parts nowhere but in the places where the work is cut, results do not
 * depend on the number of threads.
 */
final class Crew implements AutoCloseable {
  /** Work that is cut into parts. */
  interface Task {
    /**
     * Does one part.
     *
     * @param part 0 ≤ part &lt; parts
     * @param parts size of the crew
     */
    void run(int part, int parts);
  }

  /** Turns of waiting before a thread sleeps: some tens of microseconds. */
  private static final int PATIENCE = 2_000;

  private final Worker[] workers;
  private final AtomicInteger busy = new AtomicInteger();
  private @Nullable Task task;
  private final AtomicInteger order = new AtomicInteger();
  private volatile @Nullable Throwable failure;
  private volatile boolean closed;

  /** A crew of {@code size} threads, at least 1; {@code size − 1} of them are started. */
  Crew(int size) {
    workers = new Worker[size - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
      workers[i].start();
    }
  }

  /** Number of parts that tasks are cut into. */
  int size() {
    return workers.length + 1;
  }

  /** Does all parts and returns when the last one is done. */
  void run(Task work) {
    if (workers.length == 0 || closed) {
      for (int part = 0; part < size(); part++) {
        work.run(part, size());
      }
      return;
    }
    task = work;
    busy.set(workers.length);
    order.incrementAndGet();
    for (Worker worker : workers) {
      if (worker.asleep) {
        LockSupport.unpark(worker);
      }
    }
    attempt(work, 0);
    for (int turn = 0; busy.get() > 0; turn++) {
      if (turn < PATIENCE) {
        Thread.onSpinWait();
      } else {
        Thread.yield(); // fewer processors than threads
      }
    }
    task = null;
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      throw new IllegalStateException("a part of a task failed", thrown);
    }
  }

  private void attempt(Task work, int part) {
    try {
      work.run(part, size());
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  /** Ends the threads. Tasks that come later are done by the caller alone. */
  @Override
  public void close() {
    closed = true;
    order.incrementAndGet();
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  private final class Worker extends Thread {
    private final int part;
    private volatile boolean asleep;

    Worker(int part) {
      super("unspool-crew-" + part);
      setDaemon(true);
      this.part = part;
    }

    @Override
    public void run() {
      for (int seen = 0; ; ) {
        seen = await(seen);
        Task work = task;
        if (closed || work == null) {
          return;
        }
        attempt(work, part);
        busy.decrementAndGet();
      }
    }

    /** Waits for an order newer than {@code seen}. */
    private int await(int seen) {
      for (int turn = 0; order.get() == seen; turn++) {
        if (turn < PATIENCE) {
          Thread.onSpinWait();
        } else {
          asleep = true;
          if (order.get() == seen) {
            LockSupport.park(Crew.this);
          }
          asleep = false;
        }
      }
      return order.get();
    }
  }
}
