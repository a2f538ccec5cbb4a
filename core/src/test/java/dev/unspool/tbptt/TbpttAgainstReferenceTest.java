// SPDX-License-Identifier: Apache-2.0
package dev.unspool.tbptt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.data.Block;
import dev.unspool.model.Parameters;
import dev.unspool.model.Resets;
import dev.unspool.model.Sensitivities;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.network.Input;
import dev.unspool.network.Network;
import dev.unspool.reference.Close;
import dev.unspool.reference.ReferenceTape;
import dev.unspool.reference.SquaredError;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine against the definition: random networks, truncations, streams, updates and
 * interruptions. {@code -Dunspool.seed=N} runs one case, {@code -Dunspool.cases=N} that many.
 */
class TbpttAgainstReferenceTest {
  private static final double TOLERANCE = 1e-5;

  static LongStream seeds() {
    Long seed = Long.getLong("unspool.seed");
    return seed != null
        ? LongStream.of(seed)
        : LongStream.range(0, Long.getLong("unspool.cases", 600));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void lossGradientStateAndSensitivities(long seed) {
    new Run(RandomCase.of(seed)).toTheEnd();
  }

  /** One case on its way. */
  private static final class Run {
    private final RandomCase c;
    private final RandomGenerator random;
    private final Network network;
    private final Parameters theta;
    private final ReferenceTape reference;
    private final Block stream;
    private Tbptt engine;

    /** Index in the stream of the first step since the last restart. */
    private int begin;

    private int step;

    Run(RandomCase c) {
      this.c = c;
      this.random = new SplitMix64(~c.seed());
      this.network = c.network();
      this.theta = c.parameters(network, random);
      this.engine = open();
      // With k1 ≥ k2 no window reaches behind an update, and there is nothing to replay.
      this.reference =
          new ReferenceTape(
              network,
              theta,
              engine.tape().options().weightPolicy(),
              c.lanes(),
              c.truncation().capacity());
      this.stream = stream();
    }

    private Tbptt open() {
      return Tbptt.builder(network, theta)
          .truncation(c.truncation())
          .loss(new SquaredError())
          .lanes(c.lanes())
          .weightPolicy(c.policy())
          .seed(c.seed())
          .sensitivities()
          .build();
    }

    private Block stream() {
      var block = Block.allocate(c.steps(), c.lanes(), network.inputs(), network.outputs());
      for (int i = 0; i < block.inputs().size(); i++) {
        block.inputs().values()[i] =
            switch (c.spec().input()) {
              case Input.Numeric _ -> (float) random.nextGaussian();
              case Input.OneHot(int classes) -> random.nextInt(classes);
              case Input.Embedding(int classes, int _) -> random.nextInt(classes);
            };
      }
      for (int i = 0; i < block.targets().size(); i++) {
        // Far from all outputs, lest float32 loses the digits of y − target.
        block.targets().values()[i] = (random.nextBoolean() ? 3 : -3) + random.nextFloat();
      }
      int masked = random.nextInt(3);
      for (int i = 0; i < block.mask().size(); i++) {
        block.mask().values()[i] =
            masked == 0 ? 1 : random.nextInt(3) == 0 ? 0 : masked == 1 ? 1 : random.nextFloat();
      }
      double resets = random.nextBoolean() ? 0 : 0.3 * random.nextDouble();
      for (int t = 0; t < c.steps(); t++) {
        for (int lane = 0; lane < c.lanes(); lane++) {
          block.resets().set(t, lane, random.nextDouble() < resets);
        }
      }
      return block;
    }

    void toTheEnd() {
      while (step < c.steps()) {
        forward();
        boolean last = step == c.steps();
        if (engine.sweepIsDue() || last || random.nextInt(20) == 0) {
          sweep();
          update();
        }
        if (random.nextInt(8) == 0) {
          interrupt();
        }
        Close.state(engine.tape().state(), reference.state(), TOLERANCE, this::toString);
      }
    }

    private void forward() {
      int count = 1 + random.nextInt(Math.min(engine.stepsToSweep(), c.steps() - step));
      if (c.spec().dropout() > 0) {
        count = 1; // so that the masks of every step can be read
      }
      engine.forward(part(step, step + count));
      for (int t = step; t < step + count; t++) {
        double[][] inputs = new double[c.lanes()][network.inputs()];
        boolean[] resets = new boolean[c.lanes()];
        for (int lane = 0; lane < c.lanes(); lane++) {
          resets[lane] = stream.resets().at(t, lane);
          for (int f = 0; f < network.inputs(); f++) {
            inputs[lane][f] = stream.inputs().get(t, lane, f);
          }
        }
        reference.forward(inputs, resets, masks());
      }
      step += count;
    }

    private Block part(int from, int to) {
      var resets = new Resets(to - from, c.lanes());
      for (int t = from; t < to; t++) {
        for (int lane = 0; lane < c.lanes(); lane++) {
          resets.set(t - from, lane, stream.resets().at(t, lane));
        }
      }
      return new Block(
          stream.inputs().view(from, to),
          stream.targets().view(from, to),
          stream.mask().view(from, to),
          resets);
    }

    /** The dropout masks of the newest step, as the tape keeps them. */
    private double @Nullable [][][] masks() {
      if (c.spec().dropout() == 0) {
        return null;
      }
      var snapshot = new Snapshot();
      engine.save(snapshot);
      int hidden = c.spec().hidden();
      double[][][] masks = new double[c.lanes()][c.spec().layers() - 1][hidden];
      for (int layer = 1; layer < c.spec().layers(); layer++) {
        float[] held = snapshot.floats("tape.steps.dropout" + layer + ".mask");
        int newest = held.length - c.lanes() * hidden;
        for (int lane = 0; lane < c.lanes(); lane++) {
          for (int j = 0; j < hidden; j++) {
            masks[lane][layer - 1][j] = held[newest + lane * hidden + j];
          }
        }
      }
      return masks;
    }

    private void sweep() {
      if (engine.stepsSinceSweep() == 0) {
        return;
      }
      int depth = Math.min(c.truncation().k2(), reference.steps());
      assertEquals(depth, engine.depth(), this::toString);
      int read = Math.min(c.truncation().lossAt().outputs(engine.stepsSinceSweep()), step - begin);
      var expected =
          reference.sweep(
              depth,
              stream.targets().view(step - read, step),
              stream.mask().view(step - read, step));
      var sensitivities =
          random.nextBoolean() ? new Sensitivities(network, depth, c.lanes()) : null;
      double loss = engine.sweep(sensitivities);
      assertEquals(
          expected.value(), loss, TOLERANCE * Math.max(1e-3, expected.value()), this::toString);
      float[] gradient = engine.gradient().values();
      Close.gradient(network.parameters(), gradient, expected, TOLERANCE, this::toString);
      if (sensitivities != null) {
        check(sensitivities, expected);
      }
    }

    private void check(Sensitivities actual, ReferenceTape.Derivatives expected) {
      double[][][] inputs = expected.inputs();
      if (!(c.spec().input() instanceof Input.Numeric)) {
        inputs = new double[inputs.length][c.lanes()][1];
      }
      double scale = Close.norm(expected.magnitude()) / 100;
      Close.steps("∂L/∂x", actual.inputs(), inputs, scale, TOLERANCE, this::toString);
      var arrays = network.state().arrays();
      for (int a = 0; a < arrays.size(); a++) {
        double[][][] states = new double[inputs.length][c.lanes()][];
        for (int t = 0; t < states.length; t++) {
          for (int lane = 0; lane < c.lanes(); lane++) {
            states[t][lane] = expected.states()[t][lane][a];
          }
        }
        String name = arrays.get(a).name();
        Close.steps("∂L/∂" + name, actual.state(name), states, scale, TOLERANCE, this::toString);
      }
    }

    private void update() {
      if (random.nextInt(5) == 0) {
        return;
      }
      float[] values = theta.values();
      for (int i = 0; i < values.length; i++) {
        values[i] += (float) (0.1 * random.nextGaussian());
      }
      engine.parametersChanged();
    }

    /** Something that is not a step. */
    private void interrupt() {
      switch (random.nextInt(4)) {
        case 0 -> {
          var snapshot = new Snapshot();
          engine.save(snapshot);
          engine = open();
          engine.load(snapshot);
        }
        case 1 -> {
          int lane = random.nextInt(c.lanes());
          engine.tape().reset(lane);
          reference.reset(lane);
        }
        case 2 -> {
          engine.restart();
          reference.restore(reference.state());
          for (int lane = 0; lane < c.lanes(); lane++) {
            reference.reset(lane);
          }
          begin = step;
        }
        default -> {
          State state = new State(network.state(), c.lanes());
          var arrays = network.state().arrays();
          double[][][] same = new double[c.lanes()][arrays.size()][];
          for (int a = 0; a < arrays.size(); a++) {
            float[] array = state.array(arrays.get(a).name());
            for (int i = 0; i < array.length; i++) {
              array[i] = random.nextFloat() - 0.5f;
            }
            int size = arrays.get(a).size();
            for (int lane = 0; lane < c.lanes(); lane++) {
              same[lane][a] = new double[size];
              for (int j = 0; j < size; j++) {
                same[lane][a][j] = array[lane * size + j];
              }
            }
          }
          engine.restart(state);
          reference.restore(same);
          begin = step;
        }
      }
    }

    @Override
    public String toString() {
      return c + ", after step " + step;
    }
  }
}
