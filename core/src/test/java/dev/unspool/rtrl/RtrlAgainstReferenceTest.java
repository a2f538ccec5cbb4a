// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.reference.EngineAgainstReference;
import dev.unspool.reference.Seeds;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real-time recurrent learning against the definition: random diagonal programs, unrolled in
 * float64 since the beginning of the stream, with updates and interruptions on the way. {@code
 * -Dunspool.seed=N} runs one case, {@code -Dunspool.cases=N} that many.
 */
class RtrlAgainstReferenceTest {
  static LongStream seeds() {
    return Seeds.of(160);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void lossGradientAndState(long seed) {
    new EngineAgainstReference(RtrlCase.of(seed)).toTheEnd();
  }
}
