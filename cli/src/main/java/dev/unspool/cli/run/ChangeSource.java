// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.data.SeriesSource;
import dev.unspool.data.Table;
import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.model.Snapshot;
import java.util.List;

/**
 * Turns targets that are also inputs into how far they move from their newest known value. A
 * network that says 0 then repeats the last value, so that everything it learns is better than
 * persistence. The move is taken from the table, in float64, and divided by the root mean square of
 * such moves, so that it is about 1 for any series.
 */
final class ChangeSource implements BlockSource {
  private final SeriesSource levels;
  private final Table table;
  private final int horizon;
  private final List<TargetScale> targets;

  ChangeSource(SeriesSource levels, Table table, int horizon, List<TargetScale> targets) {
    this.levels = levels;
    this.table = table;
    this.horizon = horizon;
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
  public int read(Block block, int max) {
    long first = levels.step();
    int count = levels.read(block, max);
    for (int target = 0; target < targets.size(); target++) {
      if (targets.get(target).input() >= 0) {
        replace(block, first, count, target);
      }
    }
    return count;
  }

  private void replace(Block block, long first, int count, int target) {
    TargetScale scale = targets.get(target);
    for (int step = 0; step < count; step++) {
      for (int lane = 0; lane < block.lanes(); lane++) {
        long row = levels.row(first + step, lane);
        double move = row < 0 ? 0 : table.get(row + horizon, scale.column()) - newest(row, scale);
        block.targets().set(step, lane, target, (float) (move / scale.unit()));
      }
    }
  }

  /** NaN where nothing is known yet: then the change is not known either, and counts in nothing. */
  private double newest(long row, TargetScale scale) {
    long known = table.known(row, scale.column());
    return known < 0 ? Double.NaN : table.get(known, scale.column());
  }

  @Override
  public void rewind() {
    levels.rewind();
  }

  @Override
  public void save(Snapshot snapshot) {
    levels.save(snapshot);
  }

  @Override
  public void load(Snapshot snapshot) {
    levels.load(snapshot);
  }

  @Override
  public void close() {
    levels.close();
  }
}
