// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.engine.LossAt;
import dev.unspool.engine.TapeEngine;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.program.Program;
import dev.unspool.reference.EngineAgainstReference;
import dev.unspool.reference.SquaredError;
import dev.unspool.step.StepProgram;
import java.util.List;

/**
 * A program and how it is run. The seed decides all.
 *
 * @param seed of the case
 * @param program what is run
 * @param classes number of classes if it takes an index, else 0
 * @param interval k1
 * @param lossAt which outputs the loss reads
 * @param lanes side by side
 * @param steps of the stream
 */
record RtrlCase(
    long seed, StepProgram program, int classes, int interval, LossAt lossAt, int lanes, int steps)
    implements EngineAgainstReference.Case {

  static RtrlCase of(long seed) {
    var random = new SplitMix64(seed);
    var written = RandomDiagonal.of(random);
    int interval = new int[] {1, 1, 2, 3, 7}[random.nextInt(5)];
    LossAt lossAt =
        switch (random.nextInt(4)) {
          case 0 -> LossAt.LAST;
          case 1 -> LossAt.last(1 + random.nextInt(9));
          default -> LossAt.EVERY;
        };
    return new RtrlCase(
        seed,
        written.program(),
        written.classes(),
        interval,
        lossAt,
        1 + random.nextInt(3),
        10 + random.nextInt(25));
  }

  @Override
  public Model model() {
    return program;
  }

  @Override
  public List<Integer> masks() {
    return Program.of(program.recording()).masks().stream().map(mask -> mask.width()).toList();
  }

  @Override
  public TapeEngine open(Parameters theta) {
    var builder =
        Rtrl.builder(program, theta)
            .interval(interval)
            .lossAt(lossAt)
            .loss(new SquaredError())
            .lanes(lanes)
            .seed(seed)
            .threads(1 + (int) (seed % 2));
    return (holds() ? builder.holds() : builder).build();
  }

  @Override
  public int depth() {
    return steps;
  }

  @Override
  public WeightPolicy policy() {
    return WeightPolicy.AS_APPLIED;
  }

  @Override
  public List<String> exact(TapeEngine engine) {
    return ((Rtrl) engine).exact();
  }

  @Override
  public String toString() {
    return "seed %s: k1 = %s, loss at %s, %s lanes%s, %s steps; run it alone with -Dunspool.seed=%s%n%s"
        .formatted(
            seed, interval, lossAt, lanes, holds() ? ", some held" : "", steps, seed, program);
  }
}
