// SPDX-License-Identifier: Apache-2.0
package dev.unspool.network;

import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link Network} has around and between its layers.
 *
 * @param taps steps back at which the network sees its input, side by side; {@code 0} alone: only
 *     now
 * @param projection width of a linear map from the input to the first layer ({@code input.weight},
 *     {@code input.bias}); 0: none
 * @param residual whether each layer's input is added to its output (He et al. 2016), where widths
 *     differ through a matrix {@code residual.<l>.weight}
 * @param normalised whether what goes from one layer to the next has mean 0 and variance 1 over its
 *     units, times a gain and plus a bias, {@code norm.<l>.weight} and {@code norm.<l>.bias} (Ba,
 *     Kiros and Hinton 2016)
 * @param skip whether what the first layer sees stands beside what each later layer sees, and
 *     beside what the output sees (Graves 2013, section 2)
 * @param dropout probability with which a value that goes from one layer to the next is zeroed
 *     while training, the others being divided by 1 − dropout; 0 ≤ dropout &lt; 1
 */
public record Wiring(
    List<Integer> taps,
    int projection,
    boolean residual,
    boolean normalised,
    boolean skip,
    float dropout) {
  /** Layers one on the other, and nothing else. */
  public static final Wiring PLAIN = new Wiring(List.of(0), 0, false, false, false, 0);

  /** Checks the ranges. */
  public Wiring {
    taps = List.copyOf(taps);
    if (taps.isEmpty() || taps.stream().anyMatch(tap -> tap < 0)) {
      throw new IllegalArgumentException(
          "taps are steps back, at least one, each 0 or more, found " + taps);
    }
    if (projection < 0 || projection > NetworkSpec.WIDEST) {
      throw new IllegalArgumentException(
          "a projection must be 0 to %s wide, found %s".formatted(NetworkSpec.WIDEST, projection));
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "dropout must be at least 0 and below 1, found " + dropout);
    }
  }

  Wiring withTaps(List<Integer> stepsBack) {
    return new Wiring(stepsBack, projection, residual, normalised, skip, dropout);
  }

  Wiring withProjection(int width) {
    return new Wiring(taps, width, residual, normalised, skip, dropout);
  }

  Wiring withResiduals() {
    return new Wiring(taps, projection, true, normalised, skip, dropout);
  }

  Wiring withNormalisation() {
    return new Wiring(taps, projection, residual, true, skip, dropout);
  }

  Wiring withSkips() {
    return new Wiring(taps, projection, residual, normalised, true, dropout);
  }

  Wiring withDropout(float probability) {
    return new Wiring(taps, projection, residual, normalised, skip, probability);
  }

  /** Whether there is nothing but layers and dropout. */
  boolean isPlain() {
    return withDropout(0).equals(PLAIN);
  }

  /** Width of what the first layer sees; what is wider is refused when it is written. */
  int width(Input input) {
    long width = projection > 0 ? projection : (long) taps.size() * input.width();
    return (int) Math.min(width, NetworkSpec.WIDEST);
  }

  /** In a few words, those first that are not there in a plain stack; empty for one. */
  @Override
  public String toString() {
    var words = new ArrayList<String>();
    if (!taps.equals(PLAIN.taps)) {
      words.add("taps " + String.join(",", taps.stream().map(String::valueOf).toList()));
    }
    if (projection > 0) {
      words.add("projection " + projection);
    }
    if (residual) {
      words.add("residual");
    }
    if (normalised) {
      words.add("normalised");
    }
    if (skip) {
      words.add("skip");
    }
    if (dropout > 0) {
      words.add("dropout " + dropout);
    }
    return String.join(", ", words);
  }
}
