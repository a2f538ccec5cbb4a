// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import org.jspecify.annotations.Nullable;

/** What planning has to know of the way that steps are gone through, forwards or backwards. */
interface Direction {
  /** Where a value stands that nobody here computes; null if somebody here must. */
  @Nullable Spot given(Node node);

  /** Whether a value may be computed again wherever it is needed. */
  default boolean floats(Node node) {
    return false;
  }

  /** Whether only some of the steps need a value: see {@link Plan}. */
  default boolean lazy(Node node) {
    return false;
  }

  /** Whether a value is there before all others, as far as it has to be computed here. */
  default boolean early(Node node) {
    return false;
  }

  /** Whether a value is wanted for itself, not only by what is computed here. */
  boolean kept(Node node);

  /** Storage of a value, given whether all that use it are in the same stepwise phase. */
  Home.Storage storage(Node node, boolean withinStep);

  /** Whether the oldest step needs a node only for what enters it. */
  default boolean entersOnly(Node node) {
    return false;
  }

  /** Name of a home for checkpoints; empty where none needs it. */
  default String name(Node node) {
    return "";
  }
}
