// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.train.BestWeights;
import dev.unspool.train.Trainer;
import java.io.IOException;

/** Everything about a training that changes while it goes on; a checkpoint holds all of it. */
final class TrainingState {
  final Parameters theta;
  final Trainer trainer;
  final BestWeights best;
  final LossMean loss = new LossMean();
  double validation = Double.NaN;
  long bestUpdate;
  int validatedEpoch;

  TrainingState(Parameters theta, Trainer trainer) {
    this.theta = theta;
    this.trainer = trainer;
    this.best = new BestWeights(theta.layout());
  }

  /** Whether an epoch has ended that was not validated yet. */
  boolean validationIsDue() {
    return validatedEpoch < trainer.epoch() - 1;
  }

  /** Takes the validation loss after an epoch, NaN if there is nothing to validate on. */
  void validated(double value) {
    validation = value;
    validatedEpoch = trainer.epoch() - 1;
    if (best.offer(value, theta)) {
      bestUpdate = trainer.updates();
    }
  }

  /** The weights of the best validation, or the newest where none has succeeded. */
  Parameters bestWeights() {
    return best.exist() ? best.weights() : theta;
  }

  Snapshot save() {
    var snapshot = new Snapshot();
    trainer.save(snapshot.in("trainer"));
    best.save(snapshot.in("best"));
    Snapshot run = snapshot.in("run");
    loss.save(run.in("loss"));
    run.put("validation", validation);
    run.put("bestUpdate", bestUpdate);
    run.put("validatedEpoch", (long) validatedEpoch);
    return snapshot;
  }

  void load(Snapshot snapshot) throws IOException {
    trainer.load(snapshot.in("trainer"));
    best.load(snapshot.in("best"));
    Snapshot run = snapshot.in("run");
    loss.load(run.in("loss"));
    validation = run.doubles("validation")[0];
    bestUpdate = run.number("bestUpdate");
    validatedEpoch = Math.toIntExact(run.number("validatedEpoch"));
  }
}
