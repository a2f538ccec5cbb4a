// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import static dev.unspool.model.Tapes.LANES;
import static dev.unspool.model.Tapes.assertEqual;
import static dev.unspool.model.Tapes.deepCopy;
import static dev.unspool.model.Tapes.inputs;
import static dev.unspool.model.Tapes.options;
import static dev.unspool.model.Tapes.seed;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Going on from a {@link Snapshot} of every {@link Tape}, whoever made it. */
public abstract class TapeSnapshotContract {
  /** For the tests of an implementation. */
  protected TapeSnapshotContract() {}

  /** A model with numeric inputs and without dropout. */
  protected abstract Model model();

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void goingOnFromASnapshotIsBitIdenticalToNeverHavingStopped(WeightPolicy policy) {
    int moments = 4 * 12;
    for (int stop = 0; stop < moments; stop++) {
      TapeRun straight = new TapeRun(model(), options(5, 7, policy));
      TapeRun stopped = new TapeRun(model(), options(5, 7, policy));
      for (int moment = 0; moment < moments; moment++) {
        if (moment == stop) {
          var snapshot = new Snapshot();
          stopped.tape.save(snapshot);
          stopped.tape.close();
          stopped.tape = stopped.model.open(stopped.theta, options(5, 7, policy));
          stopped.tape.load(deepCopy(snapshot));
        }
        act(straight, moment);
        act(stopped, moment);
        if (moment >= stop) {
          assertEquals(straight.tape.held(), stopped.tape.held());
          assertEqual(straight.tape.state(), stopped.tape.state());
        }
      }
      straight.assertClose(stopped, 2, 0, "stopped at moment " + stop);
    }
  }

  /** Steps, sweeps, updates, resets, so that every moment between two of them is met. */
  private static void act(TapeRun run, int moment) {
    int round = moment / 4;
    switch (moment % 4) {
      case 0 -> run.tape.forward(inputs(run.model, 1 + round % 3, LANES, round));
      case 1 -> {
        if (round % 2 == 0) {
          run.lastGradient = run.sweep(run.tape.held(), seed(run.model, 1, LANES, round));
        }
      }
      case 2 -> run.change(round);
      default -> {
        if (round % 3 == 0) {
          run.tape.reset(round % LANES);
        }
      }
    }
  }
}
