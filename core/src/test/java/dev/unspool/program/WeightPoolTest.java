// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.program.compile.LoopCompiler;
import dev.unspool.step.StepProgram;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However many updates there are, versions of the weights take the room of those of before. */
class WeightPoolTest {
  private static final int STEPS = 6;

  private final StepProgram step =
      StepProgram.of(
          2,
          (s, x) -> {
            var h = s.state("h", 3);
            var next = s.next(h, s.linear("w", x, 3).plus(s.linear("u", h, 3)).tanh());
            return s.linear("out", next, 4);
          });

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 6})
  void outputWeightsHaveAsManyRoomsAsTheOutputWindowHasUpdates(int window) {
    var plan = Plan.of(Program.of(step.recording()), false, true, List.of());
    var theta = step.initialise(new SplitMix64(1));
    var bench = new Bench(new CompiledPlan(plan, LoopCompiler::compile), theta.values());
    var options = TapeOptions.training(1, STEPS).withOutputWindow(window);
    Set<PackedWeights> ofSteps = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<PackedWeights> ofOutputs = Collections.newSetFromMap(new IdentityHashMap<>());
    try (var tape = new ProgramTape(bench, step.state(), options);
        var kernels = Kernels.open(1)) {
      var weights = bench.weights(kernels);
      assertEquals(List.of("u"), names(weights.ofSteps()));
      assertEquals(List.of("out"), names(weights.ofOutputs()));
      for (int update = 0; update < 10 * STEPS; update++) {
        tape.forward(Steps.allocate(1, 1, 2));
        ofSteps.add(Objects.requireNonNull(weights.ofSteps().now()));
        ofOutputs.add(Objects.requireNonNull(weights.ofOutputs().now()));
        tape.parametersChanged();
      }
    }
    assertTrue(ofSteps.size() >= STEPS && ofSteps.size() <= STEPS + 1);
    assertEquals(window, ofOutputs.size());
  }

  private static List<String> names(WeightPool pool) {
    return pool.products().stream().map(product -> product.matrix().name()).toList();
  }
}
