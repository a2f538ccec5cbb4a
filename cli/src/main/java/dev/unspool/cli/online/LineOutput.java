// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lines on their way out. A thread of its own writes, so that a reader who is slow holds up the
 * stream and not its end: whoever adds a line waits while two buffers are full, and no longer than
 * until the stream has to end. What then was not taken is {@link #left}.
 */
final class LineOutput implements AnswerOutput {
  private static final int BUFFER = 1 << 16;

  private final OutputStream to;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Handover handover;

  /** What is being filled, by one thread. */
  private byte[] filling = new byte[BUFFER];

  private int filled;
  private long added;

  /** What is being written, or was; {@code sending} bytes of it are still to go. */
  private byte[] sent = new byte[BUFFER];

  private int sending;
  private long delivered;
  private boolean closed;

  /**
   * An output.
   *
   * @param to not buffered; throws unchecked if it cannot be written
   * @param givesUp whether to wait for a reader no longer
   */
  LineOutput(OutputStream to, BooleanSupplier givesUp) {
    this.to = to;
    String nobody = "nobody takes what is written to standard output";
    this.handover = new Handover(changed, givesUp, nobody, nobody);
    Thread.ofPlatform().daemon().name("unspool-output").start(this::pump);
  }

  private void pump() {
    try {
      for (int count = toSend(); count > 0; count = toSend()) {
        RuntimeException found = null;
        try {
          write(sent, count); // nobody else touches it while there is something to send
        } catch (RuntimeException e) {
          found = e;
        }
        if (!sent(count, found)) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until there is something to write; 0 if there never will be. */
  private int toSend() throws InterruptedException {
    lock.lock();
    try {
      while (sending == 0 && !closed) {
        changed.await();
      }
      return sending;
    } finally {
      lock.unlock();
    }
  }

  /** Takes note of what was written, or was not; whether to go on. */
  private boolean sent(int count, @Nullable RuntimeException found) {
    lock.lock();
    try {
      if (found == null) {
        sending = 0;
        delivered += count;
      } else {
        handover.fail(found);
      }
      changed.signalAll();
      return found == null;
    } finally {
      lock.unlock();
    }
  }

  private void write(byte[] bytes, int count) {
    try {
      to.write(bytes, 0, count);
      to.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void add(Observation record, byte[] line, int length) {
    add(line, length);
  }

  @Override
  public void restore(byte[] left) {
    add(left, left.length);
  }

  private void add(byte[] bytes, int length) {
    if (filled + length > filling.length) {
      filling = Arrays.copyOf(filling, Math.max(filled + length, BUFFER + BUFFER / 8));
    }
    System.arraycopy(bytes, 0, filling, filled, length);
    filled += length;
    added += length;
    if (filled >= BUFFER) {
      send();
    }
  }

  @Override
  public void flush() {
    if (filled > 0) {
      send();
    }
  }

  private void send() {
    lock.lock();
    try {
      handover.await(() -> sending == 0);
      byte[] empty = sent;
      sent = filling;
      sending = filled;
      filling = empty;
      filled = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that were added since the beginning. */
  @Override
  public long added() {
    return added;
  }

  @Override
  public void awaitDelivered(long bytes) {
    lock.lock();
    try {
      handover.await(() -> delivered >= bytes);
    } finally {
      lock.unlock();
    }
  }

  /**
   * What was added and not written, whole lines; of what is being written at this moment, some may
   * have been.
   */
  @Override
  public byte[] left() {
    lock.lock();
    try {
      byte[] left = Arrays.copyOf(sent, sending + filled);
      System.arraycopy(sent, 0, left, 0, sending);
      System.arraycopy(filling, 0, left, sending, filled);
      return left;
    } finally {
      lock.unlock();
    }
  }

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
