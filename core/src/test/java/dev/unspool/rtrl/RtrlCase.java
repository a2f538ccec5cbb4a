// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import dev.unspool.engine.LossAt;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.step.StepProgram;

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
    long seed,
    StepProgram program,
    int classes,
    int interval,
    LossAt lossAt,
    int lanes,
    int steps) {

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

  /** Away from zero, learned initial values too. */
  Parameters parameters(SplitMix64 random) {
    Parameters theta = program.initialise(random);
    for (var slice : theta.layout().slices()) {
      if (slice.name().startsWith("initial.")) {
        for (int i = slice.offset(); i < slice.end(); i++) {
          theta.values()[i] = random.nextFloat() - 0.5f;
        }
      }
    }
    return theta;
  }

  @Override
  public String toString() {
    return "seed %s: k1 = %s, loss at %s, %s lanes, %s steps; run it alone with -Dunspool.seed=%s%n%s"
        .formatted(seed, interval, lossAt, lanes, steps, seed, program);
  }
}
