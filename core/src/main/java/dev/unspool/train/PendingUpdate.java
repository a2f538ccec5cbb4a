// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import dev.unspool.engine.Engine;
import dev.unspool.loss.LossValue;
import dev.unspool.model.Gradient;
import dev.unspool.optimizer.Clipper;
import dev.unspool.optimizer.Clipping;

/**
 * What a sweep has given and no update has used yet: the one place between the two. What {@link
 * Trainer.Builder#beforeUpdate} names sees it, in the order in which it was named: a reduction over
 * processes, clipping, whoever wants to look. One object serves all updates of a trainer.
 */
public final class PendingUpdate {
  private final Gradient gradient;
  private final Clipper norms;
  private LossValue loss = LossValue.NOTHING;
  private double norm;
  private boolean normKnown;
  private boolean clipped;
  private boolean skipped;
  private long number;
  private int epoch;
  private long steps;
  private double rate;

  PendingUpdate(Engine engine) {
    this.gradient = engine.gradient();
    this.norms = Clipping.none().bind(gradient, engine.workers());
  }

  void begin(LossValue newLoss, long newNumber, int newEpoch, long newSteps, double newRate) {
    loss = newLoss;
    number = newNumber;
    epoch = newEpoch;
    steps = newSteps;
    rate = newRate;
    gradientChanged();
    skipped = false;
  }

  /**
   * ∂loss/∂θ. Whoever changes its values says so by {@link #gradientChanged} or {@link #reduced}.
   */
  public Gradient gradient() {
    return gradient;
  }

  /**
   * The Euclidean norm of the gradient, before clipping. Computed when it is first asked for, and
   * again after a change.
   */
  public double norm() {
    if (!normKnown) {
      norm = norms.norm(gradient);
      normKnown = true;
    }
    return norm;
  }

  /** The loss that the sweep differentiated, and how much it counts. */
  public LossValue loss() {
    return loss;
  }

  /** Number of this update, from 1. A sweep that is passed over leaves its number to the next. */
  public long number() {
    return number;
  }

  /** Pass over the data in which it happens, from 1. */
  public int epoch() {
    return epoch;
  }

  /** Steps (of every lane) run since training began. */
  public long steps() {
    return steps;
  }

  /** Learning rate. */
  public double rate() {
    return rate;
  }

  /** Says that the values of the gradient are others now. */
  public void gradientChanged() {
    normKnown = false;
    clipped = false;
  }

  /** Clips the gradient by what it is now; {@link #norm} remains what it was before. */
  void clip(Clipper clipper) {
    double before = norm();
    clipper.clip(gradient, clipped ? clipper.norm(gradient) : before);
    clipped = true;
  }

  /**
   * Says that the gradient is now that of several processes together. Also called for a sweep that
   * counts nothing here: if the others' counts, the update is made.
   *
   * @param together the loss of all of them, and how much it counts
   */
  public void reduced(LossValue together) {
    loss = together;
    gradientChanged();
  }

  /** Lets θ and the moments of the optimizer as they are. The update is counted all the same. */
  public void skip() {
    skipped = true;
  }

  /** Whether somebody has said {@link #skip}. */
  public boolean skipped() {
    return skipped;
  }
}
