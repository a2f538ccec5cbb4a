// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.lm.Damping;

/** Rules for λ by name. */
public enum DampingRule {
  /** By the gain ratio. */
  NIELSEN,
  /** Tenfold up and down. */
  CLASSIC;

  /** The rule. */
  public Damping damping() {
    return this == NIELSEN ? Damping.nielsen() : Damping.timesTen();
  }
}
