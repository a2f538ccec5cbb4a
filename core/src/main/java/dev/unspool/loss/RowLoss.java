// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.model.Steps;
import java.util.Arrays;

/** The loss of one lane at one step, of which the losses of this package are weighted means. */
@FunctionalInterface
interface RowLoss {
  /**
   * ℓ and its derivative.
   *
   * @param outputs {@code width} values from {@code output}, not modified
   * @param targets from {@code target}, not modified
   * @param scale of the gradient
   * @param gradient {@code width} values from {@code into}, overwritten with {@code scale·∂ℓ/∂y}
   * @return ℓ, not scaled
   */
  double evaluate(
      float[] outputs,
      int output,
      int width,
      float[] targets,
      int target,
      double scale,
      float[] gradient,
      int into);

  /**
   * {@code Σ mask·ℓ / Σ mask} over all steps and lanes; see {@link Loss#evaluate}. What is masked
   * out is not looked at, so that padding may hold anything, also NaN.
   *
   * @param features expected number of target features
   */
  default double mean(Steps outputs, Steps targets, Steps mask, Steps gradient, int features) {
    requireShapes(outputs, targets, mask, gradient, features);
    requireWeights(mask);
    double total = mask.sum();
    if (total == 0) {
      gradient.fill(0);
      return 0;
    }
    int width = outputs.features();
    double value = 0;
    for (int row = 0; row < mask.size(); row++) {
      float weight = mask.values()[mask.offset() + row];
      int into = gradient.offset() + row * width;
      if (weight == 0) {
        Arrays.fill(gradient.values(), into, into + width, 0);
        continue;
      }
      try {
        value +=
            weight
                * evaluate(
                    outputs.values(),
                    outputs.offset() + row * width,
                    width,
                    targets.values(),
                    targets.offset() + row * features,
                    weight / total,
                    gradient.values(),
                    into);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "step %s, lane %s: %s"
                .formatted(row / mask.lanes(), row % mask.lanes(), e.getMessage()),
            e);
      }
    }
    return value / total;
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
