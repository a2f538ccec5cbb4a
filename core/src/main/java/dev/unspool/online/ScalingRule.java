// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.predict.Outputs;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a learner scales.
 *
 * @param inputs how inputs become the model's
 * @param targetScaling how targets do, where {@code known} does not say it
 * @param reference what outputs are relative to, likewise
 * @param known how outputs become values of targets, if that is fixed
 * @param sizes what there is to scale
 * @param warmUp how many numbers make a running scale
 */
record ScalingRule(
    Scaling inputs,
    Scaling targetScaling,
    Reference reference,
    @Nullable List<Outputs.Target> known,
    Sizes sizes,
    int warmUp) {

  /**
   * How many numbers there are.
   *
   * @param features of a row that goes in
   * @param targets of a row
   * @param horizons at which each is predicted
   */
  record Sizes(int features, int targets, int horizons) {}

  /** As a learner is described. */
  static ScalingRule of(LearnerBuilder builder, Goals goals) {
    int horizons = goals.horizons().length;
    return new ScalingRule(
        builder.inputs,
        builder.targets,
        builder.reference(),
        builder.known,
        new Sizes(builder.model.inputs(), goals.targets(), horizons),
        builder.warmUp);
  }

  /** Checks that the parts fit. */
  ScalingRule {
    require("inputs", inputs, sizes.features());
    require("targets", targetScaling, sizes.targets());
    if (known != null
        && (known.size() != sizes.targets()
            || known.stream().anyMatch(target -> target.units().size() != sizes.horizons()))) {
      throw new IllegalArgumentException(
          "the scales of %s targets are given, the model has %s at %s horizons"
              .formatted(known.size(), sizes.targets(), sizes.horizons()));
    }
  }

  private static void require(String what, Scaling scaling, int count) {
    if (scaling instanceof Scaling.Fixed fixed && fixed.means().size() != count) {
      throw new IllegalArgumentException(
          "the scales of %s %s are given, the model has %s"
              .formatted(fixed.means().size(), what, count));
    }
  }

  int features() {
    return sizes.features();
  }

  int targets() {
    return sizes.targets();
  }

  int values() {
    return sizes.targets() * sizes.horizons();
  }

  /** Whether outputs are relative to something that was known or said of the target's row. */
  boolean moves(int target) {
    return known == null ? reference != Reference.MEAN : known.get(target).change();
  }

  /** Whether that is what the baselines say together. */
  boolean fromBaselines() {
    return known == null && reference == Reference.BASELINES;
  }

  double fixedInput(int input, double x) {
    return inputs instanceof Scaling.Fixed fixed
        ? (x - fixed.means().get(input)) / fixed.deviations().get(input)
        : x;
  }

  double fixedOrigin(int target) {
    if (known != null) {
      return known.get(target).origin();
    }
    return targetScaling instanceof Scaling.Fixed fixed ? fixed.means().get(target) : 0;
  }

  double fixedUnit(int value) {
    int target = value / sizes.horizons();
    if (known != null) {
      return known.get(target).units().get(value % sizes.horizons());
    }
    return targetScaling instanceof Scaling.Fixed fixed ? fixed.deviations().get(target) : 1;
  }
}
