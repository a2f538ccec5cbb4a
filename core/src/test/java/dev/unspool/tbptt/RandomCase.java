// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.reference.EngineAgainstReference;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Everything about one random run that is decided before it begins. The seed decides all.
 *
 * @param seed of the case
 * @param spec of the network
 * @param truncation k1, k2 and the loss window
 * @param policy for weights that change under an open window
 * @param lanes side by side
 * @param steps of the stream
 */
record RandomCase(
    long seed, NetworkSpec spec, Truncation truncation, WeightPolicy policy, int lanes, int steps)
    implements EngineAgainstReference.Case {

  static RandomCase of(long seed) {
    var random = new SplitMix64(seed);
    Cell cell = one(random, Cell.builtIn().toArray(Cell[]::new));
    int hidden = 1 + random.nextInt(7);
    int layers = 1 + random.nextInt(3);
    int classes = 2 + random.nextInt(4);
    int outputs = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(4);
    Input input =
        switch (random.nextInt(4)) {
          case 0 -> new Input.OneHot(classes);
          case 1 -> new Input.Embedding(classes, 1 + random.nextInt(9));
          default -> new Input.Numeric(1 + random.nextInt(9));
        };
    boolean tied = input instanceof Input.Embedding && random.nextBoolean();
    if (tied) {
      input = new Input.Embedding(classes, hidden);
      outputs = classes;
    }
    float dropout = layers > 1 && random.nextInt(4) == 0 ? 0.4f : 0;
    boolean learned = random.nextInt(3) == 0;
    var spec = NetworkSpec.of(cell, input, hidden, outputs).withLayers(layers).withDropout(dropout);
    spec = tied ? spec.withTiedOutput() : spec;
    spec = learned ? spec.withLearnedInitialState() : spec;
    LossAt lossAt =
        switch (random.nextInt(3)) {
          case 0 -> LossAt.LAST;
          case 1 -> LossAt.EVERY;
          default -> LossAt.last(1 + random.nextInt(9));
        };
    int k1 = 1 + random.nextInt(5);
    int k2 = 1 + random.nextInt(8);
    return new RandomCase(
        seed,
        spec,
        new Truncation(k1, k2, lossAt),
        one(random, WeightPolicy.values()),
        1 + random.nextInt(3),
        8 + random.nextInt(16));
  }

  @Override
  public Network model() {
    return new Network(spec);
  }

  @Override
  public int classes() {
    return switch (spec.input()) {
      case Input.Numeric _ -> 0;
      case Input.OneHot(int classes) -> classes;
      case Input.Embedding(int classes, int _) -> classes;
    };
  }

  @Override
  public List<Integer> masks() {
    return Collections.nCopies(spec.dropout() == 0 ? 0 : spec.layers() - 1, spec.hidden());
  }

  /** Initialised, and the learned initial state away from zero. */
  @Override
  public Parameters parameters(RandomGenerator random) {
    Parameters theta = model().initialise(random);
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
    return ("seed %s: %s, input %s, dropout %s, tied %s, learned initial state %s, k1 = %s, k2 = %s,"
            + " loss at %s, %s, %s lanes, %s steps; run it alone with -Dunspool.seed=%s")
        .formatted(
            seed,
            spec,
            spec.input(),
            spec.dropout(),
            spec.tied(),
            spec.learnedInitialState(),
            truncation.k1(),
            truncation.k2(),
            truncation.lossAt(),
            policy,
            lanes,
            steps,
            seed);
  }

  private static <E> E one(SplitMix64 random, E[] values) {
    return values[random.nextInt(values.length)];
  }
}
