// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import dev.unspool.loss.Loss;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Steps;
import dev.unspool.reference.Graph.Node;

/** {@code Σ mask·Σ_f ½(y − target)² / Σ mask}, once for the library and once for the reference. */
public final class SquaredError implements Loss {
  @Override
  public int targets(int outputs) {
    return outputs;
  }

  @Override
  public LossValue evaluate(Steps outputs, Steps targets, Steps mask, Steps gradient) {
    double total = total(mask);
    double sum = 0;
    for (int t = 0; t < outputs.steps(); t++) {
      for (int lane = 0; lane < outputs.lanes(); lane++) {
        double weight = total == 0 ? 0 : mask.get(t, lane, 0) / total;
        for (int f = 0; f < outputs.features(); f++) {
          double error = (double) outputs.get(t, lane, f) - targets.get(t, lane, f);
          gradient.set(t, lane, f, (float) (weight * error));
          sum += weight * error * error / 2;
        }
      }
    }
    return new LossValue(sum, total);
  }

  /** The same over nodes. */
  static Node of(Graph graph, Node[][][] outputs, Steps targets, Steps mask) {
    double total = total(mask);
    Node sum = graph.leaf(0);
    for (int t = 0; t < outputs.length; t++) {
      for (int lane = 0; lane < outputs[t].length; lane++) {
        double weight = total == 0 ? 0 : mask.get(t, lane, 0) / total;
        for (int f = 0; f < outputs[t][lane].length; f++) {
          Node error = graph.subtract(outputs[t][lane][f], graph.leaf(targets.get(t, lane, f)));
          sum = graph.add(sum, graph.scale(weight / 2, graph.multiply(error, error)));
        }
      }
    }
    return sum;
  }

  private static double total(Steps mask) {
    double total = 0;
    for (int i = 0; i < mask.size(); i++) {
      total += mask.values()[mask.offset() + i];
    }
    return total;
  }
}
