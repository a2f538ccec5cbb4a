// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.reference.Graph.Node;

/** What a sweep differentiates: makes one number out of outputs and the newest state. */
@FunctionalInterface
public interface Objective {
  /**
   * The number.
   *
   * @param outputs steps × lanes × outputs, of the newest steps, oldest first
   * @param newest lanes × arrays × units, the state that the newest step has left
   */
  Node of(Graph graph, Node[][][] outputs, Node[][][] newest);

  /** The mean squared error. */
  static Objective squaredError(Steps targets, Steps mask) {
    return (graph, outputs, _) -> SquaredError.of(graph, outputs, targets, mask);
  }

  /** This and {@code Σ ahead·s} over the newest state: what an adjoint of a state means. */
  default Objective plus(State ahead) {
    var arrays = ahead.layout().arrays();
    return (graph, outputs, newest) -> {
      Node sum = of(graph, outputs, newest);
      for (int lane = 0; lane < newest.length; lane++) {
        for (int a = 0; a < arrays.size(); a++) {
          float[] seed = ahead.array(arrays.get(a).name());
          int size = arrays.get(a).size();
          for (int j = 0; j < size; j++) {
            sum = graph.add(sum, graph.scale(seed[lane * size + j], newest[lane][a][j]));
          }
        }
      }
      return sum;
    };
  }
}
