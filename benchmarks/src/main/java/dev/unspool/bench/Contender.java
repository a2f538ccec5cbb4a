// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.io.IOException;

/** Something that can do the work of a sample. Not thread-safe. */
interface Contender extends AutoCloseable {
  /** What it is called in tables, e.g. {@code torch-recompute}. */
  String name();

  /**
   * The gradient at the last step of the sample, without any update, the state having begun as
   * zeros: in the layout of {@link Sample#theta()}.
   */
  float[] gradient() throws IOException;

  /** Microseconds per update, over so many updates that the clock is exact enough. */
  double measure() throws IOException;

  @Override
  void close();
}
