// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import dev.unspool.engine.LossAt;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Cells;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.program.Program;
import dev.unspool.reference.TruncatedCase;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything about one random run that is decided before it begins. The seed decides all.
 *
 * @param seed of the case
 * @param spec of the network
 * @param truncation k1, k2 and the loss window
 * @param policy for weights that change under an open window
 * @param bounded as {@link EngineAgainstReference.Case#bounded}
 * @param lanes side by side
 * @param steps of the stream
 */
record RandomCase(
    long seed,
    NetworkSpec spec,
    Truncation truncation,
    WeightPolicy policy,
    boolean bounded,
    int lanes,
    int steps)
    implements TruncatedCase {

  /** Whose gradients float32 yields to as many digits as the numbers have that add up to them. */
  static final Cell[] PLAIN =
      Stream.concat(
              Cells.plain()
                  .map(cell -> cell.label().equals("slstm") ? Cell.named("slstm:norm=none") : cell),
              Stream.of(
                      "lstm:zoneout=0.3",
                      "slstm:norm=none:zoneout=0.2",
                      "gru:recurrent-dropout=0.4:input-dropout=0.3",
                      "projected-lstm:recurrent-dropout=0.4:redraw=3:zoneout=0.2")
                  .map(Cell::named))
          .toArray(Cell[]::new);

  /**
   * Which divide by how much units differ: nearly nothing where they are zeros or almost equal. By
   * what may be lost there at the worst, nothing would be asked of them.
   */
  static final Cell[] NORMALISED =
      Stream.of("layernorm-lstm", "layernorm-lstm:over=each:cell=state", "layernorm-gru", "slstm")
          .map(Cell::named)
          .toArray(Cell[]::new);

  static RandomCase of(long seed) {
    return of(seed, PLAIN);
  }

  static RandomCase of(long seed, Cell[] cells) {
    var random = new SplitMix64(seed);
    Cell cell = one(random, cells);
    int hidden = 1 + random.nextInt(7);
    hidden = cells == NORMALISED ? Math.max(2, hidden) : hidden; // one unit is its own mean
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
      input = new Input.Embedding(classes, cell.outputs(hidden));
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
    WeightPolicy policy = one(random, WeightPolicy.values());
    int lanes = 1 + random.nextInt(3);
    int steps = 8 + random.nextInt(16);
    if (!tied && random.nextInt(4) == 0) {
      spec = wired(spec, random, cells);
    }
    return new RandomCase(
        seed, spec, new Truncation(k1, k2, lossAt), policy, cells != NORMALISED, lanes, steps);
  }

  /** The same with another layer on top, and with more than layers. */
  private static NetworkSpec wired(NetworkSpec plain, SplitMix64 random, Cell[] cells) {
    var spec = plain.withLayer(one(random, cells), 2 + random.nextInt(4));
    spec = random.nextBoolean() ? spec.withResiduals() : spec;
    spec = random.nextBoolean() ? spec.withNormalisation() : spec;
    spec = random.nextBoolean() ? spec.withSkips() : spec;
    spec = random.nextInt(3) == 0 ? spec.withTaps(0, 2) : spec;
    spec = random.nextInt(3) == 0 ? spec.withProjection(1 + random.nextInt(5)) : spec;
    return random.nextBoolean() ? spec.withHead(4, 3) : spec;
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
    return Program.of(model().program().recording()).masks().stream()
        .map(mask -> mask.width())
        .toList();
  }

  @Override
  public String toString() {
    return ("seed %s: %s, input %s, dropout %s, tied %s, learned initial state %s, k1 = %s, k2 = %s,"
            + " loss at %s, %s, %s lanes%s, %s steps; run it alone with -Dunspool.seed=%s")
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
            holds() ? ", some held" : "",
            steps,
            seed);
  }

  private static <E> E one(SplitMix64 random, E[] values) {
    return values[random.nextInt(values.length)];
  }
}
