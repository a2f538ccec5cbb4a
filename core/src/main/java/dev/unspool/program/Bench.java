// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.kernel.AlignedFloats;
import dev.unspool.kernel.Kernels;
import org.jspecify.annotations.Nullable;

/**
 * Where tapes of one caller work, which uses one at a time: the parameters as they are now, and
 * arrays that are written and read within one call and belong to nobody between two.
 */
final class Bench {
  private final CompiledPlan compiled;
  private final float[] theta;
  private @Nullable CurrentWeights weights;

  /** By the number of their home. */
  private final float[][] arrays;

  /** By the number of their home, those of many steps. */
  private final @Nullable AlignedFloats[] aligned;

  Bench(CompiledPlan compiled, float[] theta) {
    this.compiled = compiled;
    this.theta = theta;
    this.arrays = new float[compiled.plan().homes().size()][0];
    this.aligned = new AlignedFloats[arrays.length];
  }

  CompiledPlan compiled() {
    return compiled;
  }

  /** The parameters as they are now; products are shared out as those of the first tape are. */
  CurrentWeights weights(Kernels kernels) {
    if (weights == null) {
      weights = new CurrentWeights(compiled, kernels, theta);
    }
    return weights;
  }

  /** An array of a home that belongs to nobody, with room for so many values. */
  float[] array(Home home, int size) {
    if (arrays[home.id()].length < size) {
      arrays[home.id()] = Staggered.floats(size);
    }
    return arrays[home.id()];
  }

  /** The same for many steps, so that it is worth asking where cache lines begin. */
  AlignedFloats aligned(Home home, int size) {
    AlignedFloats known = aligned[home.id()];
    if (known == null || known.room() < size) {
      known = new AlignedFloats(Staggered.size(size));
      aligned[home.id()] = known;
    }
    return known;
  }
}
