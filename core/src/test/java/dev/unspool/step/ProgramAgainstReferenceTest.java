// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.reference.EngineAgainstReference;
import dev.unspool.reference.Seeds;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is derived from a recorded step against the definition: random programs, truncations,
 * streams, updates and interruptions. {@code -Dunspool.seed=N} runs one case, {@code
 * -Dunspool.cases=N} that many.
 */
class ProgramAgainstReferenceTest {
  static LongStream seeds() {
    return Seeds.of(130);
  }

  static LongStream fewSeeds() {
    return Seeds.of(32);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void lossGradientStateAndSensitivities(long seed) {
    new EngineAgainstReference(RandomStepCase.of(seed, false)).toTheEnd();
  }

  /** The same schedule on loops that are not compiled. */
  @ParameterizedTest
  @MethodSource("fewSeeds")
  void interpreted(long seed) {
    new EngineAgainstReference(RandomStepCase.of(seed, true)).toTheEnd();
  }
}
