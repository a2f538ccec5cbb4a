// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import dev.unspool.reference.EngineAgainstReference;
import dev.unspool.reference.Seeds;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine against the definition: random networks, truncations, streams, updates and
 * interruptions. {@code -Dunspool.seed=N} runs one case, {@code -Dunspool.cases=N} that many.
 */
class TbpttAgainstReferenceTest {
  static LongStream seeds() {
    return Seeds.of(400);
  }

  static LongStream fewSeeds() {
    return Seeds.of(60);
  }

  @ParameterizedTest
  @MethodSource("fewSeeds")
  void cellsThatNormalise(long seed) {
    new EngineAgainstReference(RandomCase.of(seed, RandomCase.NORMALISED)).toTheEnd();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void lossGradientStateAndSensitivities(long seed) {
    new EngineAgainstReference(RandomCase.of(seed)).toTheEnd();
  }
}
