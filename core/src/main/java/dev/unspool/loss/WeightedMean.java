// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.Steps;
import dev.unspool.model.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code Σ mask·ℓ / Σ mask} over all steps and lanes, for one caller. Rows are shared out; what
 * they give is summed in their order. What is masked out is not looked at, so that padding may hold
 * anything, also NaN.
 *
 * <p>Where a loss is itself a mean over the targets of a row, a target that is NaN is missing: ℓ is
 * the mean over the k known ones of n, and the row counts {@code mask·k/n}.
 */
final class WeightedMean implements Loss {
  /** An exponential or a division is worth so many cheap operations. */
  private static final int COST = 8;

  private final Loss loss;
  private final RowLoss row;
  private final @Nullable RowLoss holed;
  private final Kernels kernels;
  private final Workers.Rows work = this::rows;
  private final Workers.Rows search = this::search;

  /** For each thread, whether it has found that a target is missing. */
  private final boolean[] incomplete;

  private double[] values = {};

  // What is evaluated now: fields, since work that carries them would be allocated each time.
  private Steps outputs = Steps.allocate(0, 1, 0);
  private Steps targets = outputs;
  private Steps mask = outputs;
  private Steps gradient = outputs;
  private double total;
  private boolean holes;

  private int refusedRow;
  private @Nullable IllegalArgumentException refusal;

  /** Of a loss each of whose targets must be there. */
  static Loss ofRows(Loss loss, RowLoss row, Workers workers) {
    return new WeightedMean(loss, row, null, workers);
  }

  /** Of a loss that is a mean over targets, and passes over those that are NaN. */
  static Loss ofTargets(Loss loss, RowLoss row, Workers workers) {
    return new WeightedMean(loss, row, row, workers);
  }

  /**
   * Of a loss that is a mean over targets.
   *
   * @param row where all of them are there
   * @param holed where some are NaN: what the others add to the mean
   */
  static Loss ofTargets(Loss loss, RowLoss row, RowLoss holed, Workers workers) {
    return new WeightedMean(loss, row, holed, workers);
  }

  private WeightedMean(Loss loss, RowLoss row, @Nullable RowLoss holed, Workers workers) {
    this.loss = loss;
    this.row = row;
    this.holed = holed;
    this.kernels = Kernels.of(workers);
    this.incomplete = new boolean[kernels.threads()];
  }

  @Override
  public int targets(int outputFeatures) {
    return loss.targets(outputFeatures);
  }

  @Override
  public LossValue evaluate(Steps newOutputs, Steps newTargets, Steps newMask, Steps into) {
    requireShapes(newOutputs, newTargets, newMask, into, targets(newOutputs.features()));
    requireWeights(newMask);
    holes = false;
    targets = newTargets;
    total = holed == null ? newMask.sum() : known(newTargets, newMask);
    if (total == 0) {
      into.fill(0);
      return LossValue.NOTHING;
    }
    outputs = newOutputs;
    mask = newMask;
    gradient = into;
    if (values.length < mask.size()) {
      values = new double[mask.size()];
    }
    refusal = null;
    kernels.run(work, mask.size(), COST * outputs.features());
    if (refusal != null) {
      throw new IllegalArgumentException(
          "step %s, lane %s: %s"
              .formatted(
                  refusedRow / mask.lanes(), refusedRow % mask.lanes(), refusal.getMessage()),
          refusal);
    }
    double sum = 0;
    for (int i = 0; i < mask.size(); i++) {
      sum += values[i];
    }
    return new LossValue(sum / total, total);
  }

  /** Σ mask·k/n, bit for bit Σ mask where nothing is missing. */
  private double known(Steps of, Steps counting) {
    if (!areSomeMissing()) {
      return counting.sum();
    }
    int n = of.features();
    double sum = 0;
    for (int i = 0; i < counting.size(); i++) {
      float weight = counting.values()[counting.offset() + i];
      int missing = weight == 0 ? 0 : missing(of.values(), of.offset() + i * n, n);
      holes |= missing > 0;
      sum += missing == 0 ? weight : (double) weight * (n - missing) / n;
    }
    return sum;
  }

  /** One pass over all targets is cheaper than to count row by row. */
  private boolean areSomeMissing() {
    Arrays.fill(incomplete, false);
    kernels.run(search, targets.steps() * targets.lanes(), targets.features());
    boolean found = false;
    for (boolean each : incomplete) {
      found |= each;
    }
    return found;
  }

  /** NaN is what a sum of squares is if one of the numbers is. */
  private void search(int part, int from, int to) {
    int first = targets.offset() + from * targets.features();
    int end = targets.offset() + to * targets.features();
    incomplete[part] = Double.isNaN(kernels.sumOfSquares(targets.values(), first, end));
  }

  private static int missing(float[] targets, int from, int n) {
    int missing = 0;
    for (int j = from; j < from + n; j++) {
      missing += Float.isNaN(targets[j]) ? 1 : 0;
    }
    return missing;
  }

  /** What computes a row: vectors know nothing of what is missing. */
  private RowLoss of(int target) {
    return holed != null && holes && missing(targets.values(), target, targets.features()) > 0
        ? holed
        : row;
  }

  private void rows(int part, int from, int to) {
    int width = outputs.features();
    for (int i = from; i < to; i++) {
      float weight = mask.values()[mask.offset() + i];
      int into = gradient.offset() + i * width;
      if (weight == 0) {
        values[i] = 0;
        Arrays.fill(gradient.values(), into, into + width, 0);
        continue;
      }
      int target = targets.offset() + i * targets.features();
      try {
        values[i] =
            weight
                * of(target)
                    .evaluate(
                        kernels,
                        outputs.values(),
                        outputs.offset() + i * width,
                        width,
                        targets.values(),
                        target,
                        weight / total,
                        gradient.values(),
                        into);
      } catch (IllegalArgumentException e) {
        refuse(i, e);
        return;
      }
    }
  }

  /** Keeps what is wrong with the first row of those that are refused. */
  private synchronized void refuse(int at, IllegalArgumentException e) {
    if (refusal == null || at < refusedRow) {
      refusedRow = at;
      refusal = e;
    }
  }

  private static void requireWeights(Steps mask) {
    for (int row = 0; row < mask.size(); row++) {
      float weight = mask.values()[mask.offset() + row];
      if (!(weight >= 0) || weight == Float.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "mask of step %s, lane %s is %s, expected a finite weight of at least 0"
                .formatted(row / mask.lanes(), row % mask.lanes(), weight));
      }
    }
  }

  private static void requireShapes(
      Steps outputs, Steps targets, Steps mask, Steps gradient, int features) {
    // One by one: arrays to compare would be garbage at every update.
    boolean match =
        haveShape(targets, outputs, features)
            && haveShape(mask, outputs, 1)
            && haveShape(gradient, outputs, outputs.features());
    if (!match) {
      throw new IllegalArgumentException(
          ("outputs are %s, so targets must have %s features, the mask 1 and the gradient %s;"
                  + " found targets %s, mask %s, gradient %s")
              .formatted(outputs, features, outputs.features(), targets, mask, gradient));
    }
  }

  private static boolean haveShape(Steps steps, Steps as, int features) {
    return steps.steps() == as.steps()
        && steps.lanes() == as.lanes()
        && steps.features() == features;
  }
}
