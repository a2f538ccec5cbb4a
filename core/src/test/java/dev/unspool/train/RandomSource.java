// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import java.util.function.LongPredicate;

/**
 * Random numbers that depend on the position only, read a few at a time. Lanes begin anew now and
 * then, and a third of all steps counts half.
 */
public final class RandomSource implements BlockSource {
  private final int length;
  private final int lanes;
  private final long seed;
  private boolean lengthKnown = true;
  private boolean resets = true;
  private LongPredicate masked = _ -> false;
  private LongPredicate broken = _ -> false;
  private boolean holds;
  private int position;
  private int epochs = 1;
  private boolean closed;

  /** {@code length} steps of 2 inputs and 1 target. */
  public RandomSource(int length, int lanes, long seed) {
    this.length = length;
    this.lanes = lanes;
    this.seed = seed;
  }

  /** Does not tell how long it is. */
  public RandomSource withUnknownLength() {
    lengthKnown = false;
    return this;
  }

  /** Lanes never begin anew, not even at the first step. */
  public RandomSource withoutResets() {
    resets = false;
    return this;
  }

  /** Half of the time, lanes do not step. */
  public RandomSource holding() {
    holds = true;
    return this;
  }

  /** Steps of all epochs, counted from 0, that do not count in the loss. */
  public RandomSource masking(LongPredicate steps) {
    masked = steps;
    return this;
  }

  /** Steps of all epochs, counted from 0, whose targets are infinite. */
  public RandomSource breaking(LongPredicate steps) {
    broken = steps;
    return this;
  }

  boolean closed() {
    return closed;
  }

  @Override
  public int lanes() {
    return lanes;
  }

  @Override
  public int inputs() {
    return 2;
  }

  @Override
  public int targets() {
    return 1;
  }

  @Override
  public boolean holds() {
    return holds;
  }

  @Override
  public long steps() {
    return lengthKnown ? length : -1;
  }

  @Override
  public int read(Block block, int max) {
    int count = Math.min(3, Math.min(max, length - position));
    for (int step = 0; step < count; step++, position++) {
      long absolute = (long) (epochs - 1) * length + position;
      for (int lane = 0; lane < lanes; lane++) {
        var random = new SplitMix64(seed + 1_000_003L * (position * lanes + lane));
        block.inputs().set(step, lane, 0, random.nextFloat(-1, 1));
        block.inputs().set(step, lane, 1, random.nextFloat(-1, 1));
        float target = random.nextFloat(-1, 1);
        block
            .targets()
            .set(step, lane, 0, broken.test(absolute) ? Float.POSITIVE_INFINITY : target);
        float weight = random.nextInt(3) == 0 ? 0.5f : 1;
        block.mask().set(step, lane, 0, masked.test(absolute) ? 0 : weight);
        block.events().set(step, lane, resets && (position == 0 || random.nextInt(6) == 0));
        if (holds && position > 0 && random.nextBoolean()) {
          block.events().hold(step, lane);
        }
      }
    }
    return count;
  }

  @Override
  public void rewind() {
    position = 0;
    epochs++;
  }

  @Override
  public void save(Snapshot snapshot) {
    snapshot.put("position", position, (long) epochs);
  }

  @Override
  public void load(Snapshot snapshot) {
    position = Math.toIntExact(snapshot.longs("position")[0]);
    epochs = Math.toIntExact(snapshot.longs("position")[1]);
  }

  @Override
  public void close() {
    closed = true;
  }
}
