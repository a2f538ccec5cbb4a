// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import dev.unspool.loss.Loss;
import dev.unspool.model.Steps;

public final class MeanSquaredError implements Loss {
  @Override
  public int targets(int outputs) {
    return outputs;
  }

  @Override
  public double evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    double sum = 0;
    double weight = 0;
    for (int t = 0; t < outputs.steps(); t++) {
      for (int b = 0; b < outputs.lanes(); b++) {
        weight += mask.get(t, b, 0);
      }
    }
    for (int t = 0; t < outputs.steps(); t++) {
      for (int b = 0; b < outputs.lanes(); b++) {
        for (int f = 0; f < outputs.features(); f++) {
          double e = outputs.get(t, b, f) - targets.get(t, b, f);
          double m = mask.get(t, b, 0) / outputs.features();
          sum += m * e * e;
          gradient.set(t, b, f, weight == 0 ? 0 : (float) (2 * m * e / weight));
        }
      }
    }
    return weight == 0 ? 0 : sum / weight;
  }
}
