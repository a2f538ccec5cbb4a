// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import java.util.List;

/**
 * What all cells have in common.
 *
 * @param hidden units H of the one layer
 * @param lanes sequences side by side
 * @param window k1 = k2
 * @param rates learning rates of Adam, of which the validation part chooses
 * @param seconds of processor time that are trained with each of them
 * @param seeds how many trainings the figure is the mean of
 */
public record Setting(
    int hidden, int lanes, int window, List<Double> rates, double seconds, int seeds) {
  /** Norm that a gradient is clipped to. */
  static final double CLIP = 1;

  /** Checks the ranges. */
  public Setting {
    rates = List.copyOf(rates);
    if (!(seconds > 0) || seeds < 1) {
      throw new IllegalArgumentException(
          "seconds must be above 0 and seeds at least 1, found %s and %s"
              .formatted(seconds, seeds));
    }
  }

  /** What the documentation uses. */
  public static Setting of(double seconds, int seeds) {
    return new Setting(64, 8, 30, List.of(3e-3, 1e-2), seconds, seeds);
  }

  /** A line for the head of a table. */
  @Override
  public String toString() {
    return ("one layer, H %s, %s lanes, TBPTT(%s, %s), gradients clipped to %s, Adam at the best of"
            + " the rates %s, each for %s s of processor time; %s")
        .formatted(
            hidden,
            lanes,
            window,
            window,
            CLIP,
            String.join(", ", rates.stream().map(String::valueOf).toList()),
            seconds,
            seeds == 1 ? "one seed" : "mean of " + seeds + " seeds");
  }
}
