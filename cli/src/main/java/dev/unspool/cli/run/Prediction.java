// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/** What the network is asked for where a target is also an input. */
public enum Prediction {
  /** How far the target moves from its newest known value. */
  CHANGE,
  /** The target itself. */
  LEVEL
}
