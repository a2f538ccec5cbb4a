// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/** Update rules by name. */
public enum OptimizerKind {
  /** Stochastic gradient descent, with momentum if asked for. */
  SGD,
  /** RMSprop. */
  RMSPROP,
  /** Adam. */
  ADAM,
  /** Adam with decoupled weight decay. */
  ADAMW
}
