// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.engine.Block;
import dev.unspool.engine.LossAt;
import dev.unspool.loss.LossValue;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Model;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.WeightPolicy;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.tbptt.Truncation;
import java.util.ArrayList;
import java.util.Random;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a head reads of a lane ends where the lane began: before it are zeros without gradient. */
class HeadBeginningsTest {
  private static final int LANES = 3;
  private static final int FRAMES = 4;
  private static final int STEPS = 24;

  private static ModelWithHead model() {
    TorchModel head =
        TorchModel.builder()
            .inputs(FRAMES, 3)
            .outputs(2)
            .parameter("v", FRAMES * 3, 2)
            .step((p, frames, s) -> StepOutput.of(frames.flatten(1, 2).matmul(p.get("v")).tanh()))
            .build();
    Model below = new Network(NetworkSpec.of(Cell.LSTM, 2, 3, 0));
    return new ModelWithHead(below, head, new MeanSquaredError());
  }

  private static Tbptt engine(
      ModelWithHead model,
      Parameters theta,
      int lanes,
      Truncation truncation,
      WeightPolicy policy) {
    return Tbptt.builder(model, theta)
        .lanes(lanes)
        .truncation(truncation)
        .weightPolicy(policy)
        .loss(model.loss())
        .build();
  }

  /** Whether a lane begins anew; no two of them at the same step, but for the first. */
  private static boolean begins(int step, int lane) {
    return step > 0 && (step + lane) % (5 + 2 * lane) == 0;
  }

  private static Block data() {
    Block block = Block.allocate(STEPS, LANES, 2, 2);
    var random = new Random(2);
    for (Steps part : new Steps[] {block.inputs(), block.targets()}) {
      for (int i = 0; i < part.size(); i++) {
        part.values()[i] = (float) random.nextGaussian();
      }
    }
    return block;
  }

  /** Some steps of some lanes, which all go on. */
  private static Block part(Block block, int from, int to, int firstLane, int lanes) {
    Block part = Block.allocate(to - from, lanes, 2, 2);
    for (int step = from; step < to; step++) {
      for (int lane = 0; lane < lanes; lane++) {
        for (int i = 0; i < 2; i++) {
          part.inputs().set(step - from, lane, i, block.inputs().get(step, firstLane + lane, i));
          part.targets().set(step - from, lane, i, block.targets().get(step, firstLane + lane, i));
        }
      }
    }
    part.mask().fill(1);
    return part;
  }

  private static Block withBeginnings(Block block, int from, int to) {
    Block part = part(block, from, to, 0, LANES);
    for (int step = from; step < to; step++) {
      for (int lane = 0; lane < LANES; lane++) {
        part.events().set(step - from, lane, begins(step, lane));
      }
    }
    return part;
  }

  /** Beside others or alone, a sequence gives the same loss and the same gradient. */
  @ParameterizedTest
  @CsvSource({
    "1, 4, AS_APPLIED",
    "1, 2, AS_APPLIED",
    "2, 4, AS_APPLIED",
    "4, 9, AS_APPLIED",
    "1, 6, REPLAY",
    "3, 5, REPLAY",
    "2, 5, CURRENT"
  })
  void aSequenceIsReadFromWhereItBegins(int k1, int k2, WeightPolicy policy) {
    ModelWithHead model = model();
    Parameters theta = model.initialise(new SplitMix64(1));
    var truncation = new Truncation(k1, k2, LossAt.last(FRAMES));
    Block data = data();
    var alone = new ArrayList<Tbptt>();
    try (Tbptt engine = engine(model, theta, LANES, truncation, policy)) {
      for (int lane = 0; lane < LANES; lane++) {
        alone.add(engine(model, theta, 1, truncation, policy));
      }
      for (int from = 0; from + k1 <= STEPS; from += k1) {
        engine.forward(withBeginnings(data, from, from + k1));
        LossValue found = engine.sweep();
        double loss = 0;
        var gradient = new float[theta.values().length];
        for (int lane = 0; lane < LANES; lane++) {
          int begin = from;
          for (int step = from; step < from + k1; step++) {
            if (begins(step, lane)) {
              begin = step;
              alone.get(lane).close();
              alone.set(lane, engine(model, theta, 1, truncation, policy));
            }
          }
          Tbptt own = alone.get(lane);
          own.forward(part(data, begin, from + k1, lane, 1));
          loss += own.sweep().value() / LANES;
          for (int i = 0; i < gradient.length; i++) {
            gradient[i] += own.gradient().values()[i] / LANES;
          }
        }
        assertEquals(loss, found.value(), 1e-6, "after step " + (from + k1));
        assertArrayEquals(gradient, engine.gradient().values(), 1e-6f, "after " + (from + k1));
        for (int i = 0; i < gradient.length; i++) {
          theta.values()[i] -= 0.1f * gradient[i];
        }
        engine.parametersChanged();
        alone.forEach(Tbptt::parametersChanged);
      }
    } finally {
      alone.forEach(Tbptt::close);
    }
  }

