// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Steps;
import dev.unspool.model.Workers;

/** A mean squared error that can go wrong. */
final class WrongLoss implements Loss {
  private final Loss right = new MeanSquaredError();

  /** How it goes wrong: by its gradient, its value, or, with any other incident, not at all. */
  Incident wrong = Incident.INPUT;

  @Override
  public int targets(int outputs) {
    return outputs;
  }

  @Override
  public LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    LossValue value = right.evaluate(outputs, targets, mask, gradient);
    if (wrong == Incident.GRADIENT) {
      gradient.fill(Float.NaN);
    }
    return switch (wrong) {
      case LOSS -> new LossValue(Double.NaN, value.weight());
      case SPIKE -> new LossValue(1e12, value.weight());
      default -> value;
    };
  }

  @Override
  public Loss bind(Workers workers) {
    return this;
  }
}
