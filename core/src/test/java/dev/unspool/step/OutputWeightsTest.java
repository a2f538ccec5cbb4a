// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import static dev.unspool.model.Refused.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.Tape;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.reference.Seeds;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Of weights that have changed under an open window, those of the output layer are kept for the
 * steps of the output window, and for no older one: with every such window, a gradient has the bits
 * that it has on a tape that keeps all of them.
 */
class OutputWeightsTest {
  private static final int WORDS = 7;

  /** The output layer alone has a matrix of its own. */
  private static final Model HEAD = new Network(NetworkSpec.of(Cell.LSTM, 3, 5, 4).withLayers(2));

  /** The output's matrix is that of the inputs, in the other direction. */
  private static final Model TIED =
      new Network(
          NetworkSpec.of(Cell.GRU, new Input.Embedding(WORDS, 5), 5, WORDS).withTiedOutput());

  /** A matrix goes back from the output and from the state: every step needs it. */
  private static final Model RECURRENT =
      StepProgram.of(
          3,
          (s, x) -> {
            var h = s.state("h", 4);
            var w = s.matrix("w", 4, 4);
            var next = s.next(h, s.linear("in", x, 4).plus(h.times(w)).tanh());
            return next.times(w).plus(next.timesTransposed(s.matrix("v", 4, 4)));
          });

  /**
   * What an output looks up in a table is what stood there when the step ran, also where nobody
   * asks before the table changes.
   */
  @ParameterizedTest
  @EnumSource(
      value = WeightPolicy.class,
      names = {"AS_APPLIED", "CURRENT"})
  void looksUpWhatStoodThere(WeightPolicy policy) {
    var step =
        StepProgram.ofIndex(
            WORDS,
            (s, x) -> {
              var h = s.state("h", 3);
              var next = s.next(h, s.linear("in", s.oneHot(x, WORDS), 3).plus(h).tanh());
              return s.linear("out", next, 2).plus(s.lookUp(s.matrix("table", WORDS, 2), x));
            });
    var theta = step.initialise(new SplitMix64(1));
    var inputs = Steps.allocate(2, 1, 1);
    inputs.set(1, 0, 0, WORDS - 1);
    var options = TapeOptions.training(1, 4).withOutputWindow(2).withWeightPolicy(policy);
    try (Tape asked = step.open(theta, options);
        Tape later = step.open(theta, options)) {
      asked.forward(inputs);
      later.forward(inputs);
      float[] before = asked.outputs(2).copy().values();
      for (int i = 0; i < theta.values().length; i++) {
        theta.values()[i] += 1;
      }
      asked.parametersChanged();
      later.parametersChanged();
      assertArrayEquals(before, asked.outputs(2).copy().values());
      assertArrayEquals(before, later.outputs(2).copy().values());
    }
  }

  /** k1, k2, steps of the loss. */
  static Stream<Arguments> windows() {
    return Stream.of(1, 3)
        .flatMap(
            k1 ->
                Stream.of(1, 7, 20)
                    .flatMap(
                        k2 ->
                            IntStream.of(1, k1, k2)
                                .distinct()
                                .mapToObj(read -> Arguments.of(k1, k2, read))));
  }

  @ParameterizedTest
  @MethodSource("windows")
  void noGradientDependsOnTheWindow(int k1, int k2, int read) {
    int capacity = Math.max(k2, Math.min(k1, read));
    for (Model model : List.of(HEAD, TIED, RECURRENT)) {
      for (int threads = 1; threads <= 2; threads++) {
        int lanes = 34 * threads - 33; // two threads have lanes of their own
        int classes = model == TIED ? WORDS : 0;
        compare(new Run(model, classes, lanes, capacity, read, threads, 1), k1, k2, read);
      }
    }
  }

