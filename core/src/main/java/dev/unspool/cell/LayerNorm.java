// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.Initialiser;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * Layer normalisation inside of a cell (Ba, Kiros and Hinton 2016): mean 0 and variance 1, times a
 * gain.
 */
public final class LayerNorm {
  /** As PyTorch's. */
  private static final double EPSILON = 1e-5;

  private LayerNorm() {}

  /** Over which units the gates of a cell are normalised. */
  public enum Over {
    /** All gates as one layer, as the paper has it for an LSTM. */
    TOGETHER,
    /** Each gate by itself. */
    EACH,
    /** The candidate by itself and all others as one layer, as the paper has it for a GRU. */
    APART
  }

  /** A projection for some gates, the last of which is the candidate where that matters. */
  static Signal gates(Step s, String gain, Signal a, int gates, Over over) {
    Signal normalised =
        switch (over) {
          case TOGETHER -> a.normalised(EPSILON);
          case EACH -> a.normalised(gates, EPSILON);
          case APART -> {
            int units = a.width() / gates;
            int others = a.width() - units;
            yield s.join(
                a.slice(0, others).normalised(EPSILON), a.slice(others, units).normalised(EPSILON));
          }
        };
    return normalised.times(gain(s, gain, a.width()));
  }

  /** A layer. */
  static Signal of(Step s, String gain, Signal a) {
    return a.normalised(EPSILON).times(gain(s, gain, a.width()));
  }

  /** Each of some groups of units by itself. */
  static Signal ofGroups(Step s, String gain, Signal a, int groups) {
    return a.normalised(groups, EPSILON).times(gain(s, gain, a.width()));
  }

  private static Signal gain(Step s, String name, int width) {
    s.initialise(Initialiser.constant(1));
    return s.vector(name, width);
  }
}
