// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * The two affine maps that PyTorch's cells have in common, declared in PyTorch's order.
 *
 * @param input W_ih·x + b_ih
 * @param recurrent W_hh·h + b_hh
 */
record Gates(Signal input, Signal recurrent) {
  static Gates of(Step s, Signal x, Signal h, String... gates) {
    return of(s, x, h, h.width(), gates);
  }

  /**
   * Declares them.
   *
   * @param units of each gate
   */
  static Gates of(Step s, Signal x, Signal h, int units, String... gates) {
    s.gates(units, gates);
    int rows = gates.length * units;
    var weightIh = s.matrix(CellParameter.INPUT_WEIGHT.label(), rows, x.width());
    var weightHh = s.matrix(CellParameter.RECURRENT_WEIGHT.label(), rows, h.width());
    Signal biasIh = s.vector(CellParameter.INPUT_BIAS.label(), rows);
    Signal biasHh = s.vector(CellParameter.RECURRENT_BIAS.label(), rows);
    return new Gates(x.times(weightIh).plus(biasIh), h.times(weightHh).plus(biasHh));
  }

  static Signal together(Step s, Signal x, Signal h, String... gates) {
    Gates maps = of(s, x, h, gates);
    return maps.input().plus(maps.recurrent());
  }
}
