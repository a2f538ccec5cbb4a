// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/** Where gradients come from. */
public enum GradientKind {
  /** Truncated backpropagation through time. */
  TBPTT,
  /** Real-time recurrent learning. */
  RTRL
}
