// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
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
 *
 * <p>The threads end when the crew is closed, or when nobody can reach it any more. So they know
 * the {@link Orders} that they wait for and not the crew.
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

  private static final Cleaner FORGOTTEN = Cleaner.create();

  private final Orders orders;
  private final Cleaner.Cleanable end;

  /** A crew of {@code size} threads, at least 1; {@code size − 1} of them are started. */
  Crew(int size) {
    orders = new Orders(size);
    end = FORGOTTEN.register(this, orders::end);
    for (Worker worker : orders.workers) {
      worker.start();
    }
  }

  /** Number of parts that tasks are cut into. */
  int size() {
    return orders.workers.length + 1;
  }

  /** The threads that were started. */
  List<Thread> threads() {
    return List.of(orders.workers);
  }

  /**
   * Does all parts and returns when the last one is done.
   *
   * @throws IllegalStateException if the crew is closed, or a part has failed
   */
  void run(Task work) {
    try {
      orders.run(work);
    } finally {
      Reference.reachabilityFence(this); // not forgotten before its task is done
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    end.clean();
  }

  /** What the threads share: the task, and how many of them are at it. */
  private static final class Orders {
    private final Worker[] workers;
    private final AtomicInteger busy = new AtomicInteger();
    private @Nullable Task task;
    private final AtomicInteger order = new AtomicInteger();
    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    Orders(int size) {
      workers = new Worker[size - 1];
      for (int i = 0; i < workers.length; i++) {
        workers[i] = new Worker(this, i + 1);
      }
    }

    @SuppressWarnings("ThreadPriorityCheck") // only gives a processor away
    void run(Task work) {
      if (closed) {
        throw new IllegalStateException("the threads of these kernels have ended; open others");
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
        work.run(part, workers.length + 1);
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }

    void end() {
      closed = true;
      order.incrementAndGet();
      for (Worker worker : workers) {
        LockSupport.unpark(worker);
      }
    }
  }

  private static final class Worker extends Thread {
    private final Orders orders;
    private final int part;
    private volatile boolean asleep;

    Worker(Orders orders, int part) {
      super("unspool-crew-" + part);
      setDaemon(true);
      this.orders = orders;
      this.part = part;
    }

    @Override
    public void run() {
      for (int seen = 0; ; ) {
        seen = await(seen);
        if (!work()) {
          return;
        }
      }
    }

    /**
     * Does the part of the task there is; false if there is none. A method of its own: a thread
     * that waits must not hold the task, which would keep everything that it works on alive.
     */
    private boolean work() {
      Task work = orders.task;
      if (orders.closed || work == null) {
        return false;
      }
      orders.attempt(work, part);
      orders.busy.decrementAndGet();
      return true;
    }

    /** Waits for an order newer than {@code seen}. */
    private int await(int seen) {
      for (int turn = 0; orders.order.get() == seen; turn++) {
        if (turn < PATIENCE) {
          Thread.onSpinWait();
        } else {
          asleep = true;
          if (orders.order.get() == seen) {
            LockSupport.park(orders);
          }
          asleep = false;
        }
      }
      return orders.order.get();
    }
  }
}
