// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

import java.util.Arrays;

/**
 * By how much a band has to be wider than a model says, so that as many truths lie in it as it
 * promises, whatever the model and the series.
 *
 * <p>A truth's <em>score</em> is by how much it lies outside of what the model said ({@link
 * #score}): {@code max(lower − y, y − upper) / scale}. A point forecast has both bounds in one
 * place (split conformal prediction; Vovk, Gammerman and Shafer 2005; Lei, G’Sell, Rinaldo,
 * Tibshirani and Wasserman 2018), a predicted deviation is the scale (the same, section 5.2),
 * quantiles are bounds that may be too wide, too (conformalized quantile regression; Romano,
 * Patterson and Candès 2019, equations 6 to 8). The offset is the ⌈(n + 1)(1 − α)⌉-th smallest of n
 * scores of rows that nothing was learned from: then a new row that is like them lies within with a
 * probability of 1 − α.
 *
 * <p>Rows of a series are not like those before for ever. So scores that come out join, the oldest
 * leave, and α itself gives way: {@code α ← α + γ (wanted − missed)} (adaptive conformal inference;
 * Gibbs and Candès 2021, equation 2, with their γ). The share of misses then comes to what is
 * wanted for any series. A score that is wanted beyond the largest is the largest.
 */
public final class AdaptiveBand implements RunningState {
  private static final double GAMMA = 0.005;

  private final double level;
  private final int window;

  /** The newest scores, the oldest of them at {@code oldest}; grown until the window is full. */
  private double[] inOrder = new double[0];

  private double[] sorted = new double[0];
  private int count;
  private int oldest;
  private double alpha;

  /**
   * A band that has seen no score.
   *
   * @param level share of truths that shall lie within, between 0 and 1
   * @param window how many of the newest scores it looks at, at least 1
   */
  public AdaptiveBand(double level, int window) {
    if (!(level > 0 && level < 1) || window < 1) {
      throw new IllegalArgumentException(
          "a band needs a level between 0 and 1 and a window of at least 1, found %s and %s"
              .formatted(level, window));
    }
    this.level = level;
    this.window = window;
    this.alpha = 1 - level;
  }

  /**
   * By how much a truth lies outside of bounds: negative within them.
   *
   * @param scale what an offset of 1 widens a band by at each end
   */
  public static double score(double lower, double upper, double scale, double truth) {
    return Math.max(lower - truth, truth - upper) / scale;
  }

  /** How many scores it looks at. */
  public int count() {
    return count;
  }

  /** Share of truths that shall lie within. */
  public double level() {
    return level;
  }

  /**
   * Takes in the score of a row that calibrates. One that is not a number is left out.
   *
   * @param score of the row after those before
   */
  public void calibrate(double score) {
    if (Double.isNaN(score)) {
      return;
    }
    if (count == inOrder.length && count < window) {
      int more = (int) Math.min(window, Math.max(16, 2L * count));
      inOrder = Arrays.copyOf(inOrder, more);
      sorted = Arrays.copyOf(sorted, more);
    }
    if (count == window) {
      remove(inOrder[oldest]);
      insert(score);
      inOrder[oldest] = score;
      oldest = (oldest + 1) % window;
    } else {
      insert(score);
      inOrder[count - 1] = score;
    }
  }

  /**
   * Takes in what has come of a band: whether it was missed, and its score.
   *
   * @param offset that the band was given, when it was given
   */
  public void observe(double score, double offset) {
    if (Double.isNaN(score)) {
      return;
    }
    alpha += GAMMA * (1 - level - (score > offset ? 1 : 0));
    calibrate(score);
  }

  /**
   * What bounds are to be widened by at each end, in scales; negative where they are too wide.
   *
   * @return NaN if there was no score
   */
  public double offset() {
    int size = count;
    if (size == 0) {
      return Double.NaN;
    }
    int rank = (int) Math.ceil((size + 1) * (1 - Math.clamp(alpha, 0, 1)) - 1e-9);
    return sorted[Math.clamp(rank, 1, size) - 1];
  }

  @Override
  public int size() {
    return window + 2;
  }

  /** The scores from the oldest on, and NaN behind them. */
  @Override
  public int save(double[] to, int at) {
    int behind = count - oldest;
    System.arraycopy(inOrder, oldest, to, at, behind);
    System.arraycopy(inOrder, 0, to, at + behind, oldest);
    Arrays.fill(to, at + count, at + window, Double.NaN);
    to[at + window] = count;
    to[at + window + 1] = alpha;
    return at + size();
  }

  @Override
  public int load(double[] from, int at) {
    count = (int) from[at + window];
    oldest = 0;
    inOrder = Arrays.copyOfRange(from, at, at + count);
    sorted = inOrder.clone();
    Arrays.sort(sorted);
    alpha = from[at + window + 1];
    return at + size();
  }

  private void insert(double score) {
    int place = place(score);
    System.arraycopy(sorted, place, sorted, place + 1, count - place);
    sorted[place] = score;
    count++;
  }

  private void remove(double score) {
    int place = place(score);
    System.arraycopy(sorted, place + 1, sorted, place, count - place - 1);
    count--;
  }

  private int place(double score) {
    int found = Arrays.binarySearch(sorted, 0, count, score);
    return found < 0 ? -found - 1 : found;
  }
}
