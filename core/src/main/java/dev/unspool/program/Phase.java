// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.List;

/**
 * Instructions that run together: for a block of steps at once, or step by step.
 *
 * @param stepwise whether step by step
 * @param instructions in their order
 * @param states those that are carried from step to step within this phase
 */
record Phase(boolean stepwise, List<Instruction> instructions, List<Integer> states) {
  /** Copies the lists. */
  Phase {
    instructions = List.copyOf(instructions);
    states = List.copyOf(states);
  }
}
