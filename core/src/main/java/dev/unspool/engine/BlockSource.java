// SPDX-License-Identifier: Apache-2.0
package dev.unspool.engine;

import dev.unspool.model.Snapshot;

/**
 * Data as a stream of steps, time in order, lanes side by side. One pass over the data is an epoch.
 * A source says where lanes begin by {@link Block#events()}; the first step of an epoch resets
 * every lane. Not thread-safe.
 *
 * <p>Most sources hold what they read in memory, so no method declares an exception. One that reads
 * from elsewhere throws a {@link java.io.UncheckedIOException} with one line that says where and
 * what is wrong; a trainer passes it on.
 */
public interface BlockSource extends AutoCloseable {
  /** Number of lanes. */
  int lanes();

  /** Number of input features. */
  int inputs();

  /** Number of target features. */
  int targets();

  /** Whether lanes may be held, so that they do not step while others do. */
  default boolean holds() {
    return false;
  }

  /** Number of steps (of every lane) in one epoch, or −1 if it is not known or never ends. */
  long steps();

  /**
   * Reads the next steps into the first steps of {@code block}, overwriting inputs, targets, mask
   * and events of the steps it returns.
   *
   * @param max largest number of steps wanted, at least 1 and at most {@code block.steps()}
   * @return how many steps were read, 0 at the end of the epoch
   */
  int read(Block block, int max);

  /** Goes back to the first step. */
  void rewind();

  /** Stores the position in the data. */
  void save(Snapshot snapshot);

  /** Goes to a stored position. */
  void load(Snapshot snapshot);

  @Override
  void close();
}
