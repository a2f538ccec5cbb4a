// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.model.Snapshot;
import dev.unspool.train.Progress;
import org.jspecify.annotations.Nullable;

/**
 * Whether a training has begun to learn its data by heart: the loss of training goes on falling
 * while that of validation has been rising for long.
 */
final class Overfitting {
  /** Validations without a better one that may be chance. */
  private static final int CHANCE = 3;

  /** What the validation loss must have risen by, as a part of it. */
  private static final double RISE = 0.02;

  private final LossMean sinceValidation = new LossMean();
  private double best = Double.NaN;
  private double newest = Double.NaN;

  void updated(Progress progress) {
    sinceValidation.add(progress);
  }

  /**
   * Takes that there was a validation.
   *
   * @param better than all before
   */
  void validated(boolean better) {
    Double mean = sinceValidation.value();
    newest = mean == null ? Double.NaN : mean;
    sinceValidation.clear();
    if (better) {
      best = newest;
    }
  }

  /** What is to be said about it; null where there is nothing to say. */
  @Nullable String describe(TrainingState state, boolean layered) {
    double valid = state.best.best();
    boolean risen =
        state.best.exist()
            && state.best.sinceBest() >= CHANCE
            && state.validation - valid >= RISE * Math.abs(valid);
    if (!risen || !(newest < best)) {
      return null;
    }
    return "it overfits: since update %s of %s the validation loss has risen from %s to %s while that of training fell from %s to %s; the weights of that update are kept; what helps are more data, %s--optimizer adamw --weight-decay 0.1, or a smaller --hidden"
        .formatted(
            state.bestUpdate,
            state.trainer.updates(),
            Numbers.of(valid),
            Numbers.of(state.validation),
            Numbers.of(best),
            Numbers.of(newest),
            layered ? "--dropout 0.2, " : "");
  }

  void save(Snapshot snapshot) {
    sinceValidation.save(snapshot.in("sinceValidation"));
    snapshot.put("losses", best, newest);
  }

  /** Goes on from what was stored; earlier versions did not. */
  void load(Snapshot snapshot) {
    if (snapshot.has("losses")) {
      sinceValidation.load(snapshot.in("sinceValidation"));
      double[] losses = snapshot.doubles("losses");
      best = losses[0];
      newest = losses[1];
    }
  }
}
