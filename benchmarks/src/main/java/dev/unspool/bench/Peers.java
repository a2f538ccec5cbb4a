// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.util.List;

/** A source of contenders; may have none for a shape, and says why. */
interface Peers extends AutoCloseable {
  /** Takes a line that says why a peer is missing. */
  @FunctionalInterface
  interface Notes {
    void say(String line);
  }

  /** Contenders for a sample, each to be closed before the next sample. */
  List<Contender> open(Sample sample, Notes notes);

  @Override
  void close();
}
