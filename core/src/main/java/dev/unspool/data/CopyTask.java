// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import java.util.Arrays;

/**
 * The copy problem after Hochreiter and Schmidhuber, "Long short-term memory" (1997), in the form
 * of Arjovsky, Shah and Bengio, "Unitary evolution recurrent neural networks" (2016), section 5.1:
 * symbols are shown, and asked for in the same order after a delay. Guessing has a cross-entropy of
 * {@code ln(symbols)}.
 *
 * <p>A sequence is {@code length} steps with a random symbol, {@code delay} blanks, and {@code
 * length} steps with the recall marker as input and the symbols as targets; only there the mask is
 * 1. Each symbol lies {@code length + delay} steps back when it is asked for. Input classes are the
 * symbols from 0, then the blank, then the recall marker; target classes are the symbols. Sequences
 * follow each other without end; every lane is reset at each first step.
 */
public final class CopyTask implements BlockSource {
  private final int symbols;
  private final int length;
  private final int recall;
  private final int lanes;
  private final long seed;
  private final SplitMix64 random;
  private final int[] shown;
  private int position;

  /**
   * A task at its first step.
   *
   * @param symbols number of different symbols, at least 2
   * @param length number of symbols of a sequence, at least 1
   * @param delay number of blanks, at least 0
   * @param lanes number of sequences side by side, at least 1
   * @param seed the same seed gives the same sequences
   */
  public CopyTask(int symbols, int length, int delay, int lanes, long seed) {
    if (symbols < 2 || length < 1 || delay < 0 || lanes < 1) {
      throw new IllegalArgumentException(
          ("the copy task needs symbols >= 2, length >= 1, delay >= 0 and lanes >= 1, found %s, %s,"
                  + " %s and %s")
              .formatted(symbols, length, delay, lanes));
    }
    this.symbols = symbols;
    this.length = length;
    this.recall = Math.addExact(length, delay);
    this.lanes = lanes;
    this.seed = seed;
    this.random = new SplitMix64(seed);
    this.shown = new int[Math.multiplyExact(length, lanes)];
  }

  @Override
  public int lanes() {
    return lanes;
  }

  /** One: a class index below {@link #inputClasses()}. */
  @Override
  public int inputs() {
    return 1;
  }

  /** One: a class index below {@link #targetClasses()}. */
  @Override
  public int targets() {
    return 1;
  }

  /** Number of input classes: symbols, blank and recall marker. */
  public int inputClasses() {
    return symbols + 2;
  }

  /** Number of target classes: symbols. */
  public int targetClasses() {
    return symbols;
  }

  /** Number of steps of a sequence. */
  public int length() {
    return recall + length;
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
      boolean asked = position >= recall;
      for (int lane = 0; lane < lanes; lane++) {
        int target = asked ? shown[(position - recall) * lanes + lane] : 0;
        block.inputs().set(t, lane, 0, input(lane));
        block.targets().set(t, lane, 0, target);
        block.mask().set(t, lane, 0, asked ? 1 : 0);
        block.events().set(t, lane, position == 0);
      }
      position = (position + 1) % length();
    }
    return max;
  }

  private int input(int lane) {
    if (position >= length) {
      return position < recall ? symbols : symbols + 1;
    }
    int symbol = random.nextInt(symbols);
    shown[position * lanes + lane] = symbol;
    return symbol;
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
    snapshot.put("shown", Arrays.stream(shown).asLongStream().toArray());
  }

  @Override
  public void load(Snapshot snapshot) {
    long[] storedSymbols = snapshot.longs("shown");
    long storedPosition = snapshot.number("position");
    GeneratedTask.require(storedPosition, length(), storedSymbols.length == shown.length);
    random.state(snapshot.number("random"));
    position = (int) storedPosition;
    Arrays.setAll(shown, i -> (int) storedSymbols[i]);
  }

  @Override
  public void close() {}
}
