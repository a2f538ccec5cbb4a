// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import dev.unspool.engine.Block;
import dev.unspool.engine.BlockSource;
import dev.unspool.model.Snapshot;

/**
 * Text as steps: the input is a token, the target is the next one. Lanes are contiguous parts of
 * equal length, as in the literature on language models; where the last ones run out, inputs and
 * targets are 0 and the mask is 0.
 *
 * <p>The tokens stay the caller's: closing the source does not close them.
 */
public final class TextSource implements BlockSource {
  private final Tokens tokens;
  private final int lanes;
  private final LaneCursor cursor;

  /**
   * A source at the first step.
   *
   * @param range tokens that are inputs or targets: one more than there are steps in all lanes
   * @param lanes number of lanes, at least 1
   * @throws IllegalArgumentException if there are fewer tokens, or not enough for the lanes
   */
  public TextSource(Tokens tokens, Range range, int lanes) {
    range.requireWithin(tokens.size(), "tokens");
    if (lanes < 1) {
      throw new IllegalArgumentException("at least 1 lane is needed, found " + lanes);
    }
    if (range.length() - 1 < lanes) {
      throw new IllegalArgumentException(
          "the tokens %s are %s %s; %s lanes need at least %s; use a longer text, or fewer lanes"
              .formatted(range, range.length(), tokens.vocabulary().label(), lanes, lanes + 1L));
    }
    this.tokens = tokens;
    this.lanes = lanes;
    this.cursor = new LaneCursor(range.from(), range.length() - 1, lanes, 0);
  }

  @Override
  public int lanes() {
    return lanes;
  }

  /** One: the index of the token. */
  @Override
  public int inputs() {
    return 1;
  }

  /** One: the index of the next token. */
  @Override
  public int targets() {
    return 1;
  }

  @Override
  public long steps() {
    return cursor.steps();
  }

  @Override
  public int read(Block block, int max) {
    block.requireFits(this, max);
    long first = cursor.step();
    int count = cursor.advance(max);
    for (int t = 0; t < count; t++) {
      for (int lane = 0; lane < lanes; lane++) {
        long token = cursor.item(first + t, lane);
        int place = t * lanes + lane;
        block.inputs().values()[block.inputs().offset() + place] = token < 0 ? 0 : tokens.at(token);
        block.targets().values()[block.targets().offset() + place] =
            token < 0 ? 0 : tokens.at(token + 1);
        block.mask().values()[block.mask().offset() + place] = token < 0 ? 0 : 1;
        block.events().set(t, lane, first + t == 0);
      }
    }
    return count;
  }

  @Override
  public void rewind() {
    cursor.rewind();
  }

  @Override
  public void save(Snapshot snapshot) {
    cursor.save(snapshot);
  }

  @Override
  public void load(Snapshot snapshot) {
    cursor.load(snapshot);
  }

  @Override
  public void close() {}
}