  static LongStream seeds() {
    return Seeds.of(1000, 40);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void norThatOfAnyProgram(long seed) {
    var random = RandomStepCase.of(seed, false);
    int read = (int) (seed % 4) + 1;
    int k1 = (int) (seed / 4 % 3) + 1;
    compare(new Run(random.program(), random.classes(), 2, 6, read, 1, seed), k1, 6, read);
  }

  /** Updates with weights that change; at some moments the tape is stored, and another goes on. */
  private static void compare(Run narrow, int k1, int k2, int read) {
    try (narrow;
        var wide = narrow.wide()) {
      for (int step = 0; step < 3 * k2 + 7; step++) {
        narrow.forward(step);
        wide.forward(step);
        narrow.resumeAt(step, 5);
        if (step % k1 == k1 - 1) {
          int count = Math.min(read, step + 1);
          String what = "step %s of %s".formatted(step, narrow.model);
          assertArrayEquals(
              wide.tape.outputs(count).copy().values(),
              narrow.tape.outputs(count).copy().values(),
              what);
          assertArrayEquals(wide.sweep(k2, count), narrow.sweep(k2, count), what);
          narrow.change(step);
          wide.change(step);
          narrow.resumeAt(step, 4);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("windows")
  void aVersionOlderThanTheWindowHasNoOutputWeights(int k1, int k2, int read) {
    int capacity = Math.max(k2, Math.min(k1, read));
    try (var run = new Run(HEAD, 0, 1, capacity, read, 1, 1)) {
      for (int step = 0; step < 3 * (k2 + k1); step++) {
        run.forward(step);
        if (step % k1 == k1 - 1) {
          run.change(step);
        }
      }
      assertEquals(Math.ceilDiv(capacity, k1), run.saved("weight_hh_l1."));
      assertEquals(Math.ceilDiv(Math.min(read, capacity), k1), run.saved("output.weight."));
    }
  }

  @Test
  void derivativesOfOlderOutputsAreRefusedIfWeightsHaveChanged() {
    try (var run = new Run(HEAD, 0, 1, 6, 2, 1, 1)) {
      IntStream.range(0, 4).forEach(run::forward);
      run.sweep(4, 4); // all with the same weights
      run.change(1);
      run.forward(4);
      run.sweep(5, 4); // the window has a step of the first version
      run.forward(5);
      run.sweep(6, 2);
      run.sweep(2, 4); // of which the older two are constants
      refused(() -> run.sweep(6, 3), "3 steps", "window of 2", "withOutputWindow(3)");
      run.forward(6);
      run.sweep(3, 3);
      refused(() -> run.sweep(6, 4), "4 steps", "withOutputWindow(4)");
    }
  }

  /** A tape with its model and its parameters, which always begin the same. */
  private static final class Run implements AutoCloseable {
    final Model model;
    final TapeOptions options;
    final int classes;
    final long seed;
    final Parameters theta;
    Tape tape;

    Run(Model model, int classes, int lanes, int capacity, int window, int threads, long seed) {
      this(
          model,
          classes,
          TapeOptions.training(lanes, capacity)
              .withOutputWindow(window)
              .withThreads(threads)
              .withWeightPolicy(WeightPolicy.AS_APPLIED),
          seed);
    }

    Run(Model model, int classes, TapeOptions options, long seed) {
      this.model = model;
      this.classes = classes;
      this.options = options;
      this.seed = seed;
      this.theta = model.initialise(new SplitMix64(seed));
      this.tape = model.open(theta, options);
    }

    /** The same with an output window of all steps. */
    Run wide() {
      int window = Math.max(options.capacity(), options.outputWindow());
      return new Run(model, classes, options.withOutputWindow(window), seed);
    }

    void forward(int step) {
      var random = new SplitMix64(seed * 7919 + step);
      var x = Steps.allocate(1, options.lanes(), model.inputs());
      for (int i = 0; i < x.size(); i++) {
        x.values()[i] = classes > 0 ? random.nextInt(classes) : (float) random.nextDouble(-1, 1);
      }
      tape.forward(x);
    }

    float[] sweep(int depth, int read) {
      var seeds = Steps.allocate(read, options.lanes(), model.outputs());
      var random = new SplitMix64(read);
      for (int i = 0; i < seeds.size(); i++) {
        seeds.values()[i] = (float) random.nextDouble(-1, 1);
      }
      var into = new Gradient(model.parameters());
      tape.backward(Math.min(depth, tape.held()), new Adjoint(seeds, into));
      return into.values();
    }

    void change(int step) {
      var random = new SplitMix64(step);
      for (int i = 0; i < theta.values().length; i++) {
        theta.values()[i] += 0.01f * (float) random.nextGaussian();
      }
      tape.parametersChanged();
    }

    /** Lets another tape go on from what this one has stored, once every so many steps. */
    void resumeAt(int step, int every) {
      if (step % every == every - 1) {
        var snapshot = new Snapshot();
        tape.save(snapshot);
        tape.close();
        tape = model.open(theta, options);
        tape.load(snapshot);
      }
    }

    /** How many versions of a matrix are stored. */
    long saved(String matrix) {
      var snapshot = new Snapshot();
      tape.save(snapshot);
      return snapshot.entries().keySet().stream()
          .filter(name -> name.startsWith("weights." + matrix))
          .count();
    }

    @Override
    public void close() {
      tape.close();
    }
  }
}
