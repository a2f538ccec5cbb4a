// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.online.Prediction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What somebody who looks on gets to see of the rows: those of the first few keys, and of others
 * when one of these falls silent. Its size is bounded, whatever comes.
 */
final class Watch {
  private static final int MOST_KEYS = 8;
  private static final int MOST_ROWS = 32;
  private static final int LEAST_ROWS = 4;

  /** Numbers in a look, of all keys. */
  private static final int MOST_NUMBERS = 8192;

  /** Looks after which a key that says nothing leaves its place to another. */
  private static final int SILENCE = 60;

  private final int targets;
  private final List<Integer> horizons;
  private final boolean combine;
  private final int most;
  private final int room;
  private final Map<String, WatchedKey> keys = new HashMap<>();

  /**
   * Nobody has been seen.
   *
   * @param combine whether what is predicted is what model and baselines say together
   */
  Watch(int targets, List<Integer> horizons, boolean combine) {
    this.targets = targets;
    this.horizons = horizons;
    this.combine = combine;
    int width = WatchedKey.width(targets, horizons.size());
    this.most = Math.clamp(MOST_NUMBERS / ((long) LEAST_ROWS * width), 1, MOST_KEYS);
    this.room = Math.clamp(MOST_NUMBERS / ((long) most * width), LEAST_ROWS, MOST_ROWS);
  }

  /** Takes a row: what is said at it, and what it is. */
  void take(Prediction prediction, double[] truth) {
    WatchedKey key = keys.get(prediction.key());
    if (key == null) {
      if (keys.size() >= most) {
        return;
      }
      key = new WatchedKey(prediction.key(), targets, horizons, combine, room);
      keys.put(prediction.key(), key);
    }
    key.take(prediction, truth);
  }

  /** What was taken since the last time. */
  List<WatchedRows> look() {
    var seen = new ArrayList<WatchedRows>();
    for (WatchedKey key : keys.values()) {
      WatchedRows rows = key.look();
      if (rows != null) {
        seen.add(rows);
      }
    }
    if (keys.size() >= most) {
      keys.values().removeIf(key -> key.silent() > SILENCE);
    }
    return seen;
  }
}
