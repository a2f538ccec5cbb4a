// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.unspool.engine.LossAt;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.optimizer.Adam;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import dev.unspool.train.Progress;
import dev.unspool.train.RandomSource;
import dev.unspool.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Going on from a checkpoint gives the very bits of never having stopped. */
class ResumeTest {
  private static final int EPOCHS = 2;
  private static final int STEPS = 13;
  private static final int LANES = 3;

  @TempDir Path folder;

  /** One kind of training. */
  record Kind(Cell cell, WeightPolicy policy, Truncation truncation) {}

  static List<Kind> kinds() {
    var kinds = new ArrayList<Kind>();
    var losses = List.of(LossAt.LAST, LossAt.EVERY, LossAt.last(4));
    for (int cell = 0; cell < Cell.builtIn().size(); cell++) {
      for (WeightPolicy policy : WeightPolicy.values()) {
        // Each cell meets each policy and each loss, and these two meet each other.
        LossAt lossAt = losses.get((cell + policy.ordinal()) % losses.size());
        kinds.add(new Kind(Cell.builtIn().get(cell), policy, new Truncation(2, 5, lossAt)));
      }
    }
    for (WeightPolicy policy : WeightPolicy.values()) {
      kinds.add(new Kind(Cell.LSTM, policy, new Truncation(1, 4, LossAt.LAST)));
      kinds.add(new Kind(Cell.LSTM, policy, new Truncation(4, 4)));
      var regularised = Cell.named("lstm:zoneout=0.2:recurrent-dropout=0.3:redraw=3");
      kinds.add(new Kind(regularised, policy, new Truncation(2, 5)));
      kinds.add(new Kind(Cell.GRU, policy, new Truncation(5, 2)));
      kinds.add(new Kind(Cell.GRU, policy, new Truncation(2, 3, LossAt.last(6))));
    }
    return kinds;
  }

  /** Everything that a training needs, new. */
  private static final class Training implements AutoCloseable {
    final Parameters theta;
    final Trainer trainer;

    Training(Kind kind, long seed) {
      var network =
          new Network(
              NetworkSpec.of(kind.cell(), 2, 4, 1)
                  .withLayers(2)
                  .withDropout(0.3f)
                  .withLearnedInitialState());
      theta = network.initialise(new SplitMix64(seed));
      var engine =
          Tbptt.builder(network, theta)
              .truncation(kind.truncation())
              .loss(new MeanSquaredError())
              .lanes(LANES)
              .weightPolicy(kind.policy())
              .seed(seed)
              .build();
      trainer =
          Trainer.builder(engine, new RandomSource(STEPS, LANES, 7))
              .optimizer(new Adam())
              .learningRate((update, epoch) -> 0.02 / (update + epoch))
              .epochs(EPOCHS)
              .build();
    }

    @Override
    public void close() throws IOException {
      trainer.close();
    }
  }

  /** What there was after an update. */
  private record Moment(Progress progress, float[] theta) {}

  private CheckpointFolder checkpoint(int updates) {
    return new CheckpointFolder(folder.resolve("after-" + updates), new UnsyncedStorage());
  }

  private void write(Training training, int updates) throws IOException {
    var snapshot = new Snapshot();
    training.trainer.save(snapshot);
    checkpoint(updates).write(training.theta, snapshot, Map.of());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void resumingAtAnyUpdateIsBitIdentical(Kind kind) throws IOException {
    var moments = new ArrayList<Moment>();
    try (var whole = new Training(kind, 1)) {
      write(whole, 0);
      for (Progress p = whole.trainer.update(); p != null; p = whole.trainer.update()) {
        moments.add(new Moment(p, whole.theta.values().clone()));
        write(whole, moments.size());
      }
    }
    assertEquals(EPOCHS * Math.ceilDiv(STEPS, kind.truncation().k1()), moments.size());
    for (int stop = 0; stop <= moments.size(); stop++) {
      goOn(kind, stop, moments);
    }
  }

  private void goOn(Kind kind, int stop, List<Moment> moments) throws IOException {
    // Another seed: nothing of how it was built may matter.
    try (var resumed = new Training(kind, 2)) {
      resumed.trainer.load(checkpoint(stop).read(resumed.theta).state());
      for (int update = stop; update < moments.size(); update++) {
        String where = "stopped after %s, at update %s".formatted(stop, update + 1);
        Moment expected = moments.get(update);
        // A record compares doubles by their bits.
        assertEquals(expected.progress(), resumed.trainer.update(), where);
        assertArrayEquals(bits(expected.theta()), bits(resumed.theta.values()), where);
      }
      assertNull(resumed.trainer.update());
      assertEquals(moments.getLast().progress().steps(), resumed.trainer.steps());
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }
}
