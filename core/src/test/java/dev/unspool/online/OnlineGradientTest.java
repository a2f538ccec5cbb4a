// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.model.Workers;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Clipping;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.optimizer.Optimizer;
import dev.unspool.optimizer.Sgd;
import dev.unspool.reference.Close;
import dev.unspool.reference.Graph;
import dev.unspool.reference.ReferenceTape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The gradient of truths that come late, in part, or for several horizons at once, key by key,
 * against the definition in float64: the mean squared error of those outputs whose truths have come
 * since the last sweep of their key, unrolled from k2 steps before the newest of them.
 */
class OnlineGradientTest {
  private static final int RECORDS = 150;
  private static final int[] HORIZONS = {1, 3};
  private static final int DELAY = 2;

  /** A truth that no sweep has counted. */
  private record Fresh(int step, int horizon, double target) {}

  /** A key as the definition knows it. */
  private static final class Known {
    final ReferenceTape tape;
    final List<Long> rows = new ArrayList<>();
    final List<Fresh> fresh = new ArrayList<>();
    final List<Long> firsts = new ArrayList<>();
    boolean begins = true;
    boolean anew = true;
    long first;
    long records;

    Known(ReferenceTape tape) {
      this.tape = tape;
    }

    /** The row with which the sequence of a row has begun. */
    long firstOf(long row) {
      return row < records ? firsts.get((int) row) : begins ? records : first;
    }
  }

  /** Compares each gradient before it is applied. */
  private static final class Compared implements Optimizer {
    private final Model model;
    private final int k2;
    private @Nullable Known known;
    private int count;

    Compared(Model model, int k2) {
      this.model = model;
      this.k2 = k2;
    }

    private void compare(Gradient found) {
      Known now = Objects.requireNonNull(known);
      int steps = now.rows.size();
      int newest = now.fresh.stream().mapToInt(f -> steps - 1 - f.step).min().orElseThrow();
      int oldest = now.fresh.stream().mapToInt(f -> steps - 1 - f.step).max().orElseThrow();
      int read = oldest + 1;
      int depth = Math.min(steps, k2 + newest);
      var expected =
          now.tape.sweep(
              depth,
              read,
              (graph, outputs, _) -> {
                Graph.Node sum = graph.leaf(0);
                for (Fresh f : now.fresh) {
                  Graph.Node y = outputs[read - steps + f.step][0][f.horizon];
                  Graph.Node error = graph.subtract(y, graph.leaf(f.target));
                  sum =
                      graph.add(
                          sum, graph.scale(1.0 / now.fresh.size(), graph.multiply(error, error)));
                }
                return sum;
              });
      Close.gradient(model.parameters(), found.values(), expected, 1e-5, () -> "sweep " + count);
      now.fresh.clear();
      count++;
    }

    @Override
    public Bound bind(Parameters theta, Workers workers) {
      var descent = new Sgd().bind(theta);
      return new Bound() {
        @Override
        public void step(Gradient gradient, double rate) {
          compare(gradient);
          descent.step(gradient, rate);
        }

        @Override
        public void save(Snapshot snapshot) {}

        @Override
        public void load(Snapshot snapshot) {}
      };
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "RTRL",
      value = {
        "LSTM, 1, 4, 1, AS_APPLIED",
        "GRU, 3, 5, 1, AS_APPLIED",
        "LSTM, 1, 4, 3, AS_APPLIED",
        "LSTM, 2, 3, 3, AS_APPLIED",
        "LSTM, 5, 1, 1, AS_APPLIED",
        "GRU, 6, 2, 3, CURRENT",
        "GRU, 4, 3, 2, AS_APPLIED",
        "LSTM, 1, 4, 1, REPLAY",
        "GRU, 1, 4, 3, REPLAY",
        "LSTM, 1, 4, 3, CURRENT",
        "MINGRU, 1, 1, 1, RTRL",
        "MINGRU, 2, 1, 3, RTRL"
      })
  void isThatOfTheDefinition(Cell cell, int k1, int k2, int keys, WeightPolicy policy) {
    long seed = 11;
    Model model = new Network(NetworkSpec.of(cell, 2, 4, 2));
    Parameters theta = model.initialise(new SplitMix64(seed));
    int slots = HORIZONS[1] + DELAY + k1;
    int capacity = Math.max(k2 + HORIZONS[1] + DELAY, slots);
    var compared = new Compared(model, policy == null ? 10_000 : k2);
    var known = new HashMap<String, Known>();
    var builder =
        OnlineLearner.builder(model, theta)
            .horizons(HORIZONS)
            .delay(DELAY)
            .truncation(k1, k2)
            .keys(keys)
            .lanes(2)
            .inputs(Scaling.fixed(new double[] {100, 100}, new double[] {10, 10}))
            .targets(Scaling.fixed(new double[] {20}, new double[] {3}))
            // With several keys, a step that falls off is run under the weights of the sweep in
            // which
            // it does; the definition runs it under those of the step before.
            .learningRate(
                LearningRate.constant(policy == WeightPolicy.REPLAY && keys > 1 ? 0 : 0.02))
            .clipping(Clipping.none())
            .optimizer(compared);
    var stream = new RandomStream(seed, keys, 2, 1, DELAY, true);
    try (var learner = (policy == null ? builder.rtrl() : builder.policy(policy)).build()) {
      for (int number = 0; number < RECORDS; number++) {
        String key = stream.key(number);
        Known mine =
            known.computeIfAbsent(
                key,
                _ ->
                    new Known(
                        new ReferenceTape(
                            model,
                            theta,
                            policy == null ? WeightPolicy.AS_APPLIED : policy,
                            1,
                            capacity)));
        compared.known = mine;
        if (stream.begins(number)) {
          mine.begins = true;
          learner.begin(key);
        }
        for (long row : stream.due(mine.records)) {
          double[] y = stream.truth(key, row);
          for (int i = 0; i < HORIZONS.length; i++) {
            long at = row - HORIZONS[i];
            int step = mine.rows.indexOf(at);
            if (!Double.isNaN(y[0])
                && step >= 0
                && at >= mine.records - slots
                && mine.firstOf(row) <= at) {
              mine.fresh.add(new Fresh(step, i, (float) ((y[0] - 20) / 3)));
            }
          }
          learner.learn(key, row, y);
        }
        double[] x = stream.x(number);
        Prediction p = learner.predict(key, x);
        if (mine.begins) {
          mine.first = p.row();
          mine.begins = false;
          mine.anew = true;
        }
        mine.firsts.add(mine.first);
        mine.records++;
        if (p.usable()) {
          double[] scaled = {(float) ((x[0] - 100) / 10), (float) ((x[1] - 100) / 10)};
          mine.tape.forward(new double[][] {scaled}, new boolean[] {mine.anew}, null);
          mine.anew = false;
          mine.rows.add(p.row());
          if (policy != WeightPolicy.REPLAY) { // there, the newest state is of the last sweep
            for (int i = 0; i < HORIZONS.length; i++) {
              assertEquals(20 + 3 * mine.tape.outputs(0)[0][i], p.value(0, i), 1e-4);
            }
          }
        }
      }
      assertTrue(compared.count > 30 / k1, "only " + compared.count + " sweeps");
      assertEquals(compared.count, learner.counters().updates());
    }
  }
}
