// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The machine's own peak: fused multiply-adds in registers, twelve at a time, each onto a sum.
 * (With 16 registers, twelve products that are the next factors reach four fifths of that.)
 */
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
      s0 = a.fma(b, s0);
      s1 = a.fma(b, s1);
      s2 = a.fma(b, s2);
      s3 = a.fma(b, s3);
      s4 = a.fma(b, s4);
      s5 = a.fma(b, s5);
      s6 = a.fma(b, s6);
      s7 = a.fma(b, s7);
      s8 = a.fma(b, s8);
      s9 = a.fma(b, s9);
      s10 = a.fma(b, s10);
      s11 = a.fma(b, s11);
    }
    FloatVector low = s0.add(s1).add(s2).add(s3).add(s4).add(s5);
    return low.add(s6).add(s7).add(s8).add(s9).add(s10).add(s11).lane(0);
  }
}
