// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import dev.unspool.model.Model;
import dev.unspool.reference.Graph.Node;
import org.jspecify.annotations.Nullable;

/** One step of one lane of some model, computed one scalar at a time. */
interface ReferenceStep {
  /** What a step leaves: for each array of the state its units, and the outputs. */
  record Result(Node[][] state, Node[] outputs) {}

  /** The model whose steps these are. */
  Model model();

  /** Where a lane begins: for each array of the state, in the model's order, its units. */
  Node[][] initial(Graph graph, Node[] theta);

  /**
   * A step.
   *
   * @param theta all weights
   * @param input features, as nodes
   * @param entering for each array of the state, in the model's order, its units
   * @param masks for each dropout, its factors; null without dropout
   */
  Result step(
      Graph graph, Node[] theta, Node[] input, Node[][] entering, double @Nullable [][] masks);
}
