// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import dev.unspool.step.RecurrentCell;
import java.util.Arrays;
import java.util.List;

/** What stands between the taps of a NARX model and its linear output. */
public sealed interface NarxCore {
  /** Units of each layer, from the first. */
  List<Integer> sizes();

  /** Layers of tanh units: feed-forward, but for the internal delays. */
  record Tanh(List<Integer> sizes) implements NarxCore {
    /** Checks the sizes. */
    public Tanh {
      sizes = List.copyOf(sizes);
      check(sizes);
    }

    /** Layers of so many units. */
    public static Tanh of(int... sizes) {
      return new Tanh(Arrays.stream(sizes).boxed().toList());
    }
  }

  /**
   * Recurrent layers, each with its own state as in {@code dev.unspool.network.Network}; their cell
   * may be one of your own.
   */
  record Recurrent(RecurrentCell cell, List<Integer> sizes) implements NarxCore {
    /** Checks the sizes. */
    public Recurrent {
      sizes = List.copyOf(sizes);
      check(sizes);
    }
  }

  private static void check(List<Integer> sizes) {
    if (sizes.isEmpty() || sizes.stream().anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          "a core needs at least one layer, of at least one unit each, found " + sizes);
    }
  }
}
