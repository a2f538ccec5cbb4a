// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import dev.unspool.reference.Graph.Node;
import java.util.Arrays;

/** Arrays of nodes and of numbers. */
final class Nodes {
  private Nodes() {}

  /** Numbers through which no derivative is taken. */
  static Node[] constants(float[] values) {
    var graph = new Graph();
    Node[] nodes = new Node[values.length];
    for (int i = 0; i < values.length; i++) {
      nodes[i] = graph.constant(values[i]);
    }
    return nodes;
  }

  /** Numbers of which the derivative is wanted. */
  static Node[] leaves(Graph graph, double[] values) {
    return Arrays.stream(values).mapToObj(graph::leaf).toArray(Node[]::new);
  }

  static Node[][] leaves(Graph graph, double[][] values) {
    return Arrays.stream(values).map(row -> leaves(graph, row)).toArray(Node[][]::new);
  }

  /** The same values, as nodes of their own. */
  static Node[][] same(Graph graph, Node[][] nodes) {
    return Arrays.stream(nodes)
        .map(row -> Arrays.stream(row).map(graph::same).toArray(Node[]::new))
        .toArray(Node[][]::new);
  }

  /** What nodes are. */
  static double[] values(Node[] nodes) {
    return Arrays.stream(nodes).mapToDouble(Node::value).toArray();
  }

  static double[][] values(Node[][] nodes) {
    return Arrays.stream(nodes).map(Nodes::values).toArray(double[][]::new);
  }

  /** What the objective is derived by them. */
  static double[] derivatives(Node[] nodes) {
    return Arrays.stream(nodes).mapToDouble(Node::derivative).toArray();
  }

  static double[][][] derivatives(Node[][][] nodes) {
    return Arrays.stream(nodes)
        .map(step -> Arrays.stream(step).map(Nodes::derivatives).toArray(double[][]::new))
        .toArray(double[][][]::new);
  }

  static double[][][][] derivatives(Node[][][][] nodes) {
    return Arrays.stream(nodes).map(Nodes::derivatives).toArray(double[][][][]::new);
  }
}
