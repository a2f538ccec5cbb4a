// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a stream that blocks, such as standard input. A thread of its own waits for them, since
 * nothing wakes a thread that reads from a pipe, and this one is to notice that it shall end. Bytes
 * that nobody takes fill a ring; when it is full, nothing more is read, and whoever writes waits.
 */
final class PipeFeed implements ByteFeed {
  private static final int RING = 1 << 18;
  private static final int CHUNK = 1 << 16;

  private final InputStream from;
  private final byte[] ring = new byte[RING];
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Bytes put into the ring and taken from it since the beginning. */
  private long put;

  private long taken;
  private boolean ended;
  private boolean closed;
  private @Nullable Throwable failure;

  PipeFeed(InputStream from) {
    this.from = from;
    Thread.ofPlatform().daemon().name("unspool-input").start(this::pump);
  }

  private void pump() {
    Throwable found = null;
    try {
      byte[] chunk = new byte[CHUNK];
      for (int count = from.read(chunk); count >= 0; count = from.read(chunk)) {
        if (!put(chunk, count)) {
          return;
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      found = e;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      lock.lock();
      try {
        ended = true;
        failure = found;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Puts bytes into the ring as there is room; false if nobody wants them. */
  private boolean put(byte[] chunk, int count) throws InterruptedException {
    int done = 0;
    lock.lock();
    try {
      while (done < count && !closed) {
        int free = RING - (int) (put - taken);
        if (free == 0) {
          changed.await();
          continue;
        }
        int at = (int) (put % RING);
        int some = Math.min(Math.min(free, RING - at), count - done);
        System.arraycopy(chunk, done, ring, at, some);
        done += some;
        put += some;
        changed.signalAll();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read(byte[] into, int at, int length, long waitMillis) throws IOException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
      while (put == taken && !ended && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (put == taken) {
        if (failure != null) {
          throw new IOException("standard input cannot be read: " + failure.getMessage(), failure);
        }
        return ended ? END : 0;
      }
      int start = (int) (taken % RING);
      int some = Math.min(Math.min((int) (put - taken), RING - start), length);
      System.arraycopy(ring, start, into, at, some);
      taken += some;
      changed.signalAll();
      return some;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return END;
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of it; a thread that still reads ends with what it reads. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
