// SPDX-License-Identifier: Apache-2.0
package dev.unspool.narx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.checkpoint.CheckpointFolder;
import dev.unspool.data.SeriesSource;
import dev.unspool.data.Table;
import dev.unspool.lm.Sequence;
import dev.unspool.loss.MeanSquaredError;
import dev.unspool.model.Adjoint;
import dev.unspool.model.Gradient;
import dev.unspool.model.Model;
import dev.unspool.model.ModelContract;
import dev.unspool.model.Parameters;
import dev.unspool.model.Snapshot;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.model.TapeContract;
import dev.unspool.model.TapeOptions;
import dev.unspool.model.TapeSnapshotContract;
import dev.unspool.model.TapeSweepContract;
import dev.unspool.network.Cell;
import dev.unspool.optimizer.Adam;
import dev.unspool.optimizer.LearningRate;
import dev.unspool.tbptt.Tbptt;
import dev.unspool.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A NARX model is a model like any other: its closed loop is. */
class NarxAsModelTest {
  private static Narx tanh() {
    return new Narx(
        new NarxSpec(2, 2, List.of(0, 1), List.of(1, 2), List.of(1, 2), NarxCore.Tanh.of(4, 3)));
  }

  private static Narx recurrent() {
    var core = new NarxCore.Recurrent(Cell.GRU, List.of(4, 3));
    return new Narx(new NarxSpec(2, 1, List.of(1), List.of(2, 1), List.of(), core));
  }

  /** Each step costs more than one of a small network. */
  abstract static class ShorterTape extends TapeContract {
    @Override
    protected int manySteps() {
      return 21_000;
    }
  }

  @Nested
  class TanhModel extends ModelContract {
    @Override
    protected Model model() {
      return tanh();
    }
  }

  @Nested
  class TanhTape extends ShorterTape {
    @Override
    protected Model model() {
      return tanh();
    }
  }

  @Nested
  class TanhSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return tanh();
    }
  }

  @Nested
  class TanhSnapshot extends TapeSnapshotContract {
    @Override
    protected Model model() {
      return tanh();
    }
  }

  @Nested
  class RecurrentModel extends ModelContract {
    @Override
    protected Model model() {
      return recurrent();
    }
  }

  @Nested
  class RecurrentSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return recurrent();
    }
  }

  @Nested
  class GuidedSweep extends TapeSweepContract {
    @Override
    protected Model model() {
      return tanh().guidedLoop();
    }
  }

  /** The names are what whoever reads a file of weights sees. */
  @Test
  void itsParametersSayWhatTheyActUpon() {
    assertEquals(
        """
        layer0.input.weight [4, 4]
        layer0.output.weight [4, 4]
        layer0.layer0.weight [4, 8]
        layer0.layer1.weight [4, 6]
        layer0.bias [4]
        layer1.weight [3, 4]
        layer1.layer1.weight [3, 6]
        layer1.output.weight [3, 4]
        layer1.bias [3]
        output.weight [2, 3]
        output.output.weight [2, 4]
        output.bias [2]""",
        tanh().parameters().toString());
    assertEquals(
        """
        weight_ih_l0 [12, 4]
        weight_hh_l0 [12, 4]
        bias_ih_l0 [12]
        bias_hh_l0 [12]
        weight_ih_l1 [9, 4]
        weight_hh_l1 [9, 3]
        bias_ih_l1 [9]
        bias_hh_l1 [9]
        output.weight [1, 3]
        output.bias [1]""",
        recurrent().parameters().toString());
  }

  @Test
  void aSweepYieldsTheRowsOfTheResiduals() {
    for (var narx : List.of(tanh(), recurrent())) {
      var theta = narx.initialise(new SplitMix64(3));
      var random = new SplitMix64(4);
      int steps = 12;
      var x = Steps.allocate(steps, 1, narx.inputs());
      double[] u = new double[steps * narx.inputs()];
      for (int i = 0; i < u.length; i++) {
        x.values()[i] = random.nextFloat();
        u[i] = x.values()[i];
      }
      var sequence = Sequence.of(u, new double[steps * narx.outputs()], steps);
      for (int depth : new int[] {1, 4, steps}) {
        var gradient = new Gradient(narx.parameters());
        try (var tape = narx.open(theta, TapeOptions.training(1, steps))) {
          tape.forward(x);
          var last = Steps.allocate(1, 1, narx.outputs());
          last.values()[0] = 1;
          tape.backward(depth, new Adjoint(last, gradient));
        }
        var problem =
            narx.residuals(List.of(sequence), Identification.PARALLEL, InitialOutputs.ZERO, depth);
        double[] expected = new double[gradient.values().length];
        problem.linearise(
            theta.toDoubles(),
            (index, _, values, offset) -> {
              if (index == (steps - 1) * narx.outputs()) {
                System.arraycopy(values, offset, expected, 0, expected.length);
              }
            });
        for (int p = 0; p < expected.length; p++) {
          assertEquals(expected[p], gradient.values()[p], 1e-5, "depth " + depth + ", " + p);
        }
      }
    }
  }

  @Test
  void learnsByTruncatedBackpropagationAndIsKeptByName(@TempDir Path folder) throws IOException {
    var random = new SplitMix64(1);
    int steps = 400;
    double[] table = new double[2 * steps];
    for (int t = 0; t < steps; t++) {
      table[2 * t] = random.nextDouble(-1, 1);
      table[2 * t + 1] = t == 0 ? 0 : 0.7 * table[2 * t - 1] + 0.5 * table[2 * t - 2];
    }
    var narx =
        new Narx(new NarxSpec(1, 1, List.of(0, 1), List.of(1, 2), List.of(), NarxCore.Tanh.of(4)));
    var theta = narx.initialise(random);
    var source =
        SeriesSource.builder(Table.of(List.of("u", "y"), table))
            .inputs(List.of("u"))
            .targets(List.of("y"))
            .horizon(0)
            .build();
    var engine = Tbptt.builder(narx, theta).truncation(10, 20).loss(new MeanSquaredError()).build();
    double first = 0;
    double last = 0;
    try (var training =
        Trainer.builder(engine, source)
            .optimizer(new Adam())
            .learningRate(LearningRate.constant(1e-2))
            .epochs(10)
            .build()) {
      for (var step = training.update(); step != null; step = training.update()) {
        first = first == 0 ? step.loss() : first;
        last = step.loss();
      }
    }
    assertTrue(last < 0.1 * first, last + " after " + first);
    var kept = new CheckpointFolder(folder.resolve("checkpoint"));
    kept.write(theta, new Snapshot(), Map.of());
    var read = new Parameters(narx.parameters());
    kept.readWeights(read);
    assertArrayEquals(theta.values(), read.values());
  }
}
