// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.LaneEvents;
import dev.unspool.model.Parameters;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.reference.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Neither the number of steps run at once nor the number of threads, nor what else a program was
 * used for, nor who wrote it down, changes a bit: random programs, of which {@code
 * -Dunspool.seed=N} runs one.
 */
class BlocksAndThreadsTest {
  static LongStream seeds() {
    return Seeds.of(1000, 60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void blocks(long seed) {
    var one = new Run(seed, 3, 1);
    var many = new Run(seed, 3, 1);
    var random = new SplitMix64(seed);
    for (int round = 0; round < 4; round++) {
      int count = 1 + random.nextInt(6);
      Steps x = many.inputs(count, round);
      LaneEvents resets = many.resets(count, round);
      many.tape.forward(x, resets);
      for (int t = 0; t < count; t++) {
        var of = new LaneEvents(1, one.lanes);
        for (int lane = 0; lane < one.lanes; lane++) {
          of.set(0, lane, resets.begins(t, lane));
        }
        one.tape.forward(x.view(t, t + 1), of);
      }
      assertSame(one, many, "round " + round);
    }
  }

  /** Few lanes, of which each product is shared out; or so many that each thread has its own. */
  @ParameterizedTest
  @MethodSource("seeds")
  void threads(long seed) {
    int lanes = seed % 2 == 0 ? 3 : 17;
    int threads = List.of(2, 3, 4, 8, 16).get((int) (seed / 2 % 5));
    var one = new Run(seed, lanes, 1);
    var many = new Run(seed, lanes, threads);
    for (int round = 0; round < 3; round++) {
      Steps x = one.inputs(3, round);
      one.tape.forward(x, one.resets(3, round));
      many.tape.forward(x, one.resets(3, round));
      assertSame(one, many, "round " + round);
      one.change(round);
      many.change(round);
    }
    one.tape.forward(one.inputs(2, 9), one.resets(2, 9));
    many.tape.forward(one.inputs(2, 9), one.resets(2, 9));
    assertSame(one, many, "after the last change");
    many.tape.close();
  }

  /** A program of which many tapes were opened is like a new one, also to checkpoints. */
  @ParameterizedTest
  @MethodSource("seeds")
  void tapesOpenedBefore(long seed) {
    var fresh = new Run(seed, 3, 1);
    var used = RandomStepCase.of(seed, false).program();
    used.open(used.initialise(new SplitMix64(1)), TapeOptions.inference(2)).close();
    used.open(used.initialise(new SplitMix64(1)), TapeOptions.training(2, 3)).close();
    var later = new Run(used, RandomStepCase.of(seed, false).classes(), seed, 3, 1);
    fresh.tape.forward(fresh.inputs(4, 1), fresh.resets(4, 1));
    var snapshot = new Snapshot();
    fresh.tape.save(snapshot);
    later.tape.load(snapshot);
    assertSame(fresh, later, "after loading");
  }

  /**
   * A program that is written again is the same one to the bit, whatever objects the JVM has made
   * before: it gives each a random number, by which a set may order them.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void writtenAgain(long seed) {
    assertSameWhenWrittenAgain(seed, 2);
  }

  /** One of some three thousand: its order decides what is multiplied and added at once. */
  @Test
  void oneOfWhichTheOrderMattersWrittenAgain() {
    assertSameWhenWrittenAgain(608, 24);
  }

  private static void assertSameWhenWrittenAgain(long seed, int times) {
    List<float[]> first = runWritten(seed);
    for (int again = 0; again < times; again++) {
      assertSame(first, runWritten(seed), "of seed " + seed + ", written again");
    }
  }

  private static List<float[]> runWritten(long seed) {
    var written = RandomProgram.of(new SplitMix64(seed));
    var run = new Run(written.program(), written.classes(), seed, 17, 1);
    var all = new ArrayList<float[]>();
    for (int round = 0; round < 4; round++) {
      run.tape.forward(run.inputs(3, round), run.resets(3, round));
      all.addAll(run.everything());
      run.change(round);
    }
    return all;
  }

  private static void assertSame(Run expected, Run found, String what) {
    assertSame(expected.everything(), found.everything(), what + " of " + expected.program);
  }

  private static void assertSame(List<float[]> expected, List<float[]> found, String what) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i), "array " + i + " " + what);
    }
  }

  /** A tape of a random program. */
  private static final class Run {
    static final int CAPACITY = 6;

    final StepProgram program;
    final int classes;
    final int lanes;
    final Parameters theta;
    final Tape tape;

    Run(long seed, int lanes, int threads) {
      this(
          RandomStepCase.of(seed, false).program(),
          RandomStepCase.of(seed, false).classes(),
          seed,
          lanes,
          threads);
    }

    Run(StepProgram program, int classes, long seed, int lanes, int threads) {
      this.program = program;
      this.classes = classes;
      this.lanes = lanes;
      this.theta = program.initialise(new SplitMix64(seed));
      var policies = dev.unspool.model.WeightPolicy.values();
      var policy = policies[(int) (seed % policies.length)];
      this.tape =
          program.open(
              theta,
              TapeOptions.training(lanes, CAPACITY)
                  .withOutputWindow(3)
                  .withWeightPolicy(policy)
                  .withSeed(seed)
                  .withSensitivities()
                  .withThreads(threads));
    }

    /** As an update would, the same in all runs. */
    void change(long seed) {
      var random = new SplitMix64(seed);
      for (int i = 0; i < theta.values().length; i++) {
        theta.values()[i] += 0.01f * (float) random.nextGaussian();
      }
      tape.parametersChanged();
    }

    Steps inputs(int steps, long seed) {
      var random = new SplitMix64(seed);
      var x = Steps.allocate(steps, lanes, program.inputs());
      for (int i = 0; i < x.size(); i++) {
        x.values()[i] = classes > 0 ? random.nextInt(classes) : (float) random.nextGaussian();
      }
      return x;
    }

    LaneEvents resets(int steps, long seed) {
      var random = new SplitMix64(~seed);
      var resets = new LaneEvents(steps, lanes);
      for (int t = 0; t < steps; t++) {
        resets.set(t, random.nextInt(lanes), random.nextInt(4) == 0);
      }
      return resets;
    }

    /** Outputs, state, gradient, and with sensitivities once more. */
    List<float[]> everything() {
      var all = new ArrayList<float[]>();
      int count = Math.min(2, tape.held());
      all.add(tape.outputs(count).copy().values());
      var seed = Steps.allocate(count, lanes, program.outputs());
      for (int i = 0; i < seed.size(); i++) {
        seed.values()[i] = 1 + i % 3;
      }
      var unseen = new Gradient(program.parameters());
      tape.backward(tape.held(), new Adjoint(seed, unseen));
      all.add(unseen.values());
      var gradient = new Gradient(program.parameters());
      var sensitivities = new Sensitivities(program, tape.held(), lanes);
      tape.backward(tape.held(), new Adjoint(seed, gradient, sensitivities));
      all.add(gradient.values());
      all.add(sensitivities.inputs().copy().values());
      for (var array : program.state().arrays()) {
        all.add(sensitivities.state(array.name()).copy().values());
        all.add(tape.state().array(array.name()));
      }
      return all;
    }
  }
}
