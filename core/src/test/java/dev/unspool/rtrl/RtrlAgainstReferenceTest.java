// SPDX-License-Identifier: Apache-2.0
package dev.unspool.rtrl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.engine.Block;
import dev.unspool.model.Parameters;
import dev.unspool.model.Resets;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.State;
import dev.unspool.model.Steps;
import dev.unspool.model.WeightPolicy;
import dev.unspool.program.Program;
import dev.unspool.reference.Close;
import dev.unspool.reference.ReferenceTape;
import dev.unspool.reference.SquaredError;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real-time recurrent learning against the definition: random diagonal programs, unrolled in
 * float64 since the beginning of the stream, with updates and interruptions on the way. {@code
 * -Dunspool.seed=N} runs one case, {@code -Dunspool.cases=N} that many.
 */
class RtrlAgainstReferenceTest {
  private static final double TOLERANCE = 1e-5;

  static LongStream seeds() {
    Long seed = Long.getLong("unspool.seed");
    return seed != null
        ? LongStream.of(seed)
        : LongStream.range(0, Long.getLong("unspool.cases", 100));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void lossGradientAndState(long seed) {
    new Run(RtrlCase.of(seed)).toTheEnd();
  }

  /** Both, side by side. */
  private static final class Run {
    private final RtrlCase c;
    private final SplitMix64 random;
    private final Parameters theta;
    private final ReferenceTape reference;
    private final Block stream;
    private Rtrl engine;
    private int begin;
    private int step;

    Run(RtrlCase c) {
      this.c = c;
      this.random = new SplitMix64(~c.seed());
      this.theta = c.parameters(random);
      this.engine = open();
      this.reference =
          new ReferenceTape(c.program(), theta, WeightPolicy.AS_APPLIED, c.lanes(), c.steps());
      this.stream = stream();
    }

    private Rtrl open() {
      return Rtrl.builder(c.program(), theta)
          .interval(c.interval())
          .lossAt(c.lossAt())
          .loss(new SquaredError())
          .lanes(c.lanes())
          .seed(c.seed())
          .threads(1 + random.nextInt(2))
          .build();
    }

    private Block stream() {
      var program = c.program();
      var block = Block.allocate(c.steps(), c.lanes(), program.inputs(), program.outputs());
      for (int i = 0; i < block.inputs().size(); i++) {
        block.inputs().values()[i] =
            c.classes() == 0 ? (float) random.nextGaussian() : random.nextInt(c.classes());
      }
      for (int i = 0; i < block.targets().size(); i++) {
        block.targets().values()[i] = (random.nextBoolean() ? 3 : -3) + random.nextFloat();
      }
      int masked = random.nextInt(3);
      for (int i = 0; i < block.mask().size(); i++) {
        block.mask().values()[i] = masked == 0 || random.nextInt(3) > 0 ? 1 : 0;
      }
      double resets = random.nextBoolean() ? 0 : 0.2 * random.nextDouble();
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
        if (engine.sweepIsDue() || step == c.steps() || random.nextInt(20) == 0) {
          sweep();
          update();
        }
        if (random.nextInt(10) == 0) {
          interrupt();
        }
        if (reference.narrowest() < 1e-6) {
          return; // float32 may have gone another way round a bend
        }
        Close.state(
            engine.state(), reference.state(), reference.stateSizes(), TOLERANCE, this::toString);
      }
    }

    private void forward() {
      int count = 1 + random.nextInt(Math.min(engine.stepsToSweep(), c.steps() - step));
      boolean masks = !Program.of(c.program().recording()).masks().isEmpty();
      count = masks ? 1 : count; // so that the masks of every step can be read
      engine.forward(part(step, step + count));
      for (int t = step; t < step + count; t++) {
        double[][] inputs = new double[c.lanes()][c.program().inputs()];
        boolean[] resets = new boolean[c.lanes()];
        for (int lane = 0; lane < c.lanes(); lane++) {
          resets[lane] = stream.resets().at(t, lane);
          for (int f = 0; f < inputs[lane].length; f++) {
            inputs[lane][f] = stream.inputs().get(t, lane, f);
          }
        }
        reference.forward(inputs, resets, masks ? masks() : null);
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
    private double[][][] masks() {
      var snapshot = new Snapshot();
      engine.save(snapshot);
      var nodes = Program.of(c.program().recording()).masks();
      double[][][] masks = new double[c.lanes()][nodes.size()][];
      for (int mask = 0; mask < nodes.size(); mask++) {
        int width = nodes.get(mask).width();
        float[] held = snapshot.floats("tape.steps.dropout" + (mask + 1) + ".mask");
        for (int lane = 0; lane < c.lanes(); lane++) {
          int at = held.length - (c.lanes() - lane) * width;
          masks[lane][mask] = new double[width];
          for (int j = 0; j < width; j++) {
            masks[lane][mask][j] = held[at + j];
          }
        }
      }
      return masks;
    }

    private void sweep() {
      if (engine.stepsSinceSweep() == 0) {
        return;
      }
      int read = Math.min(c.lossAt().outputs(engine.stepsSinceSweep()), step - begin);
      Steps targets = stream.targets().view(step - read, step);
      Steps mask = stream.mask().view(step - read, step);
      var expected = reference.sweep(reference.steps(), targets, mask);
      double found = engine.sweep().value();
      if (reference.narrowest() < 1e-6) {
        return;
      }
      assertEquals(
          expected.value(), found, TOLERANCE * Math.max(1e-3, expected.value()), this::toString);
      for (String name : engine.exact()) {
        var slice = c.program().parameters().slice(name);
        double[] magnitude = Arrays.copyOfRange(expected.magnitude(), slice.offset(), slice.end());
        Close.check(
            "∂L/∂" + name,
            engine.gradient().values(),
            slice.offset(),
            Arrays.copyOfRange(expected.gradient(), slice.offset(), slice.end()),
            Close.norm(magnitude) / 10,
            TOLERANCE,
            this::toString);
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
          engine.close();
          engine = open();
          engine.load(snapshot);
        }
        case 1 -> {
          int lane = random.nextInt(c.lanes());
          engine.reset(lane);
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
          var state = new State(c.program().state(), c.lanes());
          var arrays = c.program().state().arrays();
          double[][][] same = new double[c.lanes()][arrays.size()][];
          for (int a = 0; a < arrays.size(); a++) {
            float[] array = state.array(arrays.get(a).name());
            int size = arrays.get(a).size();
            for (int i = 0; i < array.length; i++) {
              array[i] = random.nextFloat() - 0.5f;
            }
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
      return "%s%nafter step %s, exact %s, truncated %s"
          .formatted(c, step, engine.exact(), engine.truncated());
    }
  }
}
