// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.SplitMix64;
import java.util.ArrayList;
import java.util.List;

/**
 * Records of several keys as they may come: in any order, with truths that are late, partial or
 * never there, inputs that are not finite, and new beginnings. What happens at a record depends on
 * its number alone.
 */
public final class RandomStream {
  private final long seed;
  private final int keys;
  private final int inputs;
  private final int targets;
  private final int latest;
  private final boolean rough;

  /**
   * A stream.
   *
   * @param latest rows by which truths are late, at the most
   * @param rough whether records and truths are missing or wrong, and sequences begin anew
   */
  public RandomStream(long seed, int keys, int inputs, int targets, int latest, boolean rough) {
    this.seed = seed;
    this.keys = keys;
    this.inputs = inputs;
    this.targets = targets;
    this.latest = latest;
    this.rough = rough;
  }

  String key(int number) {
    return "host-" + new SplitMix64(seed * 31 + number).nextInt(keys);
  }

  /** The truth of a row of a key. */
  double[] truth(String key, long row) {
    var random = new SplitMix64(seed + 1000 * row + key.hashCode());
    double[] y = new double[targets];
    for (int i = 0; i < targets; i++) {
      y[i] = 20 + 3 * Math.sin(0.3 * row + i) + random.nextDouble(-1, 1);
      if (rough && random.nextInt(6) == 0) {
        y[i] = Double.NaN;
      }
    }
    return y;
  }

  /** Lets a learner do with record {@code number} what is to be done. */
  public Prediction next(OnlineLearner learner, int number) {
    String key = key(number);
    if (begins(number)) {
      learner.begin(key);
    }
    for (long row : due(learner.rows(key))) {
      learner.learn(key, row, truth(key, row));
    }
    return learner.predict(key, number, x(number));
  }

  /** Whether a new sequence begins with a record. */
  boolean begins(int number) {
    return rough && new SplitMix64(seed * 977 + number).nextInt(40) == 0;
  }

  /** The inputs of a record. */
  double[] x(int number) {
    var random = new SplitMix64(seed * 613 + number);
    double[] x = new double[inputs];
    for (int i = 0; i < inputs; i++) {
      x[i] = 100 + 10 * random.nextDouble(-1, 1);
    }
    if (rough && random.nextInt(25) == 0) {
      x[0] = random.nextBoolean() ? Double.NaN : Double.POSITIVE_INFINITY;
    }
    return x;
  }

  /** Rows whose truths come when a key is at a row: each is late by a number of its own. */
  List<Long> due(long now) {
    var rows = new ArrayList<Long>();
    for (long row = Math.max(0, now - latest); row <= now; row++) {
      long late = latest == 0 ? 0 : new SplitMix64(seed * 7 + row).nextInt(latest + 1);
      boolean never = rough && new SplitMix64(seed * 13 + row).nextInt(9) == 0;
      if (row + late == now && !never) {
        rows.add(row);
      }
    }
    return rows;
  }
}
