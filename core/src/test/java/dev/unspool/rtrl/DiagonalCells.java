// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.step.Signal;
import dev.unspool.step.Step;
import dev.unspool.step.StepProgram;

/** Recurrent layers in which each unit depends on itself alone, and a linear output. */
enum DiagonalCells {
  /** Leaky units with rates that are learned: {@code h′ = a·h + (1 − a)·(W·x + b)}. */
  LEAKY {
    @Override
    Signal write(Step s, Signal x, int units) {
      Signal h = s.state("h", units);
      Signal rate = s.vector("rate", units).exp().times(0.01).negated().exp();
      Signal in = s.linear("weight", "bias", x, units).tanh();
      return s.next(h, rate.times(h).plus(rate.oneMinus().times(in)));
    }
  },

  /** A minimal GRU (Feng et al. 2024), whose gate is mostly closed. */
  MINIMAL_GRU {
    @Override
    Signal write(Step s, Signal x, int units) {
      Signal h = s.state("h", units);
      Signal both = s.linear("weight", "bias", x, 2 * units);
      Signal z = both.part(0, 2).minus(3).sigmoid();
      return s.next(h, z.oneMinus().times(h).plus(z.times(both.part(1, 2))));
    }
  },

  /** Pairs of units that turn, nearly without getting shorter. */
  ROTATION {
    @Override
    Signal write(Step s, Signal x, int units) {
      Signal re = s.state("h_re", units);
      Signal im = s.state("h_im", units);
      Signal radius = s.vector("radius", units).minus(5).exp().negated().exp();
      Signal angle = s.vector("angle", units);
      Signal cos = radius.times(angle.cos());
      Signal sin = radius.times(angle.sin());
      Signal in = s.linear("weight", x, 2 * units).times(0.1);
      Signal nextRe = cos.times(re).minus(sin.times(im)).plus(in.part(0, 2));
      Signal nextIm = sin.times(re).plus(cos.times(im)).plus(in.part(1, 2));
      s.next(re, nextRe);
      s.next(im, nextIm);
      return nextRe.plus(nextIm.tanh());
    }
  };

  abstract Signal write(Step s, Signal x, int units);

  StepProgram program(int inputs, int units, int outputs) {
    return StepProgram.of(
        inputs, (s, x) -> s.linear("out", "out_bias", write(s, x, units), outputs));
  }

  /** One layer on another. */
  StepProgram twoLayers(int inputs, int units, int outputs) {
    return StepProgram.of(
        inputs,
        (s, x) -> {
          Signal lower = s.layer(0, () -> write(s, x, units));
          Signal upper = s.layer(1, () -> write(s, lower, units + 1));
          return s.linear("out", "out_bias", upper, outputs);
        });
  }
}
