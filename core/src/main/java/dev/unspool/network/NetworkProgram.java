// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.step.Initialiser;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import dev.unspool.step.StepProgram;
import dev.unspool.step.Weights;

/** Writes a {@link NetworkSpec} down as the program of a step. */
final class NetworkProgram {
  private NetworkProgram() {}

  static StepProgram of(NetworkSpec spec) {
    return switch (spec.input()) {
      case Input.Numeric(int features) -> StepProgram.of(features, (s, x) -> write(spec, s, x));
      case Input.OneHot(int classes) ->
          StepProgram.ofIndex(classes, (s, x) -> write(spec, s, s.oneHot(x, classes)));
      case Input.Embedding(int classes, int size) ->
          StepProgram.ofIndex(
              classes,
              (s, x) -> {
                var bound = Initialiser.uniform(1 / Math.sqrt(spec.hidden()));
                s.initialise(spec.tied() ? bound : Initialiser.normal(1));
                Weights table = s.matrix("embedding.weight", classes, size);
                Signal h = stack(spec, s, s.lookUp(table, x));
                if (!spec.tied()) {
                  return head(spec, s, h);
                }
                return h.times(table).plus(s.vector("output.bias", spec.outputs()));
              });
    };
  }

  private static Signal write(NetworkSpec spec, Step s, Signal x) {
    return head(spec, s, stack(spec, s, x));
  }

  private static Signal stack(NetworkSpec spec, Step s, Signal x) {
    s.initialise(Initialiser.uniform(1 / Math.sqrt(spec.hidden())));
    s.learnInitialStates(spec.learnedInitialState());
    Signal h = x;
    for (int l = 0; l < spec.layers(); l++) {
      Signal below = l == 0 ? h : h.dropout(spec.dropout());
      h = s.layer(l, () -> spec.cell().equations().write(s, below, spec.hidden()));
    }
    return h;
  }

  private static Signal head(NetworkSpec spec, Step s, Signal h) {
    return spec.outputs() == 0 ? h : s.linear("output.weight", "output.bias", h, spec.outputs());
  }
}
