// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Versions of some of the weights, packed for products of sweeps. Each stays as it is for as long
 * as somebody has it; then its room is that of another one.
 */
final class WeightPool {
  /** Versions that nobody has and that are kept for the next ones. */
  private static final int MOST_FREE = 16;

  private final List<Linear> products;
  private final Supplier<PackedWeights> rooms;
  private final ArrayDeque<PackedWeights> free = new ArrayDeque<>();

  private @Nullable PackedWeights now;

  /**
   * A pool without a version.
   *
   * @param products whose matrices each version has, in this order
   * @param rooms makes room for a version
   */
  WeightPool(List<Linear> products, Supplier<PackedWeights> rooms) {
    this.products = List.copyOf(products);
    this.rooms = rooms;
  }

  /** The products whose matrices each version has in this order. */
  List<Linear> products() {
    return products;
  }

  /** The version of now; null if there is none yet. */
  @Nullable PackedWeights now() {
    return now;
  }

  /** Makes room for a version that is that of now until {@link #end}, for whoever fills it. */
  PackedWeights begin() {
    now = empty();
    return now;
  }

  /** The version of now, for one more who has it. */
  PackedWeights join() {
    if (now == null) {
      throw new IllegalStateException("nothing is packed");
    }
    now.users().join();
    return now;
  }

  /** Says that the version of now is one of before. */
  void end() {
    if (now != null) {
      leave(now);
      now = null;
    }
  }

  /** Room for a version, for one who fills it and has it. */
  PackedWeights empty() {
    PackedWeights empty = free.poll();
    if (empty == null) {
      empty = rooms.get();
    }
    empty.users().join();
    return empty;
  }

  /** Says that one of those who had a version needs it no more. */
  void leave(PackedWeights version) {
    if (version.users().leave() && free.size() < MOST_FREE) {
      free.push(version);
    }
  }
}
