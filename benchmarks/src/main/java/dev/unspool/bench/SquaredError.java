// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.loss.Loss;
import dev.unspool.model.Steps;

/**
 * Mean squared error over all steps, lanes and features, without a mask: what the peers compute.
 */
record SquaredError() implements Loss {
  @Override
  public int targets(int outputs) {
    return outputs;
  }

  @Override
  public double evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    int size = outputs.size();
    float[] y = outputs.values();
    float[] wanted = targets.values();
    float[] slope = gradient.values();
    int yOffset = outputs.offset();
    int wantedOffset = targets.offset();
    int slopeOffset = gradient.offset();
    float factor = 2f / size;
    for (int i = 0; i < size; i++) {
      slope[slopeOffset + i] = factor * (y[yOffset + i] - wanted[wantedOffset + i]);
    }
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double error = slope[slopeOffset + i];
      sum += error * error;
    }
    return sum / ((double) factor * factor * size);
  }
}
