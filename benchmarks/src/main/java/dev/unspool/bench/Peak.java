// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The machine's own peak: fused multiply-adds in registers, twelve at a time. */
final class Peak {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;

  /** Width of a vector. */
  static final int BITS = F.vectorBitSize();

  private static final int TURNS = 100_000;

  private float sink;

  /** GFLOP/s of one thread, over a fraction of a millisecond. */
  double measure() {
    long start = System.nanoTime();
    sink += run(sink);
    return 2.0 * 12 * F.length() * TURNS / (System.nanoTime() - start);
  }

  private static float run(float start) {
    FloatVector a = FloatVector.broadcast(F, 0.999f);
    FloatVector b = FloatVector.broadcast(F, start * 1e-9f + 1e-3f);
    FloatVector s0 = b;
    FloatVector s1 = b;
    FloatVector s2 = b;
    FloatVector s3 = b;
    FloatVector s4 = b;
    FloatVector s5 = b;
    FloatVector s6 = b;
    FloatVector s7 = b;
    FloatVector s8 = b;
    FloatVector s9 = b;
    FloatVector s10 = b;
    FloatVector s11 = b;
    for (int turn = 0; turn < TURNS; turn++) {
      s0 = s0.fma(a, b);
      s1 = s1.fma(a, b);
      s2 = s2.fma(a, b);
      s3 = s3.fma(a, b);
      s4 = s4.fma(a, b);
      s5 = s5.fma(a, b);
      s6 = s6.fma(a, b);
      s7 = s7.fma(a, b);
      s8 = s8.fma(a, b);
      s9 = s9.fma(a, b);
      s10 = s10.fma(a, b);
      s11 = s11.fma(a, b);
    }
    FloatVector low = s0.add(s1).add(s2).add(s3).add(s4).add(s5);
    return low.add(s6).add(s7).add(s8).add(s9).add(s10).add(s11).lane(0);
  }
}
