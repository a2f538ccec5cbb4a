// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One piece of work: recurrent layers with as many inputs as units and a linear output, trained by
 * TBPTT(k1, k2) with the loss at every step. Without a vocabulary the input is numbers, the output
 * as wide as the layers, the loss the mean squared error; with one, an embedding, logits and
 * softmax cross-entropy.
 *
 * @param cell kind of the layers
 * @param hidden units and inputs
 * @param layers number of layers
 * @param vocabulary number of words, or 0
 * @param lanes sequences side by side
 * @param k1 steps between two sweeps, at most k2
 * @param k2 depth of a sweep
 * @param family whether the weights are updated after every sweep
 */
public record Shape(
    Cell cell, int hidden, int layers, int vocabulary, int lanes, int k1, int k2, Family family) {
  private static final Pattern NAME =
      Pattern.compile(
          "(?:("
              + String.join("|", Cell.labels())
              + ")-)?h(\\d{1,5})-l(\\d{1,5})-k(\\d{1,5})-(\\d{1,5})"
              + "(?:-x(\\d))?(?:-v(\\d{1,6}))?(|-adam|-adam-current|-adam-replay)");

  /** What {@code bench} measures unless a shape is named. */
  public static final List<Shape> ALL =
      Stream.of(
              "h64-l1-k1-20",
              "h64-l32-k1-20",
              "h128-l32-k1-20",
              "h256-l1-k1-20",
              "h512-l20-k1-35",
              "h64-l1-k20-20",
              "h64-l32-k20-20",
              "h128-l32-k20-20",
              "h512-l20-k35-35",
              "gru-h128-l32-k20-20",
              "rnn-tanh-h128-l32-k20-20",
              "h128-l32-k20-20-x2",
              "h200-l20-k20-20-x2-v10000",
              "h64-l1-k1-20-adam",
              "h64-l32-k1-20-adam",
              "h128-l32-k1-20-adam",
              "h256-l1-k1-20-adam",
              "h512-l20-k1-35-adam",
              "h64-l1-k20-20-adam",
              "h64-l32-k20-20-adam",
              "h128-l32-k20-20-adam",
              "h512-l20-k35-35-adam")
          .map(Shape::of)
          .toList();

  /** What {@code bench --cells} measures unless a shape is named, for each cell. */
  static final List<Shape> OF_CELLS =
      Stream.of("h64-l1-k20-20", "h128-l32-k20-20").map(Shape::of).toList();

  private static final Set<Cell> IN_PYTORCH =
      Set.of(Cell.LSTM, Cell.GRU, Cell.RNN_TANH, Cell.RNN_RELU);

  /** Checks the ranges. */
  public Shape {
    if (hidden < 1 || layers < 1 || lanes < 1 || k1 < 1 || vocabulary < 0) {
      throw new IllegalArgumentException(
          "hidden, layers, lanes and k1 must be at least 1, found %s, %s, %s and %s"
              .formatted(hidden, layers, lanes, k1));
    }
    if (k1 > k2) {
      throw new IllegalArgumentException(
          "k1 must not be above k2 in a benchmark, found k1 = %s, k2 = %s".formatted(k1, k2));
    }
  }

  /**
   * The shape of that name: hidden, lanes, k1 and k2 as in {@code h64-l1-k1-20}; {@code gru-} or
   * the label of another cell before it where it is not the LSTM; behind it {@code -x2} for two
   * layers, {@code -v10000} for a vocabulary, {@code -adam} for updates.
   */
  public static Shape of(String name) {
    var parts = NAME.matcher(name);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          ("no shape '%s'; expected hidden, lanes, k1 and k2 as in h64-l1-k1-20, gru-h128-l32-k20-20,"
                  + " h200-l20-k20-20-x2-v10000 (two layers, a vocabulary) or h64-l1-k1-20-adam")
              .formatted(name));
    }
    return of(parts.toMatchResult());
  }

  private static Shape of(MatchResult parts) {
    String label = parts.group(1);
    return new Shape(
        label == null ? Cell.LSTM : Cell.named(label),
        Integer.parseInt(parts.group(2)),
        parts.group(6) == null ? 1 : Integer.parseInt(parts.group(6)),
        parts.group(7) == null ? 0 : Integer.parseInt(parts.group(7)),
        Integer.parseInt(parts.group(3)),
        Integer.parseInt(parts.group(4)),
        Integer.parseInt(parts.group(5)),
        Family.of(parts.group(8)));
  }

  /** The name that {@link #of} understands. */
  public String name() {
    return "%sh%s-l%s-k%s-%s%s%s%s"
        .formatted(
            cell.equals(Cell.LSTM) ? "" : cell.label() + "-",
            hidden,
            lanes,
            k1,
            k2,
            layers == 1 ? "" : "-x" + layers,
            vocabulary == 0 ? "" : "-v" + vocabulary,
            family.suffix());
  }

  /** The same work with another cell. */
  Shape with(Cell other) {
    return new Shape(other, hidden, layers, vocabulary, lanes, k1, k2, family);
  }

  /** Whether PyTorch has a module of this cell. */
  boolean isInPyTorch() {
    return IN_PYTORCH.contains(cell);
  }

  /** The network of this shape. */
  public NetworkSpec network() {
    var input =
        vocabulary == 0 ? new Input.Numeric(hidden) : new Input.Embedding(vocabulary, hidden);
    return NetworkSpec.of(cell, input, hidden, outputs()).withLayers(layers);
  }

  private int outputs() {
    return vocabulary == 0 ? hidden : vocabulary;
  }

  /** Whether times are given per step rather than per update. */
  public boolean perStep() {
    return k1 > 1;
  }

  /**
   * Floating-point operations of the matrix products of one update, two for each multiplication:
   * what no implementation can avoid. Not needed are the derivative with respect to the state at
   * the point where the graph is cut, and the one with respect to the input, unless a layer or a
   * trained embedding lies below. The embedding itself needs no product.
   */
  public double operations() {
    double input = 0;
    double recurrent = 0;
    double output = 0;
    for (var slice : new Network(network()).parameters().slices()) {
      double size = slice.shape().size() == 2 ? (double) slice.size() * lanes : 0;
      switch (slice.name()) {
        case "output.weight" -> output = size;
        case "weight_ih_l0" -> input = size;
        default -> recurrent += slice.name().endsWith("_l0") ? size : 0;
      }
    }
    int below = layers - (vocabulary == 0 ? 1 : 0);
    double forward = k1 * (layers * (input + recurrent) + output);
    double backward = (k2 - 1) * layers * recurrent + k2 * below * input + k1 * output;
    double gradient = k2 * layers * (input + recurrent) + k1 * output;
    return 2 * (forward + backward + gradient);
  }
}
