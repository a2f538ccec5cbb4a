// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.page;

import dev.unspool.cli.online.StreamPage;
import org.jspecify.annotations.Nullable;

/**
 * What was heard of a stream last.
 *
 * @param view it
 * @param heard when, on the clock of {@link System#nanoTime}
 * @param recordSeen when there was a record last, on the same clock; null where there was none yet
 */
record Standing(StreamPage.View view, long heard, @Nullable Long recordSeen) {
  private static final double SECOND = 1e9;

  /** What is heard now, after this. */
  static Standing next(@Nullable Standing before, StreamPage.View view, long now) {
    long records = view.status().records();
    boolean came =
        before == null
            ? view.status().newest() != null || view.status().recordsPerSecond() > 0
            : before.view.status().records() != records;
    @Nullable Long seen = before == null ? null : before.recordSeen;
    if (came) {
      seen = now;
    }
    return new Standing(view, now, seen);
  }

  /** Seconds since it was heard of. */
  double age(long now) {
    return (now - heard) / SECOND;
  }

  /** Seconds since there was a record; null where there was none yet. */
  @Nullable Double recordAge(long now) {
    return recordSeen == null ? null : (now - recordSeen) / SECOND;
  }
}
