// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import java.util.List;

/**
 * A row of like units.
 *
 * @param unit their kind
 * @param size how many
 * @param connections what adds up in their sums
 * @param biases offsets in θ of gates · size biases each, on the input side
 * @param recurrentBiases the same on the recurrent side, which is one and the same but for a GRU
 * @param initialDelays number of steps before the first whose outputs are parameters; 0 for none
 * @param initialOutput offset in θ of these outputs, initialDelays × size with delay 1 (the newest)
 *     first
 * @param initialCell offset in θ of the LSTM's c before the first step; −1 where it is no parameter
 */
public record Layer(
    Unit unit,
    int size,
    List<Connection> connections,
    List<Integer> biases,
    List<Integer> recurrentBiases,
    int initialDelays,
    int initialOutput,
    int initialCell) {

  /** Copies the lists. */
  public Layer {
    connections = List.copyOf(connections);
    biases = List.copyOf(biases);
    recurrentBiases = List.copyOf(recurrentBiases);
  }

  /** Number of sums. */
  public int sums() {
    return unit.gates() * size;
  }
}
