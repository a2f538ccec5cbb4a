// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.engine.LossAt;
import dev.unspool.model.Model;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.program.Program;
import dev.unspool.reference.TruncatedCase;
import dev.unspool.tbptt.Truncation;
import java.util.List;

/**
 * A random program and how it is run. The seed decides all.
 *
 * @param seed of the case
 * @param program what is run
 * @param interpreted whether its loops are interpreted and not compiled
 * @param classes number of classes if it takes an index, else 0
 * @param truncation k1, k2 and the loss window
 * @param policy for weights that change under an open window
 * @param lanes side by side
 * @param steps of the stream
 */
record RandomStepCase(
    long seed,
    StepProgram program,
    boolean interpreted,
    int classes,
    Truncation truncation,
    WeightPolicy policy,
    int lanes,
    int steps)
    implements TruncatedCase {

  static RandomStepCase of(long seed, boolean interpreted) {
    var random = new SplitMix64(seed);
    var written = RandomProgram.of(random);
    LossAt lossAt =
        switch (random.nextInt(3)) {
          case 0 -> LossAt.LAST;
          case 1 -> LossAt.EVERY;
          default -> LossAt.last(1 + random.nextInt(9));
        };
    var truncation = new Truncation(1 + random.nextInt(5), 1 + random.nextInt(8), lossAt);
    var policies = WeightPolicy.values();
    return new RandomStepCase(
        seed,
        written.program(),
        interpreted,
        written.classes(),
        truncation,
        policies[random.nextInt(policies.length)],
        1 + random.nextInt(3),
        8 + random.nextInt(12));
  }

  @Override
  public Model model() {
    return interpreted ? new InterpretedProgram(program) : program;
  }

  @Override
  public List<Integer> masks() {
    return Program.of(program.recording()).masks().stream().map(mask -> mask.width()).toList();
  }

  @Override
  public String toString() {
    return ("seed %s: k1 = %s, k2 = %s, loss at %s, %s, %s lanes%s, %s steps; run it alone with"
            + " -Dunspool.seed=%s%n%s")
        .formatted(
            seed,
            truncation.k1(),
            truncation.k2(),
            truncation.lossAt(),
            policy,
            lanes,
            holds() ? ", some held" : "",
            steps,
            seed,
            program);
  }
}
