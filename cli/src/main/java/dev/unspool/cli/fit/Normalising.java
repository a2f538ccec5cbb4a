// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

/** What is done to the columns before the model sees them; figures are of the training part. */
public enum Normalising {
  /** The mean is taken off, and what remains divided by the standard deviation. */
  STANDARD,
  /** The same with the median, and the distance of the quartiles: wild values do not matter. */
  ROBUST,
  /** Divided by the root mean square: 0, the plant at rest, stays 0. */
  RMS,
  /** Nothing. */
  NONE;

  /** Where the columns are when the model sees 0. */
  String rest() {
    return switch (this) {
      case STANDARD -> "the mean of its columns";
      case ROBUST -> "the median of its columns";
      case RMS, NONE -> "0";
    };
  }
}
