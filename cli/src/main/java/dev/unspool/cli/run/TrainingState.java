// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.train.BestWeights;
import dev.unspool.train.Progress;
import dev.unspool.train.Trainer;

/** Everything about a training that changes while it goes on; a checkpoint holds all of it. */
final class TrainingState {
  final Parameters theta;
  final Trainer trainer;
  BestWeights best;
  final LossMean loss = new LossMean();
  final TrainingClock clock;
  final Course course;
  final Overfitting overfitting = new Overfitting();
  int epoch = 1;
  double gradientNorm = Double.NaN;
  double rate;
  double validation = Double.NaN;
  long bestUpdate;
  int validatedEpoch;
  long validatedUpdate;
  private long reportedUpdate;
  private long reports;

  TrainingState(Parameters theta, Trainer trainer, TrainingClock clock, Course course) {
    this.theta = theta;
    this.trainer = trainer;
    this.clock = clock;
    this.course = course;
    this.best = new BestWeights(theta.layout());
  }

  /** Takes what the newest update did. */
  void updated(Progress progress) {
    loss.add(progress);
    overfitting.updated(progress);
    epoch = progress.epoch();
    gradientNorm = progress.gradientNorm();
    rate = progress.rate();
  }

  /** Whether an epoch has ended that was not validated yet. */
  boolean validationIsDue() {
    return validatedEpoch < trainer.epoch() - 1;
  }

  /** Whether there were updates since the last validation. */
  boolean isAheadOfValidation() {
    return validatedUpdate < trainer.updates();
  }

  /**
   * Takes the validation loss of the weights as they are, NaN if there is nothing to validate on.
   */
  void validated(double value) {
    validation = value;
    validatedEpoch = trainer.epoch() - 1;
    validatedUpdate = trainer.updates();
    boolean better = best.offer(value, theta);
    if (better) {
      bestUpdate = trainer.updates();
    }
    overfitting.validated(better);
  }

  /** Takes that a report was written. */
  void reported() {
    reports = reports() + 1;
    reportedUpdate = trainer.updates();
  }

  /** Number of reports that were written since the newest update. */
  long reports() {
    return reportedUpdate == trainer.updates() ? reports : 0;
  }

  /** Goes back to the best weights. */
  void goBack() {
    trainer.restart(best.weights());
    loss.clear();
  }

  /** The weights of the best validation, or the newest where none has succeeded. */
  Parameters bestWeights() {
    return best.exist() ? best.weights() : theta;
  }

  /** Takes the loss of the best weights on a validation part that has changed. */
  void rejudged(double value, Parameters weights) {
    best = new BestWeights(theta.layout());
    best.offer(value, weights);
  }

  Snapshot save() {
    var snapshot = new Snapshot();
    trainer.save(snapshot.in("trainer"));
    best.save(snapshot.in("best"));
    Snapshot run = snapshot.in("run");
    loss.save(run.in("loss"));
    clock.save(run);
    course.save(run.in("course"));
    overfitting.save(run.in("overfitting"));
    run.put("epoch", (long) epoch);
    run.put("gradientNorm", gradientNorm);
    run.put("rate", rate);
    run.put("validation", validation);
    run.put("bestUpdate", bestUpdate);
    run.put("validatedEpoch", (long) validatedEpoch);
    run.put("validatedUpdate", validatedUpdate);
    run.put("reports", reports());
    return snapshot;
  }

  /**
   * Goes on from what was stored.
   *
   * @param patience of this training now
   * @param grown whether the data have grown since: then the pass over them begins anew
   */
  void load(Snapshot snapshot, int patience, boolean grown) {
    if (grown) {
      trainer.loadOverOtherData(snapshot.in("trainer"));
    } else {
      trainer.load(snapshot.in("trainer"));
    }
    best.load(snapshot.in("best"));
    Snapshot run = snapshot.in("run");
    loss.load(run.in("loss"));
    clock.load(run);
    if (!grown) {
      course.load(run.in("course"), patience);
    }
    overfitting.load(run.in("overfitting"));
    epoch = Math.toIntExact(run.number("epoch"));
    gradientNorm = run.doubles("gradientNorm")[0];
    rate = run.doubles("rate")[0];
    validation = run.doubles("validation")[0];
    bestUpdate = run.number("bestUpdate");
    validatedEpoch = Math.toIntExact(run.number("validatedEpoch"));
    validatedUpdate = run.number("validatedUpdate");
    // Earlier versions did not count them; there was hardly ever more than one.
    reports = run.has("reports") ? run.number("reports") : 1;
    reportedUpdate = trainer.updates();
  }
}
