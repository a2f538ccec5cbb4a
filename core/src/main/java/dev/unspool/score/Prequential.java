// SPDX-License-Identifier: Apache-2.0
package dev.unspool.score;

/**
 * Errors of forecasts each of which was made before its truth was learned from (test then train;
 * Dawid, "Statistical theory: the prequential approach", 1984), of several forecasters of the same
 * rows: over everything, and over what was lately, where the weight of an error falls by {@code 1 −
 * 1/memory} with each that follows (fading factors; Gama, Sebastião and Rodrigues, "On evaluating
 * stream learning algorithms", 2013).
 *
 * <p>A row counts where its truth is known and all of them have said something; so their figures
 * are of the same rows. What is not finite or beyond 10¹⁵⁰ is not known, or not said.
 */
public final class Prequential implements RunningState {
  /** Squares of what is larger are not finite, and would stay in sums for ever. */
  private static final double LARGEST = 1e150;

  private static final int OF_EACH = 4;
  private static final int COMMON = 4;

  private final double keep;
  private final int forecasters;
  private final double[] sums;
  private final int common;

  /**
   * Of nothing yet.
   *
   * @param forecasters at least 1
   * @param memory in rows, at least 1; infinity forgets nothing
   */
  public Prequential(int forecasters, double memory) {
    if (forecasters < 1 || !(memory >= 1)) {
      throw new IllegalArgumentException(
          "errors need a forecaster and a memory of at least 1 row, found %s and %s"
              .formatted(forecasters, memory));
    }
    this.forecasters = forecasters;
    this.keep = 1 - 1 / memory;
    this.common = OF_EACH * forecasters;
    this.sums = new double[common + COMMON];
  }

  /**
   * Adds a row.
   *
   * @param truth NaN where it is not known
   * @param predictions what each forecaster said of it, from {@code at} on; not modified, nor kept
   * @return whether it counts
   */
  public boolean add(double truth, double[] predictions, int at) {
    boolean counts = Math.abs(truth) <= LARGEST;
    for (int i = 0; i < forecasters; i++) {
      counts &= Math.abs(predictions[at + i]) <= LARGEST;
    }
    if (!counts) {
      return false;
    }
    for (int i = 0; i < forecasters; i++) {
      double error = Math.abs(predictions[at + i] - truth);
      add(OF_EACH * i, error);
      add(OF_EACH * i + 2, error * error);
    }
    add(common, 1);
    add(common + 2, Math.abs(truth));
    return true;
  }

  /** How many forecasters there are. */
  public int forecasters() {
    return forecasters;
  }

  /** How many rows count. */
  public long count() {
    return (long) sums[common];
  }

  /** Mean size of an error; NaN of none. */
  public double mae(int forecaster, Over over) {
    return sum(OF_EACH * forecaster, over) / sum(common, over);
  }

  /** Root of the mean squared error; NaN of none. */
  public double rmse(int forecaster, Over over) {
    return Math.sqrt(sum(OF_EACH * forecaster + 2, over) / sum(common, over));
  }

  /**
   * Mean size of an error as a share of the mean size of a truth, as {@link ErrorSums#relative}.
   * NaN of none, and of truths that are all 0.
   */
  public double relative(int forecaster, Over over) {
    double truths = sum(common + 2, over);
    return truths > 0 ? sum(OF_EACH * forecaster, over) / truths : Double.NaN;
  }

  @Override
  public int size() {
    return sums.length;
  }

  @Override
  public int save(double[] to, int at) {
    System.arraycopy(sums, 0, to, at, sums.length);
    return at + sums.length;
  }

  @Override
  public int load(double[] from, int at) {
    System.arraycopy(from, at, sums, 0, sums.length);
    return at + sums.length;
  }

  /** The rows that a figure is of. */
  public enum Over {
    /** All that count. */
    EVERYTHING,
    /** The newest ones, with weights that fade. */
    LATELY
  }

  private void add(int place, double value) {
    sums[place] += value;
    sums[place + 1] = keep * sums[place + 1] + value;
  }

  private double sum(int place, Over over) {
    return sums[over == Over.EVERYTHING ? place : place + 1];
  }
}
