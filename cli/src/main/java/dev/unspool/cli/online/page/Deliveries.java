// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.page;

import java.util.HashSet;
import java.util.Set;

/**
 * What is being sent to whom, and since when: who takes nothing of it for too long is dropped. The
 * server bounds only how long a request takes to come. Answers that nobody takes would hold its
 * connections for ever, until it has none for others.
 */
final class Deliveries {
  private final Set<Delivery> open = new HashSet<>();

  /** One to the client of the thread that calls, which is held to be writing from now on. */
  Delivery begin() {
    var delivery = new Delivery(Thread.currentThread());
    synchronized (open) {
      open.add(delivery);
    }
    return delivery;
  }

  /** Interrupts those who have been in the middle of a write for so long. */
  void interruptStalled(long patienceNanos) {
    long now = System.nanoTime();
    synchronized (open) {
      for (Delivery delivery : open) {
        if (delivery.writes && now - delivery.since > patienceNanos) {
          delivery.thread.interrupt(); // which closes its connection
        }
      }
    }
  }

  /** One of them. */
  final class Delivery implements AutoCloseable {
    private final Thread thread;
    private boolean writes = true;
    private long since = System.nanoTime();

    private Delivery(Thread thread) {
      this.thread = thread;
    }

    /** There is nothing to be written for the moment. */
    void rest() {
      synchronized (open) {
        writes = false;
      }
    }

    /** There is more to be written. */
    void resume() {
      synchronized (open) {
        writes = true;
        since = System.nanoTime();
      }
    }

    @Override
    public void close() {
      synchronized (open) {
        open.remove(this);
      }
    }
  }
}
