// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

/** What is done to the columns before the model sees them; figures are of the training part. */
public enum Normalising {
  /** The mean is taken off, and what remains divided by the standard deviation. */
  STANDARD,
  /** Divided by the root mean square: 0, the plant at rest, stays 0. */
  RMS,
  /** Nothing. */
  NONE
}
