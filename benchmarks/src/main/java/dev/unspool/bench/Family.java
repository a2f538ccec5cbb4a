// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import dev.unspool.model.WeightPolicy;

/** What happens after a sweep, and what the sweep means when the weights have changed. */
public enum Family {
  /** Nothing: the gradient is computed and thrown away. */
  GRADIENT("", WeightPolicy.AS_APPLIED),

  /** An update by Adam; each step is differentiated at the weights it ran with. */
  ADAM("-adam", WeightPolicy.AS_APPLIED),

  /** An update by Adam; old activations, new weights. */
  ADAM_CURRENT("-adam-current", WeightPolicy.CURRENT),

  /** An update by Adam; the window is run again under the new weights, as the peers do it. */
  ADAM_REPLAY("-adam-replay", WeightPolicy.REPLAY);

  private final String suffix;
  private final WeightPolicy policy;

  Family(String suffix, WeightPolicy policy) {
    this.suffix = suffix;
    this.policy = policy;
  }

  /** How the names of such shapes end. */
  String suffix() {
    return suffix;
  }

  WeightPolicy policy() {
    return policy;
  }

  /** Whether the weights are updated after every sweep. */
  boolean adam() {
    return this != GRADIENT;
  }

  static Family of(String suffix) {
    for (Family family : values()) {
      if (family.suffix.equals(suffix)) {
        return family;
      }
    }
    throw new IllegalArgumentException("no family '%s'".formatted(suffix));
  }
}
