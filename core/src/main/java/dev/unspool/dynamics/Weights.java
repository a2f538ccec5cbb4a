// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import dev.unspool.kernel.DoubleRows;

/** θ, gathered into one small matrix per connection. */
public final class Weights {
  private final SignalGraph graph;
  final double[] theta;

  /** For each layer and connection, columns × sums. */
  final double[][][][] byColumn;

  /** The same, as products along steps want them; see {@link DoubleRows#pack}. */
  final double[][][] packed;

  /** For each layer, the sum of its biases on the input side (and, but for a GRU, the other). */
  final double[][] bias;

  /** For each GRU, the sum of its biases on the recurrent side. */
  final double[][] recurrentBias;

  /** Room for the parameters of one graph. */
  public Weights(SignalGraph graph) {
    this.graph = graph;
    int layers = graph.layers().size();
    theta = new double[graph.parameters()];
    byColumn = new double[layers][][][];
    packed = new double[layers][][];
    bias = new double[layers][];
    recurrentBias = new double[layers][];
    for (int l = 0; l < layers; l++) {
      var layer = graph.layers().get(l);
      byColumn[l] = new double[layer.connections().size()][][];
      packed[l] = new double[byColumn[l].length][];
      for (int k = 0; k < byColumn[l].length; k++) {
        int columns = layer.connections().get(k).columns();
        byColumn[l][k] = new double[columns][layer.sums()];
        packed[l][k] = new double[DoubleRows.packed(columns, layer.sums())];
      }
      bias[l] = new double[layer.sums()];
      recurrentBias[l] = new double[layer.unit() == Unit.GRU ? layer.sums() : 0];
    }
  }

  /**
   * Takes on other values.
   *
   * @param values θ; not modified, not kept
   */
  public void set(double[] values) {
    if (values.length != theta.length) {
      throw new IllegalArgumentException(
          "the network has %s parameters, found %s".formatted(theta.length, values.length));
    }
    System.arraycopy(values, 0, theta, 0, theta.length);
    for (int l = 0; l < bias.length; l++) {
      var layer = graph.layers().get(l);
      int sums = layer.sums();
      for (int k = 0; k < byColumn[l].length; k++) {
        var connection = layer.connections().get(k);
        for (int j = 0; j < connection.columns(); j++) {
          for (int g = 0; g < sums; g++) {
            byColumn[l][k][j][g] =
                theta[
                    connection.offset()
                        + g * connection.rowStride()
                        + j * connection.columnStride()];
          }
        }
        DoubleRows.pack(byColumn[l][k], packed[l][k]);
      }
      double[] other = layer.unit() == Unit.GRU ? recurrentBias[l] : bias[l];
      for (int g = 0; g < sums; g++) {
        bias[l][g] = 0;
        other[g] = 0;
      }
      for (int g = 0; g < sums; g++) {
        for (int offset : layer.biases()) {
          bias[l][g] += theta[offset + g];
        }
        for (int offset : layer.recurrentBiases()) {
          other[g] += theta[offset + g];
        }
      }
    }
  }
}
