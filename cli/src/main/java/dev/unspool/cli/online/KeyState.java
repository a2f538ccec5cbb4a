// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import dev.unspool.baseline.SeasonInputs;
import dev.unspool.online.OnlineLearner;
import java.util.Arrays;
import java.util.List;

/** What the filter knows of a key, beside what the learner does. */
final class KeyState {
  /** The newest known value of each input. */
  final double[] newest;

  /** What seasons before did; of each target, or of none. */
  final List<SeasonInputs> seasons;

  /** The time of its newest record. */
  long time = OnlineLearner.NO_TIME;

  KeyState(int inputs, List<SeasonInputs> seasons) {
    this.newest = new double[inputs];
    this.seasons = seasons;
    Arrays.fill(newest, Double.NaN);
  }

  /** How many numbers it is, beside its time. */
  int size() {
    return newest.length + seasons.stream().mapToInt(SeasonInputs::size).sum();
  }

  int save(double[] to, int at) {
    System.arraycopy(newest, 0, to, at, newest.length);
    int next = at + newest.length;
    for (SeasonInputs each : seasons) {
      next = each.save(to, next);
    }
    return next;
  }

  int load(double[] from, int at) {
    System.arraycopy(from, at, newest, 0, newest.length);
    int next = at + newest.length;
    for (SeasonInputs each : seasons) {
      next = each.load(from, next);
    }
    return next;
  }
}
