// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cell;

import dev.unspool.step.RecurrentCell;
import dev.unspool.step.Signal;
import dev.unspool.step.Step;

/**
 * A cell with the dropout of Gal and Ghahramani (2016, <i>A Theoretically Grounded Application of
 * Dropout in Recurrent Neural Networks</i>, section 4): while training, matrices see the input and
 * the states with some units zeroed, the same ones at every step of a sequence and for every gate.
 *
 * @param cell whose matrices see less
 * @param input probability with which a unit of the input is zeroed
 * @param recurrent probability with which a unit of a state is zeroed where it meets a matrix
 * @param steps after how many steps others are zeroed, for sequences that never end; 0: never
 *     within a sequence, as in the paper
 */
public record VariationalDropout(RecurrentCell cell, double input, double recurrent, int steps)
    implements RecurrentCell {
  /** Checks the ranges. */
  public VariationalDropout {
    if (!(input >= 0 && input < 1 && recurrent >= 0 && recurrent < 1)) {
      throw new IllegalArgumentException(
          "dropout must be at least 0 and below 1, found %s of the input and %s of states"
              .formatted(input, recurrent));
    }
    if (steps < 0) {
      throw new IllegalArgumentException("units are zeroed for 0 or more steps, found " + steps);
    }
  }

  @Override
  public int outputs(int hidden) {
    return cell.outputs(hidden);
  }

  @Override
  public Signal write(Step s, Signal x, int hidden) {
    Signal seen = x.dropout(input, steps);
    return recurrent == 0
        ? cell.write(s, seen, hidden)
        : s.seeing(h -> h.dropout(recurrent, steps), () -> cell.write(s, seen, hidden));
  }
}
