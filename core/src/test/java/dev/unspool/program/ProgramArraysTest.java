// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unspool.kernel.Kernels;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.TapeOptions;
import dev.unspool.program.Home.Storage;
import dev.unspool.program.compile.LoopCompiler;
import dev.unspool.step.StepProgram;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Arrays that no Java array has room for are refused before any of them is made. */
class ProgramArraysTest {
  @Test
  void aTapeWithMoreOutputsOfAStepThanAnArrayHoldsIsRefused() {
    var step =
        StepProgram.of(
            1,
            (s, x) -> {
              var h = s.state("h", 1);
              var next = s.next(h, s.linear("w", x, 1).plus(h).tanh());
              return s.linear("out", next, 60_000);
            });
    var plan = Plan.of(Program.of(step.recording()), false, true, List.of());
    var theta = step.initialise(new SplitMix64(1));
    var bench = new Bench(new CompiledPlan(plan, LoopCompiler::compile), theta.values());
    var options = TapeOptions.training(60_000, 1);
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ProgramTape(bench, step.state(), options).close());
    assertEquals(
        "a step of 60000 lanes needs 3600000000 values where each lane has 60000, more than a"
            + " Java array holds; use fewer lanes",
        e.getMessage());
  }

  /** Whatever an array is for, if it has rows for each lane. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SHARED")
  void aStepIsRefused(Storage storage) {
    var e =
        assertThrows(IllegalArgumentException.class, () -> allocate(storage, 60_000, 60_000, 1, 1));
    assertEquals(
        "a step of 60000 lanes needs 3600000000 values where each lane has 60000, more than a"
            + " Java array holds; use fewer lanes",
        e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"CHUNK, 30000, 1", "SWEEP, 1, 30000"})
  void severalStepsAreRefused(Storage storage, int chunkSteps, int capacity) {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> allocate(storage, 300, 500, chunkSteps, capacity));
    assertEquals(
        "30000 steps of 300 lanes need 4500000000 values where each lane has 500, more than a"
            + " Java array holds; use a shorter window or fewer lanes",
        e.getMessage());
  }

  /** Steps × lanes × width are more than a long holds. */
  @Test
  void noProductOfSizesOverflows() {
    int most = Integer.MAX_VALUE;
    for (int lanes : new int[] {1 << 30, most}) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> allocate(Storage.SWEEP, lanes, most, most, most));
      assertEquals(
          ("a step of %s lanes needs %s values where each lane has %s, more than a Java array"
                  + " holds; use fewer lanes")
              .formatted(lanes, (long) lanes * most, most),
          e.getMessage());
    }
  }

  private static void allocate(
      Storage storage, int lanes, int width, int chunkSteps, int capacity) {
    var step = StepProgram.of(1, (s, x) -> s.linear("out", x, 1));
    var plan = Plan.of(Program.of(step.recording()), false, true, List.of());
    var bench =
        new Bench(
            new CompiledPlan(plan, LoopCompiler::compile),
            step.initialise(new SplitMix64(1)).values());
    var kernels = Kernels.get();
    List<Home> homes = new ArrayList<>();
    Home.add(homes, storage, width, "wide");
    ProgramArrays.allocate(
        homes,
        lanes,
        new TapeStore(capacity, kernels),
        new TapeStore(1, kernels),
        chunkSteps,
        bench);
  }
}
