// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.inference.Predictor;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.model.Steps;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.predict.Precision;
import dev.unspool.predict.RecordedStep;
import dev.unspool.predict.StepEngine;
import dev.unspool.predict.StepRunner;
import dev.unspool.predict.Weights;
import dev.unspool.sequence.Beginning;
import dev.unspool.sequence.SequenceJacobian;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps as data, run by plain loops that know nothing of this library, do what the tape does. */
final class RecordedStepTest extends ExportContract {
  private static final int STEPS = 300;

  /** In text and back, as a service would read it. */
  private static RecordedStep written(StepProgram model) {
    return RecordedStep.parse(model.asData().toJson());
  }

  private static StepRunner plain(StepProgram model, Parameters theta, Path file)
      throws IOException {
    Safetensors.write(file, Tensor.byName(theta), Map.of());
    return StepEngine.PLAIN.prepare(written(model), Weights.read(file), Precision.FLOAT32);
  }

  @Override
  protected Exported export(StepProgram model, Parameters theta, Path file) throws IOException {
    return new Plain(model, plain(model, theta, file));
  }

  private record Plain(StepProgram model, StepRunner runner) implements Exported {
    @Override
    public Map<String, float[]> run(Steps x, boolean indices, Map<String, float[]> states) {
      Map<String, float[]> found = new HashMap<>();
      float[] all = new float[x.steps() * x.lanes() * model.outputs()];
      found.put("y", all);
      for (StackedState group : StackedState.of(model.state())) {
        found.put(group.name() + "_next", Objects.requireNonNull(states.get(group.name())).clone());
      }
      for (int lane = 0; lane < x.lanes(); lane++) {
        double[] state = new double[model.state().size()];
        carry(states, "", lane, x.lanes(), state, true);
        for (int step = 0; step < x.steps(); step++) {
          double[] in = new double[model.inputs()];
          for (int i = 0; i < in.length; i++) {
            in[i] = x.get(step, lane, i);
          }
          double[] y = new double[model.outputs()];
          runner.step(in, state, y);
          for (int i = 0; i < y.length; i++) {
            all[(step * x.lanes() + lane) * y.length + i] = (float) y[i];
          }
        }
        carry(found, "_next", lane, x.lanes(), state, false);
      }
      return found;
    }

    /** Between the arrays of all lanes and the state of one. */
    private void carry(
        Map<String, float[]> arrays,
        String suffix,
        int lane,
        int lanes,
        double[] state,
        boolean into) {
      int at = 0;
      for (var array : model.state().arrays()) {
        for (StackedState group : StackedState.of(model.state())) {
          int layer = group.arrays().indexOf(array.name());
          for (int i = 0; layer >= 0 && i < array.size(); i++) {
            float[] values = Objects.requireNonNull(arrays.get(group.name() + suffix));
            int place = (layer * lanes + lane) * array.size() + i;
            if (into) {
              state[at + i] = values[place];
            } else {
              values[place] = (float) state[at + i];
            }
          }
        }
        at += array.size();
      }
    }

    @Override
    public Map<String, float[]> initial() {
      Map<String, float[]> found = new HashMap<>();
      StackedState.of(model.state())
          .forEach(g -> found.put(g.name(), new float[g.arrays().size() * g.width()]));
      carry(found, "", 0, 1, runner.initial(), false);
      return found;
    }

    @Override
    public void close() {}
  }

  /** Every cell as it is, and what can be around one. */
  static Stream<NetworkSpec> networks() {
    var around =
        Stream.of(
            "gru:zoneout=0.1",
            "lstm:zoneout=0.2:recurrent-dropout=0.3",
            "slstm:heads=2:forget=exponential",
            "slstm:norm=none",
            "layernorm-lstm:over=each",
            "rtu:form=nonlinear",
            "projected-lstm:size=3");
    var cells = Stream.concat(Cell.builtIn().stream(), around.map(Cell::named));
    var plain = cells.map(cell -> NetworkSpec.of(cell, 3, 8, 2).withLayers(2));
    var wired =
        NetworkSpec.of(Cell.LSTM, 3, 5, 2)
            .withTaps(0, 1)
            .withLayer(Cell.GRU, 4)
            .withResiduals()
            .withNormalisation()
            .withSkips()
            .withDropout(0.2f)
            .withHead(6)
            .withLearnedInitialState();
    return Stream.concat(plain, Stream.of(wired));
  }

