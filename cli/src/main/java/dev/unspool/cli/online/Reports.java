// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.io.Closeable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Tells how a stream stands: to a terminal, to a page, and in a file. */
final class Reports implements Closeable {
  private static final long FULL = 16L << 20;
  private static final long SECOND = 1_000_000_000L;

  private final OnlineRun.Ends ends;
  private final RotatedFile metrics;
  private final StatusLine line;
  private final long every;
  private long shown = System.nanoTime();
  private long written = shown;
  private long recordsShown = -1;
  private double perSecond;

  Reports(OnlineFolder folder, double everySeconds, OnlineRun.Ends ends) {
    this.ends = ends;
    this.metrics = new RotatedFile(folder.metrics(), FULL, ends.console()::warn);
    this.line = new StatusLine(ends.console());
    this.every = (long) (everySeconds * SECOND);
  }

  /** Tells it if it is time. */
  void tell(OnlineStream stream, long records, long snapshot) {
    long now = System.nanoTime();
    if (recordsShown >= 0 && now - shown < SECOND) {
      return;
    }
    perSecond = recordsShown < 0 ? 0 : (records - recordsShown) * (double) SECOND / (now - shown);
    recordsShown = records;
    shown = now;
    StreamStatus status = status(stream, records, snapshot);
    ends.page().accept(status);
    line.show(status);
    if (now - written >= every) {
      written = now;
      metrics.append(status);
    }
  }

  /** Tells it for the last time. */
  void last(OnlineStream stream, long records, long snapshot) {
    StreamStatus status = status(stream, records, snapshot);
    ends.page().accept(status);
    line.show(status);
    metrics.append(status);
  }

  private StreamStatus status(OnlineStream stream, long records, long snapshot) {
    String at = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
    return stream.status(at, records, perSecond, snapshot);
  }

  @Override
  public void close() {
    line.close();
  }
}
