// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.page;

import org.jspecify.annotations.Nullable;

/**
 * Whether a stream is well.
 *
 * @param state in a word
 * @param ok whether all is as it should be
 * @param reason what is not, in a sentence; null if nothing is
 * @param records that were consumed
 */
record Health(State state, boolean ok, @Nullable String reason, long records) {
  /**
   * Silence after which something holds it up: it is heard of each second, also without records.
   */
  private static final double STUCK_SECONDS = 10;

  private static final double WAITING_SECONDS = 3;
  private static final int DIVERGED_AFTER = 10;

  enum State {
    STARTING,
    RUNNING,
    WAITING,
    STUCK,
    DIVERGED,
    SNAPSHOT_FAILING
  }

  static Health of(@Nullable Standing standing, long now) {
    if (standing == null) {
      return new Health(State.STARTING, true, null, 0);
    }
    long records = standing.view().status().records();
    if (standing.age(now) > STUCK_SECONDS) {
      return bad(
          State.STUCK,
          records,
          "nothing was heard of the stream for %s s; whoever reads its answers takes none, or a record takes that long"
              .formatted(Math.round(standing.age(now))));
    }
    var condition = standing.view().condition();
    if (condition.incidentsInARow() >= DIVERGED_AFTER) {
      return bad(
          State.DIVERGED,
          records,
          "%s incidents in a row: records cannot be used, or the weights have stopped changing; incidents by kind say which"
              .formatted(condition.incidentsInARow()));
    }
    if (condition.snapshotFails()) {
      return bad(
          State.SNAPSHOT_FAILING,
          records,
          "the last snapshot could not be written; the newest one is of record %s"
              .formatted(standing.view().status().snapshot()));
    }
    Double age = standing.recordAge(now);
    boolean waits = age == null || age > WAITING_SECONDS;
    return new Health(waits ? State.WAITING : State.RUNNING, true, null, records);
  }

  private static Health bad(State state, long records, String reason) {
    return new Health(state, false, reason, records);
  }
}
