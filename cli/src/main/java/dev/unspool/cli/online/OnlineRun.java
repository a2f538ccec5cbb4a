// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.checkpoint.SnapshotSeries;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.Architecture;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.UsageException;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.network.Network;
import dev.unspool.online.OnlineLearner;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A stream from where it was left to where it ends or is ended. */
public final class OnlineRun {
  /** What is left behind when it does not end in time. */
  public static final String LATE = "what came after the newest snapshot is done again";

  /** How long to wait for a reader when the stream has to end. */
  private static final long GIVE_UP_NANOS = 4_000_000_000L;

  private final OnlineFolder folder;
  private final OnlineConfig config;
  private final Ends ends;
  private final DeadLetters letters;
  private boolean answered;

  /** Whether nothing was read before this call. */
  private boolean unread;

  /** Whether that is so, and it has not the columns that are asked for. */
  private boolean cannotBegin;

  private long asked;

  /**
   * What a stream runs between.
   *
   * @param transport brings records and takes answers
   * @param console where people are told how it goes
   * @param page looks on; null where nobody does
   * @param stop says when it is to end
   */
  public record Ends(Transport transport, Console console, @Nullable StreamPage page, Stop stop) {}

  private OnlineRun(OnlineFolder folder, OnlineConfig config, Ends ends) {
    this.folder = folder;
    this.config = config;
    this.ends = ends;
    this.letters = new DeadLetters(folder.path(), ends.console()::warn);
  }

  /**
   * Makes a folder a stream's, of which nothing was read yet. Whoever calls holds its lock.
   *
   * @param architecture of the network
   * @param first weights to begin with; null for random ones
   */
  public static void begin(
      OnlineFolder folder,
      OnlineConfig config,
      Architecture architecture,
      @Nullable Parameters first)
      throws IOException {
    Network network = Learners.network(config, architecture);
    Parameters theta = first != null ? first.copy() : Learners.first(config, network);
    try (OnlineLearner learner = Learners.learner(config, network, theta)) {
      var letters = new DeadLetters(folder.path(), _ -> {});
      var snapshot = new Snapshot();
      new OnlineStream(config, learner, letters).save(snapshot.in("stream"));
      snapshot.put("output", Bits.longs(new byte[0]));
      folder.keep(architecture);
      folder
          .snapshots(config.upkeep().keep())
          .write(0, Positions.about(Position.BEGINNING), snapshot);
    }
    folder.writeConfig(config);
  }

  /**
   * Goes on with a stream until it ends. Whoever calls holds the folder's lock.
   *
   * @param config of the stream; how it is kept may differ from what the folder says
   * @param begun whether this call has begun it: if it fails before there is a record, the folder
   *     is none of a stream any more; nor is it if the stream has not the columns that are asked
   *     for, and no call before has read anything of it
   * @throws RunException if it cannot go on; all that was learned is in a snapshot
   * @throws UsageException if it has not the columns that are asked for
   * @throws dev.unspool.cli.report.Unwritable if nobody takes the answers
   */
  public static void run(OnlineFolder folder, OnlineConfig config, Ends ends, boolean begun)
      throws IOException {
    var run = new OnlineRun(folder, config, ends);
    try {
      run.run();
    } catch (IOException | RuntimeException | Error e) {
      if ((begun && !run.answered) || run.cannotBegin) {
        run.withdraw(e);
      }
      throw e;
    }
  }

  /** Its command can be corrected then. */
  private void withdraw(Throwable reason) {
    try {
      folder.withdraw(config);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private void run() throws IOException {
    SnapshotSeries series = folder.snapshots(config.upkeep().keep());
    SnapshotSeries.Saved saved = newest(series);
    Network network = Learners.network(config, folder.architecture(config));
    var theta = new Parameters(network.parameters());
    try (OnlineLearner learner = Learners.learner(config, network, theta)) {
      var stream = new OnlineStream(config, learner, letters);
      byte[] left;
      try {
        stream.load(saved.state().in("stream"));
        left = Bits.bytes(saved.state().longs("output"));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new RunException(
            "%s is not of this stream: %s".formatted(saved.file(), e.getMessage()));
      }
      go(series, saved, stream, left);
    }
  }

  private SnapshotSeries.Saved newest(SnapshotSeries series) throws IOException {
    SnapshotSeries.Newest newest = series.newest();
    newest.damaged().forEach(each -> ends.console().warn(each.reason()));
    if (newest.snapshot().isEmpty()) {
      throw new RunException(
          "%s holds no snapshot that is whole; restore one from a copy, or begin anew in another folder"
              .formatted(series.path()));
    }
    SnapshotSeries.Saved saved = newest.snapshot().get();
    unread = saved.number() == 0 && newest.damaged().isEmpty();
    if (!newest.damaged().isEmpty()) {
      ends.console().warn("going on from the one before, of record " + saved.number());
    }
    return saved;
  }

  private void go(
      SnapshotSeries series, SnapshotSeries.Saved saved, OnlineStream stream, byte[] left)
      throws IOException {
    var snapshots = new SnapshotWriter(series, saved, ends.console()::warn);
    Transport transport = ends.transport();
    try (AnswerOutput output = transport.output(this::givesUp);
        snapshots;
        RecordSource source =
            transport.source(config.stream(), Positions.position(saved.about()), saved.about());
        var reports = new Reports(folder, config, ends)) {
      var loop =
          new StreamLoop(config.upkeep(), source, stream, output, snapshots, reports, ends.stop());
      try {
        loop.run(left, new Observation(config.stream().columns()));
      } catch (UsageException e) {
        cannotBegin = unread;
        throw e;
      } finally {
        answered = loop.answered();
      }
    }
  }

  private boolean givesUp() {
    if (!ends.stop().asked()) {
      return false;
    }
    long now = System.nanoTime();
    asked = asked == 0 ? now : asked;
    return now - asked > GIVE_UP_NANOS;
  }
}
