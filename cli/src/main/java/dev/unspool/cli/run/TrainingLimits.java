// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/**
 * When a training is over: after so many epochs, updates or minutes, or when patience has run out.
 *
 * @param config what was asked for
 * @param perEpoch updates of an epoch
 * @param validates whether there is a validation loss to be patient for
 */
record TrainingLimits(LimitConfig config, long perEpoch, boolean validates) {
  /** Whether nothing is left to do. */
  boolean isOver(TrainingState state) {
    long updates = state.trainer.updates();
    return (config.epochs() > 0 && state.trainer.epoch() > config.epochs())
        || (config.maxUpdates() > 0 && updates >= config.maxUpdates())
        || state.clock.isOver()
        || state.course.hasEnded(updates)
        || (isImpatient(state) && !state.course.canEnd());
  }

  /** Whether patience has run out, and nothing was done about it yet. */
  boolean isImpatient(TrainingState state) {
    int patience = config.patience();
    return patience > 0
        && validates
        && state.best.sinceBest() >= patience
        && !state.course.isEnding();
  }

  /** Fraction of the training that is over, NaN if only patience ends it. */
  double done(TrainingState state) {
    long total = config.totalUpdates(perEpoch);
    double byUpdates = total < 0 ? Double.NaN : (double) state.trainer.updates() / total;
    double byTime = state.clock.fraction();
    return Double.isNaN(byTime)
        ? byUpdates
        : Double.isNaN(byUpdates) ? byTime : Math.max(byUpdates, byTime);
  }
}
