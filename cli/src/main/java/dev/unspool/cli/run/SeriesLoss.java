// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

/** Losses for numeric targets by name. */
public enum SeriesLoss {
  /** Mean squared error. */
  MSE,
  /** Huber's loss with δ = 1 deviation. */
  HUBER,
  /** Gaussian negative log-likelihood: the network also says how sure it is. */
  GAUSSIAN,
  /** Quantile loss: the network says quantiles. */
  QUANTILE
}
