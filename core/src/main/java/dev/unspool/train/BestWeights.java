// SPDX-License-Identifier: Apache-2.0
package dev.unspool.train;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;

/**
 * The parameters with the smallest validation loss so far (Prechelt, "Early Stopping — But When?",
 * 1998): offer them after each validation, and stop when {@link #sinceBest()} says that nothing has
 * become better for long enough.
 */
public final class BestWeights {
  private final Parameters weights;
  private double best = Double.POSITIVE_INFINITY;
  private int sinceBest;

  /** Nothing remembered yet. */
  public BestWeights(ParameterLayout layout) {
    this.weights = new Parameters(layout);
  }

  /**
   * Remembers parameters if they are better than all before.
   *
   * @param validation loss; never better if it is NaN, and not better if it only equals the best
   * @param theta of this layout; copied
   * @return whether they are remembered
   */
  public boolean offer(double validation, Parameters theta) {
    if (!theta.layout().equals(weights.layout())) {
      throw new IllegalArgumentException(
          "the parameters offered have %s values in the layout of another model, expected %s"
              .formatted(theta.layout().size(), weights.layout().size()));
    }
    if (!(validation < best)) {
      sinceBest++;
      return false;
    }
    best = validation;
    sinceBest = 0;
    System.arraycopy(theta.values(), 0, weights.values(), 0, weights.values().length);
    return true;
  }

  /** The smallest validation loss; +∞ before there is one. */
  public double best() {
    return best;
  }

  /** Number of offers since the best one, or of all if there was none. */
  public int sinceBest() {
    return sinceBest;
  }

  /** Whether there is a best one. */
  public boolean exist() {
    return best < Double.POSITIVE_INFINITY;
  }

  /**
   * The parameters of the best validation. Not a copy: the next better offer overwrites them, and
   * nobody else may change them.
   *
   * @throws IllegalStateException if none were good enough to be remembered
   */
  public Parameters weights() {
    if (!exist()) {
      throw new IllegalStateException(
          "no weights are remembered: none of %s validations gave a finite loss"
              .formatted(sinceBest));
    }
    return weights;
  }

  /** Stores the weights and what is known about them. */
  public void save(Snapshot snapshot) {
    snapshot.put("best", best);
    snapshot.put("sinceBest", (long) sinceBest);
    if (exist()) {
      snapshot.put("weights", weights.values().clone());
    }
  }

  /** Goes on from what {@link #save} stored. */
  public void load(Snapshot snapshot) {
    double[] stored = snapshot.doubles("best");
    int since = Math.toIntExact(snapshot.number("sinceBest"));
    if (stored.length != 1) {
      throw new IllegalArgumentException(
          "'best' holds %s numbers, expected one".formatted(stored.length));
    }
    if (stored[0] < Double.POSITIVE_INFINITY) {
      float[] values = snapshot.floats("weights");
      if (values.length != weights.values().length) {
        throw new IllegalArgumentException(
            "the best weights are %s values, the model has %s; the checkpoint is another model's"
                .formatted(values.length, weights.values().length));
      }
      System.arraycopy(values, 0, weights.values(), 0, values.length);
    }
    best = stored[0];
    sinceBest = since;
  }
}
