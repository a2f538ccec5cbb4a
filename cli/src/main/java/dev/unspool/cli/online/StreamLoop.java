// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.cli.report.Reason;
import dev.unspool.cli.report.Unwritable;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.UsageException;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Record after record until the stream ends, or has to. However it ends, everything up to the last
 * answer is in a snapshot; only one that the disk has no room for is not.
 */
final class StreamLoop {
  private static final long WAIT_MILLIS = 200;

  /** Answers wait no longer for others, however busy the input is. */
  private static final long LOOK_NANOS = 100_000_000;

  private static final double SECOND = 1e9;

  private final UpkeepConfig upkeep;
  private final RecordSource source;
  private final OnlineStream stream;
  private final AnswerOutput output;
  private final SnapshotWriter snapshots;
  private final Reports reports;
  private final Stop stop;
  private long records;
  private final boolean goesOn;
  private boolean answered;
  private long taken;
  private long takenNanos = System.nanoTime();

  StreamLoop(
      UpkeepConfig upkeep,
      RecordSource source,
      OnlineStream stream,
      AnswerOutput output,
      SnapshotWriter snapshots,
      Reports reports,
      Stop stop) {
    this.upkeep = upkeep;
    this.source = source;
    this.stream = stream;
    this.output = output;
    this.snapshots = snapshots;
    this.reports = reports;
    this.stop = stop;
    stream.watch(reports.watch());
    this.records = snapshots.newest();
    this.goesOn = records > 0;
    this.taken = records;
  }

  /**
   * Runs.
   *
   * @param left answers that were not taken when it ended before
   * @param record overwritten by each
   * @throws RunException if it is of no use to go on, or the last snapshot could not be written
   * @throws UsageException if it has not the columns that are asked for, and this is its beginning
   * @throws Unwritable if nobody takes the answers
   */
  void run(byte[] left, Observation record) throws IOException {
    Exception ended = null;
    try {
      output.restore(left);
      go(record);
      deliver();
    } catch (NotTaken _) {
      // What was not taken is in the snapshot.
    } catch (UsageException e) {
      ended = goesOn ? new RunException(String.valueOf(e.getMessage())) : e;
    } catch (UncheckedIOException | IOException e) {
      ended = e;
    } catch (OnlineStream.Exhausted e) {
      ended = new RunException(String.valueOf(e.getMessage()));
    }
    finish();
    switch (ended) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new AssertionError(ended);
    }
  }

  private void go(Observation record) throws IOException, OnlineStream.Exhausted {
    long looked = System.nanoTime();
    while (!stop.asked()) {
      RecordSource.Found found = source.next(record, 0);
      if (found == RecordSource.Found.NONE) {
        output.flush();
        look();
        found = source.next(record, WAIT_MILLIS);
      }
      if (found == RecordSource.Found.END) {
        return;
      }
      if (found == RecordSource.Found.NONE) {
        continue;
      }
      answer(record);
      if (upkeep.snapshotEvery() > 0) {
        keepWithinAnInterval();
      }
      long now = System.nanoTime();
      if (now - looked >= LOOK_NANOS) {
        looked = now;
        output.flush();
        look();
      }
    }
  }

  /**
   * Sees to it that no more records than those of one interval would have to be done again. A
   * snapshot counts when it is on the disk, so it is taken when half of them have come, and the
   * stream waits for a disk that needs longer than the other half.
   */
  private void keepWithinAnInterval() throws IOException {
    if (records - snapshots.newest() >= upkeep.snapshotEvery()) {
      snapshots.await();
    }
    if (records - taken >= (upkeep.snapshotEvery() + 1) / 2) {
      snapshot();
    }
  }

  private void answer(Observation record) throws OnlineStream.Exhausted {
    records = record.number;
    try {
      JsonLine line = stream.take(record);
      answered = true;
      output.add(record, line.bytes(), line.length());
    } catch (OnlineStream.Exhausted e) {
      answered = true;
      output.add(record, e.line().bytes(), e.line().length());
      deliver();
      throw e;
    }
  }

  /** Whether any record was answered. */
  boolean answered() {
    return answered;
  }

  private void deliver() {
    output.flush();
    output.awaitDelivered(output.added());
  }

  private void look() throws IOException {
    double seconds = upkeep.snapshotSeconds();
    if (seconds > 0 && records > taken && System.nanoTime() - takenNanos >= seconds * SECOND) {
      snapshot();
    }
    reports.tell(stream, records, snapshots);
  }

  /** Takes a copy of everything; the disk gets it while the stream goes on. */
  private void snapshot() throws IOException {
    if (snapshots.busy()) {
      return;
    }
    output.flush();
    long answered = output.added();
    snapshots.submit(records, about(), copy(new byte[0]), () -> output.awaitDelivered(answered));
    taken = records;
    takenNanos = System.nanoTime();
  }

  private Snapshot copy(byte[] left) {
    var snapshot = new Snapshot();
    stream.save(snapshot.in("stream"));
    snapshot.put("output", Bits.longs(left));
    return snapshot;
  }

  private Map<String, String> about() throws IOException {
    var about = new LinkedHashMap<>(Positions.about(source.position()));
    about.putAll(source.about());
    about.putAll(stream.about());
    return about;
  }

  private void finish() throws IOException {
    try {
      snapshots.finish(records, about(), copy(output.left()));
    } catch (IOException e) {
      throw new RunException(
          "the last snapshot cannot be written (%s); what came after record %s is done again when the stream goes on"
              .formatted(Reason.named(e), snapshots.newest()));
    } finally {
      reports.last(stream, records, snapshots);
    }
  }
}
