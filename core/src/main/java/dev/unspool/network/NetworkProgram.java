// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import dev.unspool.step.Initialiser;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import dev.unspool.step.StepProgram;
import dev.unspool.step.Weights;

/** Writes a {@link NetworkSpec} down as the program of a step. */
final class NetworkProgram {
  /** Keeps the deviation of units that are all equal off zero, as PyTorch does. */
  private static final double EPSILON = 1e-5;

  private final NetworkSpec spec;
  private final Wiring wiring;
  private final Step s;

  private NetworkProgram(NetworkSpec spec, Step s) {
    this.spec = spec;
    this.wiring = spec.wiring();
    this.s = s;
  }

  static StepProgram of(NetworkSpec spec) {
    return switch (spec.input()) {
      case Input.Numeric(int features) ->
          StepProgram.of(features, (s, x) -> new NetworkProgram(spec, s).untied(x));
      case Input.OneHot(int classes) ->
          StepProgram.ofIndex(
              classes, (s, x) -> new NetworkProgram(spec, s).untied(s.oneHot(x, classes)));
      case Input.Embedding(int classes, int size) ->
          StepProgram.ofIndex(
              classes, (s, x) -> new NetworkProgram(spec, s).embedded(x, classes, size));
    };
  }

  private Signal untied(Signal x) {
    Signal y = body(x);
    return spec.outputs() == 0 ? y : linear(Part.OUTPUT.label(), y, spec.outputs());
  }

  private Signal embedded(Signal index, int classes, int size) {
    s.initialise(spec.tied() ? inOneOverRoot(size) : Initialiser.normal(1));
    Weights table = s.matrix(Part.EMBEDDING.weight(), classes, size);
    Signal x = s.lookUp(table, index);
    return spec.tied()
        ? body(x).times(table).plus(s.vector(Part.OUTPUT.bias(), classes))
        : untied(x);
  }

  /** Everything but the linear output. */
  private Signal body(Signal input) {
    Signal x = input;
    if (!wiring.taps().equals(Wiring.PLAIN.taps())) {
      x = s.join(wiring.taps().stream().map(input::delay).toArray(Signal[]::new));
    }
    if (wiring.projection() > 0) {
      x = linear(Part.PROJECTION.label(), x, wiring.projection());
    }
    Signal h = stack(x);
    Signal y = wiring.skip() ? s.join(h, x) : h;
    for (int i = 0; i < spec.head().hidden().size(); i++) {
      y = linear(Part.HEAD.label(i), y, spec.head().hidden().get(i)).relu();
    }
    s.initialise(inOneOverRoot(y.width()));
    return y;
  }

  private Signal stack(Signal x) {
    s.learnInitialStates(spec.learnedInitialState());
    Signal h = x;
    for (int l = 0; l < spec.layers(); l++) {
      boolean first = l == 0;
      Signal below = first ? h : between(l - 1, h);
      h = layer(l, below, first || !wiring.skip() ? below : s.join(below, x));
    }
    return h;
  }

  /** What the next layer gets of what a layer yields. */
  private Signal between(int l, Signal h) {
    Signal passed =
        wiring.normalised() ? s.within(Part.NORMALISATION.label(l), () -> normalised(h)) : h;
    return passed.dropout(wiring.dropout());
  }

  private Signal layer(int l, Signal below, Signal seen) {
    NetworkSpec.Layer layer = spec.stack().get(l);
    s.initialise(inOneOverRoot(layer.hidden()));
    Signal h = s.layer(l, () -> layer.cell().write(s, seen, layer.hidden()));
    if (!wiring.residual()) {
      return h;
    }
    s.initialise(inOneOverRoot(below.width()));
    String shortcut = Part.weight(Part.SHORTCUT.label(l));
    return h.plus(below.width() == h.width() ? below : s.linear(shortcut, below, h.width()));
  }

  private Signal normalised(Signal h) {
    Signal scaled = h.normalised(EPSILON);
    s.initialise(new Initialiser.Constant(1));
    Signal gain = s.vector("weight", h.width());
    s.initialise(new Initialiser.Constant(0));
    Signal bias = s.vector("bias", h.width());
    return scaled.times(gain).plus(bias);
  }

  private Signal linear(String part, Signal x, int width) {
    s.initialise(inOneOverRoot(x.width()));
    return s.linear(Part.weight(part), Part.bias(part), x, width);
  }

  /** What PyTorch's modules do: of layers with their units, of linear maps with their inputs. */
  private static Initialiser inOneOverRoot(int units) {
    return Initialiser.uniform(1 / Math.sqrt(units));
  }
}