  private static ModelWithHead sum() {
    TorchModel input =
        TorchModel.builder()
            .inputs(1)
            .outputs(1)
            .parameter("w", 1)
            .step((p, x, s) -> StepOutput.of(x.mul(p.get("w"))))
            .build();
    TorchModel head =
        TorchModel.builder()
            .inputs(3)
            .outputs(1)
            .parameter("b", 1)
            .step((p, x, s) -> StepOutput.of(x.matmul(torch.ones(3, 1)).add(p.get("b"))))
            .build();
    return new ModelWithHead(input, head, new MeanSquaredError());
  }

  private static Tbptt engine(ModelWithHead sum) {
    var theta = new Parameters(sum.parameters());
    theta.set("w", 1);
    var truncation = new Truncation(1, 3, LossAt.last(3));
    return engine(sum, theta, 1, truncation, WeightPolicy.AS_APPLIED);
  }

  private static LossValue step(Tbptt engine, float x, boolean begins) {
    Block block = Block.allocate(1, 1, 1, 1);
    block.inputs().fill(x);
    block.mask().fill(1);
    block.events().set(0, 0, begins);
    engine.forward(block);
    return engine.sweep();
  }

  private static void threeLargeSteps(Tbptt engine) {
    for (int t = 0; t < 3; t++) {
      step(engine, 100, false);
    }
  }

  /** Loss (Σ x)² and gradient 2 (Σ x)² of frames of which only the newest is of this sequence. */
  private static void checkOne(Tbptt engine, LossValue loss) {
    assertEquals(1, loss.value());
    assertEquals(2, engine.gradient().get("w")[0]);
  }

  @Test
  void nothingOfBeforeComesIn() {
    try (Tbptt engine = engine(sum())) {
      checkOne(engine, step(engine, 1, false));
      threeLargeSteps(engine);
      checkOne(engine, step(engine, 1, true));
      threeLargeSteps(engine);
      engine.reset(0);
      checkOne(engine, step(engine, 1, false));
      threeLargeSteps(engine);
      engine.restart();
      checkOne(engine, step(engine, 1, false));
      assertEquals(4, step(engine, 1, false).value(), "and it goes on");
    }
  }

  /** A lane that is reset begins with its next step; until then the head reads what there is. */
  @Test
  void aBeginningThatWasAskedForIsOnlyForgottenWithTheState() {
    ModelWithHead model = sum();
    try (Tbptt engine = engine(model)) {
      threeLargeSteps(engine);
      engine.reset(0);
      engine.restart(engine.state());
      checkOne(engine, step(engine, 1, false));
      assertEquals(4, step(engine, 1, false).value());
    }
  }

  @Test
  void aCheckpointKnowsWhereLanesBegan() {
    ModelWithHead model = sum();
    for (boolean begun : new boolean[] {false, true}) {
      try (Tbptt engine = engine(model);
          Tbptt loaded = engine(model)) {
        threeLargeSteps(engine);
        if (begun) {
          step(engine, 1, true);
        } else {
          engine.reset(0);
        }
        var snapshot = new Snapshot();
        engine.save(snapshot);
        loaded.load(snapshot);
        LossValue expected = step(engine, 1, false);
        assertEquals(begun ? 4 : 1, expected.value());
        assertEquals(expected, step(loaded, 1, false));
        assertArrayEquals(engine.gradient().values(), loaded.gradient().values());
      }
    }
  }

  /** Checkpoints of earlier versions do not say where lanes began: all of them went on. */
  @Test
  void aCheckpointThatDoesNotKnowIsReadAllTheSame() {
    ModelWithHead model = sum();
    try (Tbptt engine = engine(model);
        Tbptt loaded = engine(model)) {
      threeLargeSteps(engine);
      var snapshot = new Snapshot();
      engine.save(snapshot);
      var older = new Snapshot();
      snapshot
          .entries()
          .forEach(
              (name, entry) -> {
                if (!name.startsWith("tape.sequences.")) {
                  older.put(name, entry);
                }
              });
      assertEquals(snapshot.entries().size() - 2, older.entries().size());
      loaded.load(older);
      LossValue expected = step(engine, 1, false);
      assertEquals(201 * 201, expected.value());
      assertEquals(expected, step(loaded, 1, false));
    }
  }
}
