// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.model.Snapshot;
import java.io.IOException;

/**
 * Data as a stream of steps, time in order, lanes side by side. One pass over the data is an epoch.
 * A source says where lanes begin by {@link Block#resets()}; the first step of an epoch resets
 * every lane. Not thread-safe.
 */
public interface BlockSource extends AutoCloseable {
  /** Number of lanes. */
  int lanes();

  /** Number of input features. */
  int inputs();

  /** Number of target features. */
  int targets();

  /** Number of steps (of every lane) in one epoch, or −1 if it is not known or never ends. */
  long steps();

  /**
   * Reads the next steps into the first steps of {@code block}, overwriting inputs, targets, mask
   * and resets of the steps it returns.
   *
   * @param max largest number of steps wanted, at least 1 and at most {@code block.steps()}
   * @return how many steps were read, 0 at the end of the epoch
   * @throws IOException if the data cannot be read, or is malformed: with file, line and column
   */
  int read(Block block, int max) throws IOException;

  /** Goes back to the first step. */
  void rewind() throws IOException;

  /** Stores the position in the data. */
  void save(Snapshot snapshot);

  /** Goes to a stored position. */
  void load(Snapshot snapshot) throws IOException;

  @Override
  void close() throws IOException;
}
