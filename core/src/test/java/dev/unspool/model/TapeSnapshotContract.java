// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import static dev.unspool.model.Tapes.LANES;
import static dev.unspool.model.Tapes.assertEqual;
import static dev.unspool.model.Tapes.deepCopy;
import static dev.unspool.model.Tapes.inputs;
import static dev.unspool.model.Tapes.options;
import static dev.unspool.model.Tapes.seed;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Going on from a {@link Snapshot} of every {@link Tape}, whoever made it. */
public abstract class TapeSnapshotContract {
  /** For the tests of an implementation. */
  protected TapeSnapshotContract() {}

  /** A model with numeric inputs and without dropout. */
  protected abstract Model model();

  /** After how many moments it is stopped again. An odd number meets all four kinds of moments. */
  protected int stopEvery() {
    return 1;
  }

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void goingOnFromASnapshotIsBitIdenticalToNeverHavingStopped(WeightPolicy policy) {
    int moments = 4 * 12;
    var straight = new TapeRun(model(), options(5, 7, policy));
    var saving = new TapeRun(model(), options(5, 7, policy));
    var held = new int[moments];
    var states = new State[moments];
    var stops = new ArrayList<Stop>();
    for (int moment = 0; moment < moments; moment++) {
      stops.add(Stop.of(saving));
      act(straight, moment);
      act(saving, moment);
      held[moment] = straight.tape.held();
      states[moment] = straight.tape.state();
    }
    straight.assertClose(saving, 2, 0, "which saves at every moment");
    for (int stop = 0; stop < moments; stop += stopEvery()) {
      TapeRun resumed = stops.get(stop).goOn(model(), options(5, 7, policy));
      for (int moment = stop; moment < moments; moment++) {
        act(resumed, moment);
        assertEquals(held[moment], resumed.tape.held());
        assertEqual(states[moment], resumed.tape.state());
      }
      straight.assertClose(resumed, 2, 0, "stopped at moment " + stop);
      resumed.tape.close();
    }
  }

  /** What there is to go on from, between two moments of a run. */
  private record Stop(Snapshot snapshot, Parameters theta, float[] lastGradient) {
    static Stop of(TapeRun run) {
      var snapshot = new Snapshot();
      run.tape.save(snapshot);
      var theta = new Parameters(run.theta.layout(), run.theta.values().clone());
      return new Stop(deepCopy(snapshot), theta, run.lastGradient.clone());
    }

    TapeRun goOn(Model model, TapeOptions options) {
      var run = new TapeRun(model, theta, options);
      run.tape.load(snapshot);
      run.lastGradient = lastGradient;
      return run;
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
