// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import java.util.Arrays;

/**
 * The adding problem of Hochreiter and Schmidhuber, "Long short-term memory" (1997), section 5.4:
 * at each step there is a number, and two of the numbers are marked; at the end of the sequence
 * their sum is asked for. Always answering 1 has a mean squared error of 1/6.
 *
 * <p>A sequence is {@code values + delay} steps. Inputs are the number, uniform in [0, 1), and the
 * marker, 0 or 1. Two of the first {@code values} steps are marked. The target of the last step is
 * the sum; only there the mask is 1. So the newest marked step lies at least {@code delay} steps
 * back: a sweep that is not deeper than {@code delay} steps does not reach it. Sequences follow
 * each other without end; every lane is reset at each first step.
 */
public final class AddingTask implements BlockSource {
  private final int values;
  private final int length;
  private final int lanes;
  private final long seed;
  private final SplitMix64 random;
  private final int[] marks;
  private final double[] sums;
  private int position;

  /**
   * A task at its first step.
   *
   * @param values number of first steps of a sequence of which two are marked, at least 2
   * @param delay number of further steps, at least 0
   * @param lanes number of sequences side by side, at least 1
   * @param seed the same seed gives the same sequences
   */
  public AddingTask(int values, int delay, int lanes, long seed) {
    if (values < 2 || delay < 0 || lanes < 1) {
      throw new IllegalArgumentException(
          "the adding task needs values >= 2, delay >= 0 and lanes >= 1, found %s, %s and %s"
              .formatted(values, delay, lanes));
    }
    this.values = values;
    this.length = Math.addExact(values, delay);
    this.lanes = lanes;
    this.seed = seed;
    this.random = new SplitMix64(seed);
    this.marks = new int[2 * lanes];
    this.sums = new double[lanes];
  }

  @Override
  public int lanes() {
    return lanes;
  }

  /** Two: the number and the marker. */
  @Override
  public int inputs() {
    return 2;
  }

  /** One: the sum. */
  @Override
  public int targets() {
    return 1;
  }

  /** Number of steps of a sequence. */
  public int length() {
    return length;
  }

  /** −1: there is no end. */
  @Override
  public long steps() {
    return -1;
  }

  @Override
  public int read(Block block, int max) {
    block.requireFits(this, max);
    for (int t = 0; t < max; t++) {
      if (position == 0) {
        begin();
      }
      boolean last = position == length - 1;
      for (int lane = 0; lane < lanes; lane++) {
        float number = random.nextFloat();
        boolean marked = position == marks[2 * lane] || position == marks[2 * lane + 1];
        if (marked) {
          sums[lane] += number;
        }
        block.inputs().set(t, lane, 0, number);
        block.inputs().set(t, lane, 1, marked ? 1 : 0);
        block.targets().set(t, lane, 0, last ? (float) sums[lane] : 0);
        block.mask().set(t, lane, 0, last ? 1 : 0);
        block.events().set(t, lane, position == 0);
      }
      position = last ? 0 : position + 1;
    }
    return max;
  }

  private void begin() {
    Arrays.fill(sums, 0);
    for (int lane = 0; lane < lanes; lane++) {
      int one = random.nextInt(values);
      int other = random.nextInt(values - 1);
      marks[2 * lane] = one;
      marks[2 * lane + 1] = other < one ? other : other + 1;
    }
  }

  @Override
  public void rewind() {
    random.state(seed);
    position = 0;
  }

  @Override
  public void save(Snapshot snapshot) {
    snapshot.put("random", random.state());
    snapshot.put("position", (long) position);
    snapshot.put("marks", Arrays.stream(marks).asLongStream().toArray());
    snapshot.put("sums", sums.clone());
  }

  @Override
  public void load(Snapshot snapshot) {
    long[] storedMarks = snapshot.longs("marks");
    double[] storedSums = snapshot.doubles("sums");
    long storedPosition = snapshot.number("position");
    GeneratedTask.require(
        storedPosition, length, storedMarks.length == marks.length && storedSums.length == lanes);
    random.state(snapshot.number("random"));
    position = (int) storedPosition;
    Arrays.setAll(marks, i -> (int) storedMarks[i]);
    System.arraycopy(storedSums, 0, sums, 0, lanes);
  }

  @Override
  public void close() {}
}
