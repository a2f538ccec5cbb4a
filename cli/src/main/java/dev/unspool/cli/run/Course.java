// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.model.Snapshot;
import dev.unspool.optimizer.LearningRate;

/**
 * The learning rate over a training. A cosine ends where training does: with the last update, or,
 * where a time ends it, with that. When patience has run out it ends early: the rate falls from
 * where it is to zero within a given number of updates.
 */
final class Course {
  /** Part of a training over which the rate rises, at most. */
  private static final double RISE = 0.1;

  private final RateConfig config;
  private final LearningRate byUpdates;
  private final TrainingClock clock;
  private final long total;

  private boolean ending;
  private double endingRate;
  private double endingFraction;
  private long endingFrom;
  private long endingUpdates;
  private long endingPatience;

  /**
   * The course that a configuration describes.
   *
   * @param total number of updates; −1 if nobody knows
   */
  Course(RateConfig config, long total, TrainingClock clock) {
    this.config = config;
    this.total = total;
    this.clock = clock;
    boolean timed = !Double.isNaN(clock.fraction());
    this.byUpdates =
        timed && config.schedule() == ScheduleKind.COSINE
            ? (update, _) -> byTime(update)
            : config.learningRate(total);
  }

  /** The rate of an update, as {@link LearningRate#at}. */
  double at(long update, int epoch) {
    if (!ending) {
      return byUpdates.at(update, epoch);
    }
    double done = (double) (update - endingFrom) / endingUpdates;
    double time = clock.fraction();
    if (time > endingFraction) {
      done = Math.max(done, (time - endingFraction) / (1 - endingFraction));
    }
    return endingRate * fallen(done);
  }

  private double byTime(long update) {
    double time = clock.fraction();
    double risen =
        config.warmUp() == 0
            ? 1
            : Math.min(1, Math.max((update + 1.0) / config.warmUp(), time / RISE));
    double done = total < 0 ? time : Math.max(time, (double) update / total);
    return config.lr() * risen * fallen(done);
  }

  private static double fallen(double done) {
    return (1 + Math.cos(Math.PI * Math.min(1, done))) / 2;
  }

  /** Whether this course can end early, and does not yet. */
  boolean canEnd() {
    return config.schedule() == ScheduleKind.COSINE && !ending;
  }

  /**
   * Ends it early.
   *
   * @param patience that has run out
   * @param from number of updates so far
   * @param updates over which the rate falls, at most those that are left
   * @param rate of the newest update
   */
  void end(long patience, long from, long updates, double rate) {
    ending = true;
    endingPatience = patience;
    endingFrom = from;
    endingUpdates = total < 0 ? updates : Math.clamp(total - from, 1, updates);
    endingRate = rate;
    endingFraction = Double.isNaN(clock.fraction()) ? 1 : clock.fraction();
  }

  /** Whether it has been ended early, and the rate has come to zero. */
  boolean hasEnded(long updates) {
    return ending && updates >= endingFrom + endingUpdates;
  }

  /** Whether it is being ended early. */
  boolean isEnding() {
    return ending;
  }

  void save(Snapshot snapshot) {
    if (ending) {
      snapshot.put("updates", endingFrom, endingUpdates, endingPatience);
      snapshot.put("rate", endingRate, endingFraction);
    }
  }

  /**
   * Goes on from what was stored.
   *
   * @param patience now; with more than what had run out, or none at all, the course goes on as if
   *     it had not been ended
   */
  void load(Snapshot snapshot, long patience) {
    if (snapshot.has("updates")) {
      long[] updates = snapshot.longs("updates");
      double[] rate = snapshot.doubles("rate");
      endingFrom = updates[0];
      endingUpdates = updates[1];
      endingPatience = updates[2];
      ending = patience > 0 && patience <= endingPatience;
      endingRate = rate[0];
      endingFraction = rate[1];
    }
  }
}
