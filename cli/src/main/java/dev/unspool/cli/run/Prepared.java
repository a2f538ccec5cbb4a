// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.model.Parameters;
import org.jspecify.annotations.Nullable;

/**
 * A training that can begin.
 *
 * @param config of the run, under its name
 * @param task opened for it; closed with this
 * @param first weights to begin with, not modified; null for random ones
 */
public record Prepared(RunConfig config, Task task, @Nullable Parameters first)
    implements AutoCloseable {
  /** The same from another seed; this is not closed then. */
  public Prepared withSeed(long seed) {
    boolean same = config.requireTraining().seed() == seed;
    return same ? this : new Prepared(config.withSeed(seed), task, first);
  }

  @Override
  public void close() {
    task.close();
  }
}
