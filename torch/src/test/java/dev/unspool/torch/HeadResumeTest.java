// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.checkpoint.CheckpointFolder;
import dev.unspool.engine.Block;
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
import dev.unspool.optimizer.Optimizer;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model with a head, stopped and resumed, goes on bit for bit; the head has dropout. */
class HeadResumeTest {
  private static final int LANES = 2;
  private static final int UPDATES = 12;

  @TempDir Path folder;

  /** One training run: everything that a checkpoint has to bring back. */
  private static final class Run implements AutoCloseable {
    final ModelWithHead model;
    final Parameters theta;
    final Optimizer.Bound adam;
    final Tbptt engine;

    Run(WeightPolicy policy) {
      TorchModel head =
          TorchModel.builder()
              .inputs(4, 3)
              .outputs(1)
              .parameter("v", 12, 1)
              .step(
                  (p, frames, s, training) -> {
                    Tensor flat = torch.dropout(frames.flatten(1, 2), 0.5, training);
                    return StepOutput.of(flat.matmul(p.get("v")));
                  })
              .build();
      this.model =
          new ModelWithHead(
              new Network(NetworkSpec.of(Cell.LSTM, 2, 3, 0)), head, new MeanSquaredError());
      this.theta = model.initialise(new SplitMix64(1));
      this.adam = new Adam().bind(theta);
      this.engine =
          Tbptt.builder(model, theta)
              .lanes(LANES)
              .truncation(new Truncation(2, 5, LossAt.last(4)))
              .weightPolicy(policy)
              .loss(model.loss())
              .build();
    }

    double update(int number) {
      var random = new Random(number);
      Block block = Block.allocate(2, LANES, 2, 1);
      for (int i = 0; i < block.inputs().size(); i++) {
        block.inputs().values()[i] = (float) random.nextGaussian();
      }
      block.targets().fill(random.nextFloat());
      block.events().set(number % 2, number % LANES, number % 3 == 0);
      engine.forward(block);
      double loss = engine.sweep().value();
      adam.step(engine.gradient(), 1e-2);
      engine.parametersChanged();
      if (number % 5 == 3) {
        engine.reset(number % LANES);
      }
      return loss;
    }

    void save(CheckpointFolder checkpoint) throws IOException {
      var snapshot = new Snapshot();
      engine.save(snapshot.in("engine"));
      adam.save(snapshot.in("adam"));
      checkpoint.write(theta, snapshot, Map.of());
    }

    void load(CheckpointFolder checkpoint) throws IOException {
      Snapshot snapshot = checkpoint.read(theta).state();
      adam.load(snapshot.in("adam"));
      engine.load(snapshot.in("engine"));
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  @ParameterizedTest
  @EnumSource(WeightPolicy.class)
  void resumingAtAnyUpdateChangesNoBit(WeightPolicy policy) throws IOException {
    try (Run straight = new Run(policy)) {
      var losses = new double[UPDATES];
      for (int update = 0; update < UPDATES; update++) {
        losses[update] = straight.update(update);
      }
      for (int stop = 0; stop < UPDATES; stop++) {
        var checkpoint = new CheckpointFolder(folder.resolve("%s-%s".formatted(policy, stop)));
        try (Run first = new Run(policy)) {
          for (int update = 0; update < stop; update++) {
            first.update(update);
          }
          first.save(checkpoint);
        }
        try (Run second = new Run(policy)) {
          second.load(checkpoint);
          for (int update = stop; update < UPDATES; update++) {
            assertEquals(
                losses[update],
                second.update(update),
                "%s stopped at %s, update %s".formatted(policy, stop, update));
          }
          assertArrayEquals(straight.theta.values(), second.theta.values());
        }
      }
    }
  }
}
