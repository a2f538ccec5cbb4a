// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.StateLayout;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import dev.unspool.program.compile.LoopCompiler;
import dev.unspool.step.StepProgram;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What tapes of one program share is made once, and none of them sees another one through it. */
class CompiledProgramTest {
  private static final int STEPS = 5;

  /** With a learned initial state and with a function of parameters: all that is shared. */
  private final StepProgram step =
      StepProgram.of(
          2,
          (s, x) -> {
            var h = s.state("h", 3, s.vector("start", 3));
            var decay = s.vector("decay", 3).sigmoid();
            var z = s.linear("w", "b", x, 3).plus(s.linear("u", "c", h, 3)).tanh();
            var next = s.next(h, decay.times(h).plus(z));
            return s.linear("out", "d", next, 1);
          });

  private final AtomicInteger compiled = new AtomicInteger();

  private final CompiledProgram program =
      new CompiledProgram(
          Program.of(step.recording()),
          step.state(),
          piece -> {
            compiled.incrementAndGet();
            return LoopCompiler.compile(piece);
          });

  private final Parameters theta = step.initialise(new SplitMix64(5));
  private final TapeOptions training = TapeOptions.training(1, STEPS).withOutputWindow(3);

  private int compiledBy(TapeOptions options) {
    int before = compiled.get();
    program.open(theta, options).close();
    return compiled.get() - before;
  }

  @Test
  void tapesOfAKindAreCompiledOnce() {
    assertTrue(compiledBy(training) > 0);
    assertEquals(0, compiledBy(training));
    assertEquals(0, compiledBy(training.withLanes(3).withCapacity(9).withSeed(4).withThreads(2)));
    assertEquals(0, compiledBy(training.withWeightPolicy(WeightPolicy.REPLAY)));
    assertTrue(compiledBy(training.withWeightPolicy(WeightPolicy.CURRENT)) > 0);
    assertTrue(compiledBy(training.withSensitivities()) > 0);
    assertEquals(0, compiledBy(training));
  }

  /** The gradients of some blocks, between which weights change, on a tape that is alone. */
  private float[] alone(CompiledProgram of, long seed) {
    var mine = new Parameters(step.parameters(), theta.values().clone());
    try (var tape = of.open(mine, training)) {
      return IntStream.range(0, 4)
          .mapToObj(
              block -> {
                float[] gradient = block(tape, seed + block);
                mine.values()[block] += 0.125f;
                tape.parametersChanged();
                return gradient;
              })
          .reduce(new float[0], CompiledProgramTest::joined);
    }
  }

  private float[] block(ProgramTape tape, long seed) {
    var random = new SplitMix64(seed);
    var inputs = Steps.allocate(3, 1, 2);
    for (int i = 0; i < inputs.size(); i++) {
      inputs.values()[i] = random.nextFloat();
    }
    tape.forward(inputs, new LaneEvents(3, 1));
    var adjoint = new Adjoint(tape.outputs(3).copy(), new Gradient(step.parameters()));
    tape.backward(tape.held(), adjoint);
    return adjoint.into().values();
  }

  private static float[] joined(float[] a, float[] b) {
    float[] all = new float[a.length + b.length];
    System.arraycopy(a, 0, all, 0, a.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  @Test
  void tapesOnSeveralThreadsDoNotSeeEachOther() throws Exception {
    StateLayout state = step.state();
    try (var threads = Executors.newFixedThreadPool(4)) {
      List<Future<float[]>> found =
          IntStream.range(0, 64)
              .mapToObj(seed -> threads.submit(() -> alone(program, seed)))
              .toList();
      for (int seed = 0; seed < found.size(); seed++) {
        var single =
            new CompiledProgram(Program.of(step.recording()), state, LoopCompiler::compile);
        assertArrayEquals(alone(single, seed), found.get(seed).get(), "seed " + seed);
      }
    }
  }
}
