// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.baseline.OnlineBaselines;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a truth has said about predictions, and what was made of it: a view that the next call of
 * {@link OnlineLearner#learn} overwrites.
 */
public final class Lesson {
  private final int horizons;
  private final double[] said;
  private final double[] truths;
  private long row;
  private boolean updated;
  private double loss;
  private double norm;
  private @Nullable Incident skipped;

  Lesson(int targets, int horizons) {
    this.horizons = horizons;
    this.said = new double[targets * horizons * Judge.FORECASTERS];
    this.truths = new double[targets * horizons];
  }

  void begin(long ofRow) {
    row = ofRow;
    updated = false;
    loss = Double.NaN;
    norm = Double.NaN;
    skipped = null;
    Arrays.fill(said, Double.NaN);
    Arrays.fill(truths, Double.NaN);
  }

  void met(int index, double[] forecasts, int at, double truth) {
    int all = Judge.FORECASTERS;
    System.arraycopy(forecasts, at, said, index * all, all);
    truths[index] = truth;
  }

  void swept(double ofLoss, double ofNorm) {
    loss = ofLoss;
    norm = ofNorm;
    updated = true;
  }

  void skip(Incident why, double ofLoss, double ofNorm) {
    loss = ofLoss;
    norm = ofNorm;
    skipped = why;
  }

  /** The row that the truth is of. */
  public long row() {
    return row;
  }

  /**
   * What was said of a target, that horizon before.
   *
   * @param horizon number of the horizon, from 0
   * @return NaN if nothing was, or if the truth is not known
   */
  public double said(int target, int horizon) {
    return said[(target * horizons + horizon) * Judge.FORECASTERS];
  }

  /** What a baseline had said of a target, in the same way. */
  public double said(int target, int horizon, OnlineBaselines.Kind baseline) {
    int from = (target * horizons + horizon) * Judge.FORECASTERS;
    return said[from + Judge.forecaster(baseline)];
  }

  /** What the model and the baselines had said of a target together, in the same way. */
  public double combined(int target, int horizon) {
    return said[(target * horizons + horizon) * Judge.FORECASTERS + Judge.COMBINED];
  }

  /** The truth less what all had said together; NaN if there is no such. */
  public double combinedError(int target, int horizon) {
    return truths[target * horizons + horizon] - combined(target, horizon);
  }

  /** The truth less what the model had said; NaN if there is no such. */
  public double error(int target, int horizon) {
    return truths[target * horizons + horizon] - said(target, horizon);
  }

  /** Whether the weights have changed. */
  public boolean updated() {
    return updated;
  }

  /** The loss of the sweep, in scaled units; NaN if there was no sweep. */
  public double loss() {
    return loss;
  }

  /** Norm of the gradient before clipping; NaN if there is none. */
  public double gradientNorm() {
    return norm;
  }

  /** Why a sweep has changed nothing; null if it has, or there was none. */
  public @Nullable Incident skipped() {
    return skipped;
  }
}
