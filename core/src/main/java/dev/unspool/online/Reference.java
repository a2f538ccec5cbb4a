// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

/** What the model says is relative to: what an output of 0 says of a target. */
public enum Reference {
  /** Its running mean: the model says the value itself. */
  MEAN,

  /** Its newest known value: the model says how far it moves. */
  NEWEST,

  /**
   * What the baselines say of it together ({@link AverageForecaster}): the model says by how much
   * that will be wrong. What is linear or comes again is found at once without it, so gradients are
   * left with what is not (as in hybrids with a linear model: Zhang, "Time series forecasting using
   * a hybrid ARIMA and neural network model", 2003).
   */
  BASELINES
}
