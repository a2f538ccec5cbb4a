// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who looks on while a stream runs. It is told from the stream's thread and must not wait. */
public interface StreamPage {
  /** Takes how it stands, about once a second. */
  void show(View view);

  /**
   * How a stream stands, and what it has said since it was looked at the last time.
   *
   * @param status the figures
   * @param condition what may be wrong with it
   * @param seen what was said about rows, of the keys that are watched
   */
  record View(StreamStatus status, Condition condition, List<WatchedRows> seen) {}

  /**
   * What may be wrong with a stream.
   *
   * @param incidentsInARow incidents since something was last as it should be
   * @param snapshotAt when the newest snapshot on the disk was written; null if that is not known
   * @param snapshotFails whether the one after it could not be
   */
  record Condition(long incidentsInARow, @Nullable Instant snapshotAt, boolean snapshotFails) {}
}
