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
 */
final class WeightedMean implements Loss {
  /** An exponential or a division is worth so many cheap operations. */
  private static final int COST = 8;

  private final Loss loss;
  private final RowLoss row;
  private final Kernels kernels;
  private final Workers.Rows work = this::rows;
  private double[] values = {};

  // What is evaluated now: fields, since work that carries them would be allocated each time.
  private Steps outputs = Steps.allocate(0, 1, 0);
  private Steps targets = outputs;
  private Steps mask = outputs;
  private Steps gradient = outputs;
  private double total;

  private int refusedRow;
  private @Nullable IllegalArgumentException refusal;

  WeightedMean(Loss loss, RowLoss row, Workers workers) {
    this.loss = loss;
    this.row = row;
    this.kernels = Kernels.of(workers);
  }

  @Override
  public int targets(int outputFeatures) {
    return loss.targets(outputFeatures);
  }

  @Override
  public LossValue evaluate(Steps newOutputs, Steps newTargets, Steps newMask, Steps into) {
    requireShapes(newOutputs, newTargets, newMask, into, targets(newOutputs.features()));
    requireWeights(newMask);
    total = newMask.sum();
    if (total == 0) {
      into.fill(0);
      return LossValue.NOTHING;
    }
    outputs = newOutputs;
    targets = newTargets;
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
      try {
        values[i] =
            weight
                * row.evaluate(
                    kernels,
                    outputs.values(),
                    outputs.offset() + i * width,
                    width,
                    targets.values(),
                    targets.offset() + i * targets.features(),
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
