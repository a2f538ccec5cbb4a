// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/** What the network is asked for. */
public enum Prediction {
  /** How far the target moves from its newest known value. */
  CHANGE,
  /** The target itself. */
  LEVEL,
  /** Of a stream: how far the target lies from what its baselines say of it together. */
  RESIDUAL
}
