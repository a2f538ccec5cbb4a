// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

/** What a NARX model takes the signals to have been before its first step. */
public enum InitialOutputs {
  /** Inputs and outputs 0: the system was at rest. */
  ZERO,
  /**
   * Measured: the first steps of the sequence, as many as the longest delay, serve as the past and
   * are not predicted.
   */
  MEASURED,
  /** The outputs are parameters, for each sequence its own; inputs before the first step are 0. */
  ESTIMATED
}
