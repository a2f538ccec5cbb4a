// SPDX-License-Identifier: Apache-2.0
package dev.unspool.loss;

import dev.unspool.model.Steps;
import java.util.Arrays;

/**
 * The mean over steps and lanes that the losses of this package share: {@code Σ mask·ℓ / Σ mask},
 * where ℓ is the loss of one row, that is of one lane at one step.
 */
final class MaskedMean {
  private MaskedMean() {}

  /** The loss of one row. */
  @FunctionalInterface
  interface Row<L extends Loss> {
    /**
     * ℓ of one row and its derivative.
     *
     * @param loss whose parameters count; passed in so that an unbound method reference serves as
     *     the function, which costs no allocation per call
     * @param row number of the row, {@code step · lanes + lane}, the same in all blocks
     * @param scale what the derivative is multiplied by
     * @param gradient the row is overwritten with {@code scale · ∂ℓ/∂outputs}
     */
    double evaluate(L loss, Steps outputs, Steps targets, int row, double scale, Steps gradient);
  }

  /** Evaluates a loss as {@link Loss#evaluate} promises. */
  static <L extends Loss> double evaluate(
      L loss, Row<L> function, Steps outputs, Steps targets, Steps mask, Steps gradient) {
    requireShape("targets", targets, outputs, loss.targets(outputs.features()));
    requireShape("mask", mask, outputs, 1);
    requireShape("gradient", gradient, outputs, outputs.features());
    double total = total(mask);
    if (total == 0) {
      gradient.fill(0);
      return 0;
    }
    double sum = 0;
    int rows = mask.size();
    for (int row = 0; row < rows; row++) {
      double weight = mask.values()[at(mask, row)];
      if (weight == 0) {
        // Not multiplied by zero: what stands in a masked row may be NaN.
        int from = at(gradient, row);
        Arrays.fill(gradient.values(), from, from + gradient.features(), 0);
      } else {
        sum += weight * function.evaluate(loss, outputs, targets, row, weight / total, gradient);
      }
    }
    return sum / total;
  }

  /** Index of the first value of a row. */
  static int at(Steps block, int row) {
    return block.offset() + row * block.features();
  }

  /** Where a row is, for messages. */
  static String place(Steps block, int row) {
    return "step %d, lane %d".formatted(row / block.lanes(), row % block.lanes());
  }

  private static double total(Steps mask) {
    double total = 0;
    for (int row = 0; row < mask.size(); row++) {
      float weight = mask.values()[at(mask, row)];
      if (!(weight >= 0 && weight <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "the mask at %s is %s, expected a weight of at least 0"
                .formatted(place(mask, row), weight));
      }
      total += weight;
    }
    return total;
  }

  private static void requireShape(String name, Steps found, Steps outputs, int features) {
    if (found.steps() != outputs.steps()
        || found.lanes() != outputs.lanes()
        || found.features() != features) {
      throw new IllegalArgumentException(
          "%s of %s do not go with outputs of %s, which need %d steps × %d lanes × %d features"
              .formatted(name, found, outputs, outputs.steps(), outputs.lanes(), features));
    }
  }
}
