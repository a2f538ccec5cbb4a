// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.data.SeriesSource;
import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.model.Snapshot;
import dev.unspool.model.Steps;
import org.jspecify.annotations.Nullable;

/**
 * Measurements as {@code Narx.guidedLoop} takes them: inputs, outputs, and for each output whether
 * the model sees the measured one: at the first steps of every lane, which begin in the midst of
 * the table, and from then on its own.
 */
final class GuidedSource implements BlockSource {
  private final SeriesSource measured;
  private final long open;
  private @Nullable Steps inputs;

  /**
   * Adds what is seen.
   *
   * @param measured yields inputs and outputs side by side, and outputs as targets; all its lanes
   *     begin with the first step of an epoch
   * @param open number of steps of an epoch at which the measured outputs are seen
   */
  GuidedSource(SeriesSource measured, long open) {
    this.measured = measured;
    this.open = open;
  }

  @Override
  public int lanes() {
    return measured.lanes();
  }

  @Override
  public int inputs() {
    return measured.inputs() + measured.targets();
  }

  @Override
  public int targets() {
    return measured.targets();
  }

  @Override
  public long steps() {
    return measured.steps();
  }

  @Override
  public int read(Block block, int max) {
    block.requireFits(this, max);
    Steps narrow = inputs;
    if (narrow == null || narrow.steps() != block.steps()) {
      narrow = Steps.allocate(block.steps(), lanes(), measured.inputs());
      inputs = narrow;
    }
    long first = measured.step();
    int count =
        measured.read(new Block(narrow, block.targets(), block.mask(), block.events()), max);
    for (int step = 0; step < count; step++) {
      float seen = first + step < open ? 1 : 0;
      for (int lane = 0; lane < lanes(); lane++) {
        for (int i = 0; i < inputs(); i++) {
          float value = i < measured.inputs() ? narrow.get(step, lane, i) : seen;
          block.inputs().set(step, lane, i, value);
        }
      }
    }
    return count;
  }

  @Override
  public void rewind() {
    measured.rewind();
  }

  @Override
  public void save(Snapshot snapshot) {
    measured.save(snapshot);
  }

  @Override
  public void load(Snapshot snapshot) {
    measured.load(snapshot);
  }

  @Override
  public void close() {
    measured.close();
  }
}
