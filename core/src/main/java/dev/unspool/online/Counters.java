// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Snapshot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What has happened since a learner began, also before it was stored and went on. A view: its
 * numbers go on.
 */
public final class Counters {
  private static final int RECORDS = 0;
  private static final int TRUTHS = 1;
  private static final int UPDATES = 2;
  private static final int LATE = 3;
  private static final int FORGOTTEN = 4;
  private static final int ROLLBACKS = 5;
  private static final int UNUSABLE_IN_A_ROW = 6;
  private static final int SKIPPED_IN_A_ROW = 7;
  private static final int INCIDENTS = 8;

  private final long[] counts = new long[INCIDENTS + Incident.values().length];

  /** The incident since {@link #require} that is one of the most in a row. */
  private @Nullable Incident newest;

  private long newestInARow;

  Counters() {}

  void record() {
    counts[RECORDS]++;
  }

  void truth() {
    counts[TRUTHS]++;
  }

  void update() {
    counts[UPDATES]++;
    counts[SKIPPED_IN_A_ROW] = 0;
  }

  void missed() {
    counts[LATE]++;
  }

  void forgotten() {
    counts[FORGOTTEN]++;
  }

  void rollback() {
    counts[ROLLBACKS]++;
  }

  void usable() {
    counts[UNUSABLE_IN_A_ROW] = 0;
  }

  void incident(Incident what) {
    counts[INCIDENTS + what.ordinal()]++;
    if (what == Incident.TRUTH) {
      return;
    }
    boolean ofRecord = what == Incident.INPUT || what == Incident.OUTPUT || what == Incident.STATE;
    long inARow = ++counts[ofRecord ? UNUSABLE_IN_A_ROW : SKIPPED_IN_A_ROW];
    if (newest == null || inARow > newestInARow) {
      newest = what;
      newestInARow = inARow;
    }
  }

  /**
   * Refuses to go on if an incident since the last call of this was one of so many in a row; called
   * when all else is done, so that whoever catches it finds a learner between two records. Whoever
   * goes on all the same does so with a new count, or the very next incident would end it again.
   */
  void require(int fewerThan) {
    Incident what = newest;
    newest = null;
    if (what != null && newestInARow >= fewerThan) {
      counts[UNUSABLE_IN_A_ROW] = 0;
      counts[SKIPPED_IN_A_ROW] = 0;
      throw new IncidentsException(what, (int) newestInARow);
    }
  }

  /** Calls of {@link OnlineLearner#predict}. */
  public long records() {
    return counts[RECORDS];
  }

  /** Calls of {@link OnlineLearner#learn}. */
  public long truths() {
    return counts[TRUTHS];
  }

  /** Changes of the weights. */
  public long updates() {
    return counts[UPDATES];
  }

  /**
   * Truths that came when what was said of them at one horizon or more was not remembered any more.
   */
  public long late() {
    return counts[LATE];
  }

  /** Keys that were forgotten since there were too many. */
  public long forgottenKeys() {
    return counts[FORGOTTEN];
  }

  /** How often weights were taken back after a loss that was too large. */
  public long rollbacks() {
    return counts[ROLLBACKS];
  }

  /** Incidents of a kind. */
  public long incidents(Incident kind) {
    return counts[INCIDENTS + kind.ordinal()];
  }

  /** All incidents. */
  public long incidents() {
    long sum = 0;
    for (int i = INCIDENTS; i < counts.length; i++) {
      sum += counts[i];
    }
    return sum;
  }

  /**
   * Incidents since a record was last usable, or since the weights last changed: the more. Counted
   * from 0 again after an {@link IncidentsException}.
   */
  public long incidentsInARow() {
    return Math.max(counts[UNUSABLE_IN_A_ROW], counts[SKIPPED_IN_A_ROW]);
  }

  void save(Snapshot snapshot) {
    snapshot.put("counts", counts.clone());
  }

  void load(Snapshot snapshot) {
    long[] stored = snapshot.longs("counts");
    if (stored.length != counts.length) {
      throw new IllegalArgumentException(
          "%s counters are stored, %s expected; the snapshot is of another version"
              .formatted(stored.length, counts.length));
    }
    System.arraycopy(stored, 0, counts, 0, counts.length);
  }

  @Override
  public String toString() {
    return "records %s, truths %s, updates %s, late %s, incidents %s"
        .formatted(
            records(),
            truths(),
            updates(),
            late(),
            Arrays.toString(Arrays.copyOfRange(counts, INCIDENTS, counts.length)));
  }
}