  /** Against the same equations in float64, and against the tape as closely as float32 allows. */
  @ParameterizedTest
  @MethodSource("networks")
  void plainLoopsAgreeToAMillionth(NetworkSpec spec) throws IOException {
    StepProgram model = new Network(spec).program();
    var random = new SplitMix64(11);
    Parameters theta = model.initialise(random);
    double[] x = new double[STEPS * 3];
    Arrays.setAll(x, _ -> (float) random.nextGaussian());
    double[] found = new double[STEPS * 2];
    double[] trained = new double[STEPS * 2];
    StepRunner runner = plain(model, theta, folder.resolve("weights"));
    double[] state = runner.initial();
    double[] first = state.clone();
    double[] y = new double[2];
    try (var predictor = new Predictor(model, theta)) {
      for (int t = 0; t < STEPS; t++) {
        double[] row = Arrays.copyOfRange(x, 3 * t, 3 * t + 3);
        float[] output = predictor.step((float) row[0], (float) row[1], (float) row[2]);
        runner.step(row, state, y);
        for (int i = 0; i < 2; i++) {
          trained[2 * t + i] = output[i];
          found[2 * t + i] = y[i];
        }
      }
    }
    var exact = new SequenceJacobian(model.recording(), theta.layout().size(), 1, false);
    exact.parameters(theta.toDoubles());
    double[] expected = new double[STEPS * 2];
    exact.simulate(Beginning.at(first), x, STEPS, expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    assertArrayEquals(expected, found, 1e-9 * largest, spec::toString);
    // Where layers normalise or memories are long, float32 itself is further off.
    double unsure = 0;
    for (int i = 0; i < expected.length; i++) {
      unsure = Math.max(unsure, Math.abs(trained[i] - expected[i]));
    }
    boolean exacting = spec.toString().matches("(layernorm|lru).*");
    assertTrue(exacting || unsure < 1e-6 * largest, () -> spec + ": the tape is less exact");
    assertArrayEquals(trained, found, Math.max(unsure * 1.001, 1e-6 * largest), spec::toString);
  }

  /** What is read back is the same program to the kernels: not one bit differs. */
  @ParameterizedTest
  @MethodSource("networks")
  void kernelsRunWhatWasReadBackToTheSameBits(NetworkSpec spec) {
    StepProgram model = new Network(spec).program();
    StepProgram again = StepProgram.of(written(model));
    var random = new SplitMix64(12);
    Parameters theta = model.initialise(random);
    var same = new Parameters(again.parameters());
    System.arraycopy(theta.values(), 0, same.values(), 0, theta.values().length);
    try (var one = new Predictor(model, theta);
        var other = new Predictor(again, same)) {
      for (int t = 0; t < 20; t++) {
        float[] row = {
          (float) random.nextGaussian(), (float) random.nextGaussian(), (float) t / 20
        };
        assertArrayEquals(one.step(row), other.step(row), () -> spec + " " + again);
      }
    }
  }

  @Test
  void aStepIsWrittenAnInstructionALine() {
    StepProgram model =
        StepProgram.of(
            2,
            (s, x) -> {
              Signal h = s.state("h", 2);
              return s.next(h, s.linear("w", "b", s.join(x, h), 2).tanh());
            });
    assertEquals(
        List.of(
            "{\"operation\": \"input\", \"width\": 2}",
            "{\"operation\": \"state\", \"width\": 2, \"name\": \"h\"}",
            "{\"operation\": \"join\", \"of\": [0, 1], \"width\": 4}",
            "{\"operation\": \"linear\", \"of\": [2], \"width\": 2, \"name\": \"w\"}",
            "{\"operation\": \"vector\", \"width\": 2, \"name\": \"b\"}",
            "{\"operation\": \"add\", \"of\": [3, 4], \"width\": 2}",
            "{\"operation\": \"tangent\", \"of\": [5], \"width\": 2}"),
        Arrays.stream(model.asData().toJson().split("\n"))
            .map(line -> line.strip().replaceFirst(",$", ""))
            .filter(line -> line.startsWith("{\"operation"))
            .toList());
  }
}
