// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.Block;
import dev.unspool.data.BlockSource;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Steps;
import java.io.IOException;
import java.util.List;

/**
 * Turns targets that are also inputs into how far they move from their newest value. A network that
 * says 0 then repeats the last value, so that everything it learns is better than persistence. The
 * target is divided by the root mean square of such moves, so that it is about 1 for any series.
 */
final class ChangeSource implements BlockSource {
  private final BlockSource levels;
  private final List<TargetScale> targets;

  ChangeSource(BlockSource levels, List<TargetScale> targets) {
    this.levels = levels;
    this.targets = targets;
  }

  @Override
  public int lanes() {
    return levels.lanes();
  }

  @Override
  public int inputs() {
    return levels.inputs();
  }

  @Override
  public int targets() {
    return levels.targets();
  }

  @Override
  public long steps() {
    return levels.steps();
  }

  @Override
  public int read(Block block, int max) throws IOException {
    int count = levels.read(block, max);
    for (int target = 0; target < targets.size(); target++) {
      if (targets.get(target).input() >= 0) {
        subtract(block, count, target, targets.get(target));
      }
    }
    return count;
  }

  private static void subtract(Block block, int count, int target, TargetScale scale) {
    Steps values = block.targets();
    for (int step = 0; step < count; step++) {
      for (int lane = 0; lane < block.lanes(); lane++) {
        double move =
            values.get(step, lane, target) - block.inputs().get(step, lane, scale.input());
        values.set(step, lane, target, (float) (move / scale.change()));
      }
    }
  }

  @Override
  public void rewind() throws IOException {
    levels.rewind();
  }

  @Override
  public void save(Snapshot snapshot) {
    levels.save(snapshot);
  }

  @Override
  public void load(Snapshot snapshot) throws IOException {
    levels.load(snapshot);
  }

  @Override
  public void close() throws IOException {
    levels.close();
  }
}
