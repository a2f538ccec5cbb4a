// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.io.Closeable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Tells how a stream stands: to a terminal, to a page, and in a file. */
final class Reports implements Closeable {
  private static final long FULL = 16L << 20;
  private static final long SECOND = 1_000_000_000L;

  private final OnlineRun.Ends ends;
  private final RotatedFile metrics;
  private final StatusLine line;
  private final long every;
  private final @Nullable Watch watch;
  private long shown = System.nanoTime();
  private long written = shown;
  private long recordsShown = -1;
  private double perSecond;

  Reports(OnlineFolder folder, OnlineConfig config, OnlineRun.Ends ends) {
    this.ends = ends;
    this.metrics = new RotatedFile(folder.metrics(), FULL, ends.console()::warn);
    this.line = new StatusLine(ends.console());
    this.every = (long) (config.upkeep().reportEvery() * SECOND);
    this.watch =
        ends.page() == null
            ? null
            : new Watch(
                config.stream().columns().targets().size(),
                config.learning().output().horizons(),
                config.learning().combine());
  }

  /** Tells it if it is time. */
  void tell(OnlineStream stream, long records, SnapshotWriter snapshots) {
    long now = System.nanoTime();
    if (recordsShown >= 0 && now - shown < SECOND) {
      return;
    }
    perSecond = recordsShown < 0 ? 0 : (records - recordsShown) * (double) SECOND / (now - shown);
    recordsShown = records;
    shown = now;
    StreamStatus status = status(stream, records, snapshots.newest());
    show(stream, status, snapshots);
    line.show(status);
    if (now - written >= every) {
      written = now;
      metrics.append(status);
    }
  }

  /** Tells it for the last time. */
  void last(OnlineStream stream, long records, SnapshotWriter snapshots) {
    StreamStatus status = status(stream, records, snapshots.newest());
    show(stream, status, snapshots);
    line.show(status);
    metrics.append(status);
  }

  private void show(OnlineStream stream, StreamStatus status, SnapshotWriter snapshots) {
    if (ends.page() != null && watch != null) {
      ends.page()
          .show(
              new StreamPage.View(
                  status,
                  new StreamPage.Condition(
                      stream.incidentsInARow(), snapshots.newestAt(), snapshots.fails()),
                  watch.look()));
    }
  }

  /** Who sees the rows for those who look on; null where nobody does. */
  @Nullable Watch watch() {
    return watch;
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
