// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.engine.LossAt;
import dev.unspool.model.WeightPolicy;
import dev.unspool.reference.EngineAgainstReference;
import dev.unspool.reference.Seeds;
import dev.unspool.tbptt.Truncation;
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

  /**
   * A sweep asks which unit of a group was the largest, of a value that forwards is multiplied and
   * added at once, and in a sweep would not be.
   */
  @ParameterizedTest
  @MethodSource("fewSeeds")
  void theLargestUnitIsFoundAgain(long seed) {
    var program =
        StepProgram.of(
            2,
            (s, x) -> {
              Signal h = s.state("h", 6);
              Signal a = s.linear("weight_ih", x, 6).plus(s.linear("weight_hh", h, 6));
              Signal v = a.tanh().plus(a.delay(2).sigmoid().times(0.3));
              Signal next = s.next(h, v.plus(v.max(3).repeat(2)).tanh());
              return s.linear("output", next, 1);
            });
    new EngineAgainstReference(
            new RandomStepCase(
                seed,
                program,
                false,
                0,
                new Truncation(1 + (int) (seed & 3), 8, LossAt.EVERY),
                WeightPolicy.AS_APPLIED,
                2,
                16))
        .toTheEnd();
  }

  /** The same schedule on loops that are not compiled. */
  @ParameterizedTest
  @MethodSource("fewSeeds")
  void interpreted(long seed) {
    new EngineAgainstReference(RandomStepCase.of(seed, true)).toTheEnd();
  }
}
