// SPDX-License-Identifier: Apache-2.0
package dev.unspool.dynamics;

import java.util.Arrays;
import java.util.List;

/**
 * A dynamic network: layers joined by connections with and without delay. The general form is the
 * layered digital dynamic network of De Jesús and Hagan, "Backpropagation Algorithms for a Broad
 * Class of Dynamic Networks" (2007).
 *
 * @param inputs components of the input
 * @param layers in the order in which a step evaluates them; the last one is the output
 * @param parameters length of θ
 */
public record SignalGraph(int inputs, List<Layer> layers, int parameters) {
  private static final long ENDLESS = Integer.MAX_VALUE;

  /** Copies the layers and checks that a step can be evaluated in their order. */
  public SignalGraph {
    layers = List.copyOf(layers);
    for (int l = 0; l < layers.size(); l++) {
      for (var connection : layers.get(l).connections()) {
        int width =
            connection.source() == Connection.INPUT
                ? inputs
                : layers.get(connection.source()).size();
        if (connection.from() + connection.columns() > width) {
          throw new IllegalArgumentException(
              "layer %s reads components %s to %s of a signal of %s"
                  .formatted(
                      l, connection.from(), connection.from() + connection.columns(), width));
        }
        if (connection.delay() == 0 && connection.source() >= l) {
          throw new IllegalArgumentException(
              "layer %s reads layer %s without delay; only earlier layers are known then"
                  .formatted(l, connection.source()));
        }
      }
    }
  }

  /** The last layer. */
  public Layer output() {
    return layers.getLast();
  }

  /** Components of the output. */
  public int outputs() {
    return output().size();
  }

  /** The longest delay, at least 1. */
  public int delays() {
    int delays = 1;
    for (var layer : layers) {
      for (var connection : layer.connections()) {
        delays = Math.max(delays, connection.delay());
      }
    }
    return delays;
  }

  /**
   * For each layer, the most steps back at which the output still depends on what it was then:
   * {@link Integer#MAX_VALUE} where a loop makes that any number, −1 where it never does.
   */
  long[] reach() {
    int count = layers.size();
    long[] reach = new long[count];
    Arrays.fill(reach, -1);
    reach[count - 1] = 0;
    // A way without a loop has been found after as many rounds as there are layers; what still
    // grows then is on a loop or behind one.
    for (int round = 0; round < 2 * count; round++) {
      for (int l = count - 1; l >= 0; l--) {
        if (reach[l] >= 0 && layers.get(l).unit().carries()) {
          reach[l] = ENDLESS;
        }
        for (var connection : layers.get(l).connections()) {
          int source = connection.source();
          if (source != Connection.INPUT && reach[l] >= 0) {
            long far = Math.min(ENDLESS, reach[l] + connection.delay());
            if (far > reach[source]) {
              reach[source] = round >= count ? ENDLESS : far;
            }
          }
        }
      }
    }
    return reach;
  }

  /** Sums of all layers. */
  public int sums() {
    return layers.stream().mapToInt(Layer::sums).sum();
  }

  /** Number of weights, counted once per connection. */
  public long weights() {
    long weights = 0;
    for (var layer : layers) {
      for (var connection : layer.connections()) {
        weights += (long) layer.sums() * connection.columns();
      }
    }
    return weights;
  }

  /** Number of weights that carry a signal which itself depends on θ. */
  public long innerWeights() {
    long weights = 0;
    for (var layer : layers) {
      for (var connection : layer.connections()) {
        if (connection.source() != Connection.INPUT) {
          weights += (long) layer.sums() * connection.columns();
        }
      }
    }
    return weights;
  }

  /**
   * Whether forward accumulation is the cheaper way to the derivatives of every step of a sequence.
   * Per step it costs innerWeights · θ multiplications; going backwards costs, for each output and
   * each lag, one product with the weights for the adjoints and one for the derivatives.
   *
   * @param steps of the sequence
   * @param depth of the truncation; forward accumulation has none and is out of the question below
   *     {@code steps}
   */
  public boolean forwardIsCheaper(long steps, long depth) {
    if (depth < steps) {
      return false;
    }
    double lags = (steps + 1) / 2.0;
    return (double) innerWeights() * parameters <= lags * outputs() * (weights() + innerWeights());
  }
}
