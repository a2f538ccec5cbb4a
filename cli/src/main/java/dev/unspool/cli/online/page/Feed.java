// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.page;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Events for many readers: the newest ones, once for all of them. A reader is a place in these and
 * no more; one that is so slow that its place is gone begins anew, with the oldest that are kept.
 * So memory depends neither on how many readers there are nor on how slow they are.
 */
final class Feed {
  private static final int MOST_READERS = 32;

  private final int most;
  private final long mostBytes;
  private final byte[] begin;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Event> past = new ArrayDeque<>();
  private final Set<Reader> readers = new HashSet<>();
  private long bytes;
  private long next;
  private long dropped;
  private long skips;
  private boolean closed;

  private record Event(long number, byte[] text, boolean passing) {}

  /**
   * What there is to do.
   *
   * @param readers that are there
   * @param skips times that one was skipped ahead
   */
  record Load(int readers, long skips) {}

  /**
   * A feed.
   *
   * @param begin what each reader gets first, also when it begins anew
   * @param most events that are kept
   * @param mostBytes of all of them, unless a single one is longer
   */
  Feed(byte[] begin, int most, long mostBytes) {
    this.begin = begin;
    this.most = most;
    this.mostBytes = mostBytes;
  }

  /**
   * Adds an event.
   *
   * @param passing whether the next one makes it worthless
   */
  void add(byte[] text, boolean passing) {
    lock.lock();
    try {
      Event newest = past.peekLast();
      if (newest != null && newest.passing()) {
        past.removeLast();
        bytes -= newest.text().length;
      }
      past.addLast(new Event(next++, text, passing));
      bytes += text.length;
      while (past.size() > most || (bytes > mostBytes && past.size() > 1)) {
        Event oldest = past.removeFirst();
        bytes -= oldest.text().length;
        dropped = oldest.number() + 1;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Another reader; null if there are too many. */
  @Nullable Reader open() {
    lock.lock();
    try {
      if (readers.size() >= MOST_READERS) {
        return null;
      }
      var reader = new Reader();
      readers.add(reader);
      return reader;
    } finally {
      lock.unlock();
    }
  }

  Load load() {
    lock.lock();
    try {
      return new Load(readers.size(), skips);
    } finally {
      lock.unlock();
    }
  }

  /** There will be no more events. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A place in the events. */
  final class Reader implements AutoCloseable {
    private long at = -1;

    private Reader() {}

    /**
     * Waits for what comes next.
     *
     * @return empty if nothing came in that time; null if nothing will
     */
    @Nullable List<byte[]> take(long millis) throws InterruptedException {
      lock.lock();
      try {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        while (at == next && !closed && left > 0) {
          left = changed.awaitNanos(left);
        }
        if (at == next && closed) {
          return null;
        }
        var taken = new ArrayList<byte[]>();
        boolean first = at < 0;
        if (first || at < dropped) {
          skips += first ? 0 : 1;
          taken.add(begin);
        }
        for (Event event : past) {
          if (event.number() >= at) {
            taken.add(event.text());
          }
        }
        at = next;
        return taken;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        readers.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }
}
