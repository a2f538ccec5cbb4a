// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.model.Snapshot;

/**
 * The first steps of a source, as an epoch: what is made up without end can be judged by no more
 * than a part.
 */
final class Opening implements BlockSource {
  private final BlockSource source;
  private final long steps;
  private long read;

  /**
   * So many steps.
   *
   * @param source at its first step; closed with this one
   */
  Opening(BlockSource source, long steps) {
    this.source = source;
    this.steps = steps;
  }

  @Override
  public int lanes() {
    return source.lanes();
  }

  @Override
  public int inputs() {
    return source.inputs();
  }

  @Override
  public int targets() {
    return source.targets();
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public int read(Block block, int max) {
    long left = steps - read;
    if (left == 0) {
      return 0;
    }
    int count = source.read(block, (int) Math.min(max, left));
    read += count;
    return count;
  }

  @Override
  public void rewind() {
    source.rewind();
    read = 0;
  }

  @Override
  public void save(Snapshot snapshot) {
    snapshot.put("read", read);
    source.save(snapshot.in("source"));
  }

  @Override
  public void load(Snapshot snapshot) {
    read = snapshot.number("read");
    source.load(snapshot.in("source"));
  }

  @Override
  public void close() {
    source.close();
  }
}
