// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

/**
 * The partial derivatives of one step of a unit, which are computed once, when the step runs: going
 * backwards, a step is met at every lag, and going forwards for every parameter.
 *
 * <p>A unit with one gate has one slope, ∂h/∂sum; a linear one has none.
 */
final class Slopes {
  /** GRU: ∂h/∂(sum of the reset gate), on both sides. */
  static final int RESET = 0;

  /** GRU: ∂h/∂(sum of the update gate), on both sides. */
  static final int UPDATE = 1;

  /** GRU: ∂h/∂(sum of the new gate) on the input side. */
  static final int NEW = 2;

  /** GRU: ∂h/∂(sum of the new gate) on the recurrent side, before the reset gate scales it. */
  static final int NEW_RECURRENT = 3;

  /** GRU: ∂h/∂(h of the step before), without the way through weights. */
  static final int KEEP = 4;

  /** LSTM: ∂c/∂(sum of the input gate). */
  static final int INPUT = 0;

  /** LSTM: ∂c/∂(sum of the forget gate). */
  static final int FORGET = 1;

  /** LSTM: ∂c/∂(sum of the candidate). */
  static final int CANDIDATE = 2;

  /** LSTM: ∂h/∂(sum of the output gate). */
  static final int OUTPUT = 3;

  /** LSTM: ∂h/∂c. */
  static final int CELL = 4;

  /** LSTM: ∂c/∂(c of the step before). */
  static final int CARRY = 5;

  private Slopes() {}

  static int count(Unit unit) {
    return switch (unit) {
      case LINEAR -> 0;
      case TANH, RECTIFIER -> 1;
      case GRU -> 5;
      case LSTM -> 6;
    };
  }
}
