// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Snapshot;
import dev.unspool.score.RunningScale;
import dev.unspool.score.RunningState;
import java.util.Arrays;

/**
 * The exponentially weighted average forecaster. It says what several forecasters of the same rows
 * say together: their mean, weighted by how good each has been lately (Bates and Granger, "The
 * combination of forecasts", 1969). It is nearly as good as the best of them, whichever that is at
 * the time, and better where they are wrong in different places.
 *
 * <p>With {@code L} the sum of a forecaster's absolute errors, of which each counts {@code 1 −
 * 1/memory} times as much as the one after it, and {@code M} the least of these sums, its weight is
 * proportional to {@code exp(−sharpness · (L/M − 1))}: exponential weights of discounted losses
 * (Cesa-Bianchi and Lugosi, "Prediction, learning, and games", 2006, sections 2.1 and 2.11),
 * measured by the best, so that the unit of the values does not matter. Weights are equal until a
 * truth is known.
 *
 * <p>Of a wrong reading all are wrong alike, and by so much that it would be all that counts for as
 * long as it is remembered; and so would what some say of the row after because of it. So an error
 * counts as at most ten deviations more than the mean of what the best have been wrong by, both
 * {@link RunningScale#robust robust} and with a longer memory: none that more than one row in a
 * hundred has is further out (Chebyshev). Each that follows in a row counts as at most twice what
 * the one before it did: who is wrong for good, by however much, is known before long.
 */
public final class AverageForecaster implements RunningState {
  /** Rows. */
  public static final double MEMORY = 40;

  /** Who is wrong by a fifth more than the best has a weight of 1/e of its. */
  public static final double SHARPNESS = 5;

  /** Of what is usual, in memories: a day at rest does not make the next one look wrong. */
  private static final double LONGER = 25;

  /** Deviations. */
  private static final double FURTHEST = 10;

  /** Rows until it is known what is usual. */
  private static final int FIRST = 16;

  private final double keep;
  private final double sharpness;
  private final double[] losses;

  /** What each one's newest error has counted as, if it was further out than usual; else 0. */
  private final double[] far;

  /** Errors of whoever was the best so far. */
  private final RunningScale usual;

  /** With {@link #MEMORY} and {@link #SHARPNESS}. */
  public AverageForecaster(int forecasters) {
    this(forecasters, MEMORY, SHARPNESS);
  }

  /**
   * Knows nothing yet.
   *
   * @param forecasters at least 1
   * @param memory in rows, at least 1; infinity forgets nothing
   * @param sharpness at least 0, which is the plain mean; finite
   */
  public AverageForecaster(int forecasters, double memory, double sharpness) {
    if (forecasters < 1 || !(memory >= 1) || !(sharpness >= 0) || Double.isInfinite(sharpness)) {
      throw new IllegalArgumentException(
          ("an average needs a forecaster, a memory of at least 1 row and a finite sharpness of at"
                  + " least 0, found %s, %s and %s")
              .formatted(forecasters, memory, sharpness));
    }
    this.keep = 1 - 1 / memory;
    this.sharpness = sharpness;
    this.losses = new double[forecasters];
    this.far = new double[forecasters];
    this.usual = RunningScale.robust(Math.max(2, LONGER * memory));
  }

  /**
   * Combines what is said of a row. Who says nothing of it (a number that is not finite) is left
   * out.
   *
   * @param said what each forecaster says, from {@code at} on; not modified, nor kept
   * @return NaN if nobody says anything
   */
  public double of(double[] said, int at) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < losses.length; i++) {
      if (Double.isFinite(said[at + i])) {
        least = Math.min(least, losses[i]);
      }
    }
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < losses.length; i++) {
      if (Double.isFinite(said[at + i])) {
        double weight = weight(losses[i], least);
        sum += weight * said[at + i];
        weights += weight;
      }
    }
    return sum / weights;
  }

  /**
   * Learns how good each has been. A row counts where the truth is known and all have said
   * something, so that all are measured by the same rows.
   *
   * @param truth of the row; NaN where it is not known
   * @param said what each forecaster had said of it, from {@code at} on; not modified, nor kept
   */
  public void learn(double truth, double[] said, int at) {
    for (int i = 0; i < losses.length; i++) {
      if (!Double.isFinite(said[at + i] - truth)) {
        return;
      }
    }
    int best = 0;
    for (int i = 1; i < losses.length; i++) {
      best = losses[i] < losses[best] ? i : best;
    }
    double most = most();
    usual.add(Math.abs(said[at + best] - truth));
    for (int i = 0; i < losses.length; i++) {
      double error = Math.abs(said[at + i] - truth);
      double counted = Math.min(error, Math.max(most, 2 * far[i]));
      losses[i] = keep * losses[i] + counted;
      far[i] = error > most ? counted : 0;
    }
  }

  /**
   * What an error counts as at the most, behind one that was as usual. Where all were the same so
   * far, there is nothing that one could be too far from.
   */
  private double most() {
    return usual.count() < FIRST || !usual.hasSpread()
        ? Double.POSITIVE_INFINITY
        : usual.mean() + FURTHEST * usual.deviation();
  }

  /** The share that a forecaster has where all say something. */
  public double weight(int forecaster) {
    double least = Arrays.stream(losses).min().orElseThrow();
    double sum = 0;
    for (double loss : losses) {
      sum += weight(loss, least);
    }
    return weight(losses[forecaster], least) / sum;
  }

  private double weight(double loss, double least) {
    // Without sharpness also beside a best that was never wrong, where 0 · ∞ is no number.
    return loss == least || sharpness == 0 ? 1 : StrictMath.exp(-sharpness * (loss / least - 1));
  }

  @Override
  public int size() {
    return losses.length + far.length + usual.size();
  }

  @Override
  public int save(double[] to, int at) {
    System.arraycopy(losses, 0, to, at, losses.length);
    System.arraycopy(far, 0, to, at + losses.length, far.length);
    return usual.save(to, at + losses.length + far.length);
  }

  @Override
  public int load(double[] from, int at) {
    System.arraycopy(from, at, losses, 0, losses.length);
    System.arraycopy(from, at + losses.length, far, 0, far.length);
    return usual.load(from, at + losses.length + far.length);
  }

  /** Also where an older version has stored it, which did not know what is usual. */
  @Override
  public void load(Snapshot from) {
    double[] numbers = from.doubles("numbers");
    if (numbers.length != losses.length) {
      RunningState.super.load(from);
      return;
    }
    load(Arrays.copyOf(numbers, size()), 0);
  }
}
