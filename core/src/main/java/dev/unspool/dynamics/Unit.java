// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

/**
 * What the units of a layer do with the sum that arrives at them; the equations stand in {@code
 * dev.unspool.network.Cell}.
 */
public enum Unit {
  /** The sum itself. */
  LINEAR(1),
  /** tanh of the sum. */
  TANH(1),
  /** max(0, sum). */
  RECTIFIER(1),
  /** Gated recurrent unit, gates r, z, n; needs its own output with a delay of 1. */
  GRU(3),
  /** Long short-term memory, gates i, f, g, o. */
  LSTM(4);

  private final int gates;

  Unit(int gates) {
    this.gates = gates;
  }

  /**
   * The units of a cell.
   *
   * @param cell name of a built-in one
   */
  public static Unit of(String cell) {
    return switch (cell) {
      case "rnn-tanh" -> TANH;
      case "rnn-relu" -> RECTIFIER;
      case "gru" -> GRU;
      case "lstm" -> LSTM;
      default -> throw new IllegalArgumentException("no derivatives in float64 of " + cell);
    };
  }

  /** Whether a unit hands something to itself that does not go through weights. */
  boolean carries() {
    return this == GRU || this == LSTM;
  }

  /** Sums of one unit. */
  public int gates() {
    return gates;
  }
}
