// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.network.Cell;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One piece of work: a recurrent layer with as many inputs as units, a linear output of the same
 * width, mean squared error at every step, trained by TBPTT(k1, k2).
 *
 * @param cell kind of the layer
 * @param hidden units and inputs
 * @param lanes sequences side by side
 * @param k1 steps between two sweeps
 * @param k2 depth of a sweep
 * @param adam whether the weights are updated after every sweep, or only the gradient computed
 */
public record Shape(Cell cell, int hidden, int lanes, int k1, int k2, boolean adam) {
  private static final Pattern NAME =
      Pattern.compile("(?:([a-z-]+?)-)?h(\\d{1,5})-l(\\d{1,5})-k(\\d{1,5})-(\\d{1,5})(-adam)?");

  /** What {@code bench} measures unless a shape is named. */
  public static final List<Shape> ALL =
      List.of(
          of("h64-l1-k1-20"),
          of("h64-l32-k1-20"),
          of("h128-l32-k1-20"),
          of("h256-l1-k1-20"),
          of("h512-l20-k1-35"),
          of("h64-l1-k20-20"),
          of("h64-l32-k20-20"),
          of("h128-l32-k20-20"),
          of("h512-l20-k35-35"));

  /**
   * The shape of that name: hidden, lanes, k1 and k2 as in {@code h64-l1-k1-20}; {@code gru-} or
   * {@code rnn-tanh-} before it for another cell than the LSTM, {@code -adam} behind it for
   * updates.
   */
  public static Shape of(String name) {
    var parts = NAME.matcher(name);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "no shape '%s'; expected hidden, lanes, k1 and k2 as in h64-l1-k1-20, gru-h128-l32-k20-20 or h64-l1-k1-20-adam"
              .formatted(name));
    }
    String label = parts.group(1);
    var cell =
        label == null ? Cell.LSTM : Cell.valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    return new Shape(
        cell,
        Integer.parseInt(parts.group(2)),
        Integer.parseInt(parts.group(3)),
        Integer.parseInt(parts.group(4)),
        Integer.parseInt(parts.group(5)),
        parts.group(6) != null);
  }

  /** The name that {@link #of} understands. */
  public String name() {
    return "%sh%d-l%d-k%d-%d%s"
        .formatted(
            cell == Cell.LSTM ? "" : cell.label() + "-",
            hidden,
            lanes,
            k1,
            k2,
            adam ? "-adam" : "");
  }

  /** Whether times are given per step rather than per update. */
  public boolean perStep() {
    return k1 > 1;
  }

  /**
   * Floating-point operations of the matrix products of one update, two for each multiplication:
   * what no implementation can avoid. The derivative with respect to the state at the point where
   * the graph is cut is not needed, nor is the one with respect to the input.
   */
  public double operations() {
    double square = (double) hidden * hidden * lanes;
    double forward = k1 * (2.0 * cell.gates() + 1) * square;
    double backward = ((k2 - 1) * cell.gates() + Math.min(k1, k2)) * square;
    double gradient = (k2 * 2.0 * cell.gates() + Math.min(k1, k2)) * square;
    return 2 * (forward + backward + gradient);
  }
}
