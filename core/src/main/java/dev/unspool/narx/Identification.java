// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

/**
 * What a model sees of the earlier outputs while it is fitted (Narendra and Parthasarathy,
 * "Identification and control of dynamical systems using neural networks", 1990).
 */
public enum Identification {
  /** Its own: the closed loop, as it will be in a simulation. */
  PARALLEL,
  /**
   * The measured ones, every step one ahead: no gradient through time but for internal delays and
   * recurrent layers.
   */
  SERIES_PARALLEL
}
