// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.checkpoint.SnapshotSeries;
import dev.unspool.cli.report.Reason;
import dev.unspool.model.Snapshot;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts snapshots on the disk while the stream goes on, at most one at a time. One that cannot be
 * written is told and passed over: the next one may be, and those before it are there.
 */
final class SnapshotWriter implements Closeable {
  private static final long PATIENCE_SECONDS = 5;

  private final SnapshotSeries series;
  private final Consumer<String> warnings;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("unspool-snapshots").factory());
  private volatile boolean busy;
  private volatile long newest;
  private volatile @Nullable Instant newestAt;
  private volatile boolean fails;

  /**
   * A writer.
   *
   * @param saved the newest snapshot there is
   */
  SnapshotWriter(SnapshotSeries series, SnapshotSeries.Saved saved, Consumer<String> warnings) {
    this.series = series;
    this.newest = saved.number();
    this.newestAt = written(saved);
    this.warnings = warnings;
  }

  /** Whether one is being written. */
  boolean busy() {
    return busy;
  }

  /** Records that the newest one on the disk is of. */
  long newest() {
    return newest;
  }

  /** When it was written; null if that is not known. */
  @Nullable Instant newestAt() {
    return newestAt;
  }

  private static @Nullable Instant written(SnapshotSeries.Saved saved) {
    try {
      return Files.getLastModifiedTime(saved.file()).toInstant();
    } catch (IOException _) {
      return null; // only its age is not known
    }
  }

  /** Whether the last one could not be written. */
  boolean fails() {
    return fails;
  }

  /**
   * Writes one in the background; to be called when none is being written.
   *
   * @param ready waits until the snapshot may count: all that it has answered is delivered
   */
  void submit(long records, Map<String, String> about, Snapshot snapshot, Runnable ready) {
    busy = true;
    writer.execute(
        () -> {
          try {
            ready.run();
            writeOrWarn(records, about, snapshot);
          } catch (NotTaken _) {
            // The stream ends, and there will be another one.
          } catch (RuntimeException _) {
            fails = true; // the output is broken, which ends the stream
          } finally {
            written();
          }
        });
  }

  private void writeOrWarn(long records, Map<String, String> about, Snapshot snapshot) {
    try {
      write(records, about, snapshot);
      fails = false;
    } catch (IOException | RuntimeException e) {
      if (!fails) {
        warnings.accept(
            "snapshot %s cannot be written (%s); the stream goes on, and the next one is tried"
                .formatted(
                    records,
                    e instanceof IOException io
                        ? Reason.named(io)
                        : String.valueOf(e.getMessage())));
      }
      fails = true;
    }
  }

  private synchronized void written() {
    busy = false;
    notifyAll();
  }

  /** Waits until none is being written. */
  synchronized void await() {
    try {
      while (busy) {
        wait();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(long records, Map<String, String> about, Snapshot snapshot)
      throws IOException {
    series.write(records, about, snapshot);
    newest = records;
    newestAt = Instant.now();
  }

  /**
   * Writes the last one, after the one that is being written.
   *
   * @throws IOException if it cannot be
   */
  void finish(long records, Map<String, String> about, Snapshot snapshot) throws IOException {
    close();
    if (!writer.isTerminated()) {
      throw new IOException(
          "the snapshot before the last one is still being written; the disk is slow");
    }
    write(records, about, snapshot);
  }

  /** Waits for the one that is being written. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      boolean _ = writer.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
