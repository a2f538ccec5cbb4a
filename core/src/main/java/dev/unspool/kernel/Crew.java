// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads, the caller's among them, that do a task in parts: fork and join in
 * about a microsecond or less and without allocating. Between two tasks the others spin for a
 * moment, since in a sweep the next one follows at once, then let others have their processors, and
 * at last sleep.
 *
 * <p>Tasks are numbered. The caller writes the number of the next one, which all others read; each
 * of these writes the number of the last one that it has done, which the caller reads. So each
 * number has one writer, and a cache line of its own ({@link CacheLine}): nothing is fought over,
 * and what is written travels once to whoever waits for it.
 *
 * <p>One thread at a time may call {@link #run}; any may close the crew meanwhile. Which part
 * computes what is up to the task; if it depends on the number of parts nowhere but in the places
 * where the work is cut, results do not depend on the number of threads.
 *
 * <p>A thread of the crew has nobody to tell of an interrupt, and forgets it when it goes to sleep.
 * The caller's thread never sleeps here and does not look: its flag stays set for its owner.
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

  /** Turns of waiting before a thread lets others have its processor: tens of microseconds. */
  private static final int PATIENCE = 2_000;

  /**
   * How often it does that before it sleeps: about a millisecond, more than what the caller does
   * alone between two tasks. In a virtual machine, whoever sleeps may lose the processor, and being
   * woken then takes longer than many tasks do.
   */
  private static final int YIELDS = 1_000;

  /** The first where threads have no processor each: then who waits keeps others from working. */
  private static final int HASTE = 20;

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
   * @throws IllegalStateException if a part has failed, or the crew is closed; if it is closed only
   *     now, some parts may have been done. In any case, nobody works on the task any more
   */
  void run(Task work) {
    try {
      orders.run(work);
    } finally {
      Reference.reachabilityFence(this); // not forgotten before its task is done
    }
  }

  /** Ends the threads, once they have done a task that they were given before. */
  @Override
  public void close() {
    end.clean();
  }

  /**
   * What the threads share.
   *
   * <p>What a task reads is written before its number is, and what it writes before the number of
   * the worker; numbers are volatile, so that each side sees all of it. A worker that is about to
   * sleep says so and then looks for the number once more; the caller writes the number and then
   * looks who sleeps. Volatile accesses have one order for all, in which one of the two comes
   * second and sees the other: nobody sleeps through a task.
   *
   * <p>A crew may be closed while a task is handed over. A worker that finds it closed looks for
   * the number once more before it ends: so it does what was given before the crew was closed. What
   * is given later may find it gone. The caller then sees that the thread has ended, and with it
   * all that it wrote (JLS 17.4.4), and waits no longer. Both look only where they have waited for
   * long: whoever does that has time, and those who meet at once read their numbers and nothing
   * else.
   */
  private static final class Orders {
    private final Worker[] workers;
    private final CacheLine given = new CacheLine();
    private final int patience;
    private final int yields;
    private @Nullable Task task;
    private volatile @Nullable Throwable failure;
    private volatile boolean closed;

    Orders(int size) {
      workers = new Worker[size - 1];
      for (int i = 0; i < workers.length; i++) {
        workers[i] = new Worker(this, i + 1);
      }
      boolean crowded = size > Runtime.getRuntime().availableProcessors();
      patience = crowded ? HASTE : PATIENCE;
      yields = crowded ? 0 : YIELDS;
    }

    void run(Task work) {
      if (closed) {
        throw ended();
      }
      task = work;
      long number = given.number() + 1;
      given.number(number);
      for (Worker worker : workers) {
        if (worker.done.isAsleep()) {
          LockSupport.unpark(worker);
        }
      }
      attempt(work, 0);
      boolean complete = true;
      for (Worker worker : workers) {
        complete &= join(worker, number);
      }
      task = null;
      Throwable thrown = failure;
      if (thrown != null) {
        failure = null;
        throw new IllegalStateException("a part of a task failed", thrown);
      }
      if (!complete) {
        throw ended();
      }
    }

    private static IllegalStateException ended() {
      return new IllegalStateException("the threads of these kernels have ended; open others");
    }

    /** Waits until a worker has done a task; false if it has ended without. */
    @SuppressWarnings("ThreadPriorityCheck") // only gives a processor away
    private boolean join(Worker worker, long number) {
      CacheLine done = worker.done;
      for (int turn = 0; done.number() != number; turn++) {
        if (turn < patience) {
          Thread.onSpinWait();
        } else if (worker.isAlive()) {
          Thread.yield(); // somebody has no processor
        } else {
          return done.number() == number; // it may have been the last that it did
        }
      }
      return true;
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
      for (Worker worker : workers) {
        LockSupport.unpark(worker);
      }
    }
  }

  private static final class Worker extends Thread {
    private final Orders orders;
    private final int part;
    private final CacheLine done = new CacheLine();

    Worker(Orders orders, int part) {
      super("unspool-crew-" + part);
      setDaemon(true);
      this.orders = orders;
      this.part = part;
    }

    @Override
    public void run() {
      long seen = 0;
      for (long next = await(seen); next != seen; next = await(seen)) {
        work();
        done.number(next);
        seen = next;
      }
    }

    /**
     * Does its part of the task. A method of its own: a thread that waits must not hold the task,
     * which would keep everything that it works on alive.
     */
    private void work() {
      Task work = orders.task;
      if (work != null) {
        orders.attempt(work, part);
      }
    }

    /**
     * Waits for a task with a higher number than {@code seen}, and says which it is; {@code seen}
     * if none comes any more.
     */
    @SuppressWarnings("ThreadPriorityCheck") // only gives a processor away
    private long await(long seen) {
      for (int turn = 0; orders.given.number() == seen; turn++) {
        if (turn < orders.patience) {
          Thread.onSpinWait();
        } else if (orders.closed) {
          break; // a task that was given before is seen below
        } else if (turn - orders.patience < orders.yields) {
          Thread.yield();
        } else {
          done.asleep(true);
          if (orders.given.number() == seen) {
            Thread.interrupted(); // with the flag set, nobody can park
            LockSupport.park(orders);
          }
          done.asleep(false);
        }
      }
      return orders.given.number();
    }
  }
}
