// SPDX-License-Identifier: Apache-2.0
package dev.unspool.model;

import static dev.unspool.model.Tapes.LANES;
import static dev.unspool.model.Tapes.seed;
import static dev.unspool.model.Tapes.sweep;

import java.util.Arrays;

/** A tape with its model and its parameters, which always begin the same. */
final class TapeRun {
  final Model model;
  final Parameters theta;
  Tape tape;
  float[] lastGradient = {};

  TapeRun(Model model, TapeOptions options) {
    this(model, model.initialise(new SplitMix64(1)), options);
  }

  TapeRun(Model model, Parameters theta, TapeOptions options) {
    this.model = model;
    this.theta = theta;
    this.tape = model.open(theta, options);
  }

  void change(int seed) {
    Tapes.change(theta, seed);
    tape.parametersChanged();
  }

  float[] sweep(int depth, Steps seed) {
    var into = new Gradient(model.parameters());
    Arrays.fill(into.values(), 1e30f);
    tape.backward(depth, new Adjoint(seed, into));
    return into.values();
  }

  void assertClose(TapeRun that, int outputs, double tolerance, String what) {
    int count = Math.min(outputs, tape.held());
    Tapes.assertClose(
        that.tape.outputs(count).copy().values(),
        tape.outputs(count).copy().values(),
        tolerance,
        what + ": outputs");
    Steps seed = seed(model, count, LANES, 99);
    Tapes.assertClose(
        that.sweep(that.tape.held(), seed),
        sweep(tape.held(), seed),
        tolerance,
        what + ": gradient");
    Tapes.assertClose(that.lastGradient, lastGradient, tolerance, what + ": last gradient");
    for (var array : model.state().arrays()) {
      Tapes.assertClose(
          that.tape.state().array(array.name()),
          tape.state().array(array.name()),
          tolerance,
          what + ": " + array.name());
    }
  }
}
