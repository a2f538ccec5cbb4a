// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.inference.Predictor;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.narx.Narx;
import dev.unspool.narx.NarxCore;
import dev.unspool.narx.NarxSpec;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.Features;
import dev.unspool.predict.Fill;
import dev.unspool.predict.Forecaster;
import dev.unspool.predict.ModelDescription;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Precision;
import dev.unspool.predict.StepEngine;
import dev.unspool.predict.Weights;
import dev.unspool.step.StackedState;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exported models of tables, in ONNX Runtime: own units go in, own units come out. */
final class OnnxTableTest {
  private static final int STEPS = 12;

  /** Eight digits, of which float32 would lose the last. */
  private static final double METER = 54_321_000;

  @TempDir Path folder;

  private static Outputs.Target target(String name, boolean change, double... units) {
    double origin = name.equals("meter [m³]") ? METER : -4;
    return new Outputs.Target(name, change, origin, Arrays.stream(units).boxed().toList());
  }

  static Stream<Outputs> outputs() {
    var meter = target("meter [m³]", true, 1.5, 3);
    var level = target("level", false, 2, 2.5);
    List<Integer> horizons = List.of(1, 24);
    return Stream.of(
        new Outputs(List.of(meter), horizons, Outputs.Law.VALUE, List.of()),
        new Outputs(List.of(level, meter), horizons, Outputs.Law.GAUSSIAN, List.of()),
        new Outputs(List.of(level), horizons, Outputs.Law.VALUE, List.of()),
        new Outputs(
            List.of(meter, level), horizons, Outputs.Law.QUANTILES, List.of(0.05, 0.5, 0.95)));
  }

  private static Features features(Fill fill) {
    return new Features(
        List.of(
            new Features.Column("wind", 1, 0, 10, 4, Fill.ZERO, true),
            new Features.Column("meter [m³]", 0, 0, METER, 20, fill, false)),
        new Calendar(List.of(Calendar.Part.HOUR)),
        1,
        -1);
  }

  private static ModelDescription description(
      Features features, Outputs outputs, StepProgram step) {
    return new ModelDescription(
        ModelDescription.FORMAT,
        "a run",
        List.of("meter [m³]", "wind", "level"),
        null,
        features,
        outputs,
        Precision.FLOAT32,
        null,
        step.asData());
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void predictionsAreInTheTargetsUnits(Outputs outputs) throws IOException, OrtException {
    for (Fill fill : new Fill[] {Fill.LAST, Fill.ZERO}) {
      agrees(outputs, fill);
    }
  }

  private void agrees(Outputs outputs, Fill fill) throws IOException, OrtException {
    Features features = features(fill);
    var network = new Network(NetworkSpec.of(Cell.LSTM, features.count(), 5, outputs.count()));
    StepProgram step = network.program();
    var random = new SplitMix64(8);
    Parameters theta = network.initialise(random);
    Path file = folder.resolve("table.onnx");
    ModelDescription description = description(features, outputs, step);
    OnnxExport.write(step, theta, description, Map.of("unspool.version", "1"), file);

    double[][] x = new double[STEPS][];
    for (int t = 0; t < STEPS; t++) {
      x[t] = random.doubles(features.count(), -1, 1).toArray();
      x[t][0] = 10 + 4 * x[t][0];
      x[t][1] = METER + 20 * x[t][1];
    }
    int targets = outputs.targets().size();
    boolean asks = fill == Fill.ZERO && outputs.targets().stream().anyMatch(Outputs.Target::change);
    Map<String, double[]> inputs = new HashMap<>();
    inputs.put("x", Stream.of(x).flatMapToDouble(Arrays::stream).toArray());
    if (asks) {
      double[] newest = new double[STEPS * targets];
      for (int i = 0; i < newest.length; i++) {
        newest[i] = x[i / targets][1];
      }
      inputs.put("newest", newest);
    }
    Map<String, double[]> found = run(file, step, inputs);
    double[] y = Objects.requireNonNull(found.get("y"));
    int horizons = outputs.horizons().size();
    try (var predictor = new Predictor(step, theta)) {
      for (int t = 0; t < STEPS; t++) {
        float[] scaled = new float[features.count()];
        for (int i = 0; i < scaled.length; i++) {
          boolean column = i < features.columns().size();
          double mean = column ? features.columns().get(i).mean() : 0;
          double deviation = column ? features.columns().get(i).deviation() : 1;
          scaled[i] = (float) ((x[t][i] - mean) / deviation);
        }
        float[] raw = predictor.step(scaled);
        for (int target = 0; target < targets; target++) {
          for (int h = 0; h < horizons; h++) {
            int at = (t * targets + target) * horizons + h;
            double unit = outputs.targets().get(target).units().get(h);
            if (outputs.law() == Outputs.Law.QUANTILES) {
              double[] expected = outputs.quantiles(raw, 0, target, h, x[t][1]);
              for (int q = 0; q < expected.length; q++) {
                assertEquals(expected[q], y[at * expected.length + q], 1e-5 * unit);
              }
              continue;
            }
            assertEquals(outputs.point(raw, 0, target, h, x[t][1]), y[at], 1e-5 * unit);
            if (outputs.law() == Outputs.Law.GAUSSIAN) {
              double deviation = outputs.deviation(raw, 0, target, h);
              double said = Objects.requireNonNull(found.get("deviation"))[at];
              assertEquals(deviation, said, 1e-5 * deviation);
            }
          }
        }
      }
    }
  }

  /** Runs a graph with float64 inputs from its initial state, steps of one lane. */
  private static Map<String, double[]> run(
      Path file, StepProgram step, Map<String, double[]> values) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString())) {
      Map<String, OnnxTensor> inputs = new HashMap<>();
      for (var value : values.entrySet()) {
        long[] shape = {STEPS, 1, value.getValue().length / STEPS};
        inputs.put(
            value.getKey(),
            OnnxTensor.createTensor(environment, DoubleBuffer.wrap(value.getValue()), shape));
      }
      for (StackedState state : StackedState.of(step.state())) {
        long[] shape =
            state.stacked()
                ? new long[] {state.arrays().size(), 1, state.width()}
                : new long[] {1, state.width()};
        float[] zeros = new float[state.arrays().size() * state.width()];
        inputs.put(
            state.name(), OnnxTensor.createTensor(environment, FloatBuffer.wrap(zeros), shape));
      }
      Map<String, double[]> found = new HashMap<>();
      try (var result = session.run(inputs)) {
        for (var value : result) {
          if (((OnnxTensor) value.getValue()).getDoubleBuffer() != null) {
            found.put(value.getKey(), ((OnnxTensor) value.getValue()).getDoubleBuffer().array());
          }
        }
      }
      inputs.values().forEach(OnnxTensor::close);
      return found;
    }
  }

  /** Measured rows, then rows of which only the inputs are known. */
  @ParameterizedTest
  @MethodSource("plants")
  void plantsSeeWhatWasMeasured(NarxSpec spec) throws IOException, OrtException {
    var narx = new Narx(spec);
    var random = new SplitMix64(9);
    Parameters theta = narx.initialise(random);
    var columns = new ArrayList<String>();
    IntStream.range(0, spec.inputs()).forEach(i -> columns.add("u" + i));
    columns.add("y");
    var seen = new ArrayList<Features.Column>();
    for (int i = 0; i < spec.inputs(); i++) {
      seen.add(new Features.Column("u" + i, i, 0, 3, 2, Fill.NONE, false));
    }
    if (seen.isEmpty()) {
      seen.add(new Features.Column("y", 0, 0, 0, 1, Fill.ZERO, false));
    }
    var delays = narx.state().arrays().stream().map(a -> a.name()).toList();
    var description =
        new ModelDescription(
            ModelDescription.FORMAT,
            "a plant",
            columns,
            null,
            new Features(seen, null, 0, -1),
            new Outputs(
                List.of(new Outputs.Target("y", false, 20, List.of(5.0))),
                List.of(0),
                Outputs.Law.VALUE,
                List.of()),
            Precision.FLOAT64,
            new ModelDescription.Plant(
                delays.stream().filter(name -> name.startsWith("output.delay")).toList(),
                spec.inputs() == 0
                    ? List.of()
                    : delays.stream().filter(name -> name.startsWith("input.delay")).toList(),
                spec.longestDelay(),
                true),
            narx.closedLoop().asData());
    Path file = folder.resolve("plant.onnx");
    OnnxExport.write(narx.guidedLoop(), theta, description, Map.of(), file);
    Path weights = folder.resolve("weights");
    Safetensors.write(weights, Tensor.byName(theta), Map.of());
    Forecaster forecaster =
        Forecaster.of(
            description,
            StepEngine.PLAIN.prepare(description.step(), Weights.read(weights), Precision.FLOAT64));

    double[] x = new double[STEPS * Math.max(1, spec.inputs())];
    double[] measured = new double[STEPS];
    double[] expected = new double[STEPS];
    for (int t = 0; t < STEPS; t++) {
      double[] row = new double[columns.size()];
      for (int i = 0; i < spec.inputs(); i++) {
        row[i] = 3 + 2 * random.nextGaussian();
        x[t * spec.inputs() + i] = row[i];
      }
      measured[t] = t < 7 ? 20 + 5 * random.nextGaussian() : Double.NaN;
      row[spec.inputs()] = measured[t];
      expected[t] = forecaster.step(row).value();
    }
    double[] y =
        Objects.requireNonNull(
            run(file, narx.guidedLoop(), Map.of("x", x, "measured", measured)).get("y"));
    for (int t = spec.longestDelay(); t < STEPS; t++) {
      assertEquals(expected[t], y[t], 1e-5 * Math.abs(expected[t]), "step " + t);
    }
  }

  static Stream<NarxSpec> plants() {
    var tanh = new NarxCore.Tanh(List.of(4));
    return Stream.of(
        new NarxSpec(2, 1, List.of(0, 2), List.of(1, 3), List.of(), tanh),
        new NarxSpec(0, 1, List.of(), List.of(1, 2), List.of(), tanh),
        new NarxSpec(1, 1, List.of(1), List.of(), List.of(), tanh));
  }

  @Test
  void theFileSaysWhatItsNumbersAre() throws IOException, OrtException {
    Features features = features(Fill.LAST);
    Outputs outputs = outputs().findFirst().orElseThrow();
    var network = new Network(NetworkSpec.of(Cell.LSTM, features.count(), 5, outputs.count()));
    Path file = folder.resolve("table.onnx");
    OnnxExport.write(
        network.program(),
        network.initialise(new SplitMix64(1)),
        description(features, outputs, network.program()),
        Map.of("unspool.version", "1.2"),
        file);
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString())) {
      Map<String, String> text = new HashMap<>(session.getMetadata().getCustomMetadata());
      assertEquals(
          "[\"wind\", \"meter [m³]\", \"wind missing\", "
              + "\"hour sin 1\", \"hour cos 1\", \"hour sin 2\", \"hour cos 2\", \"hour sin 3\", \"hour cos 3\"]",
          text.get("unspool.x"));
      assertEquals("[\"zero\", \"last\"]", text.get("unspool.x.fill"));
      assertEquals("{\"meter [m³]\": \"m³\"}", text.get("unspool.units"));
      assertEquals("[1, 24]", text.get("unspool.y.horizons"));
      assertEquals(
          "{\"h\": [1, \"lanes\", 5], \"c\": [1, \"lanes\", 5]}", text.get("unspool.state"));
      assertEquals("1.2", text.get("unspool.version"));
      assertEquals("a run", text.get("unspool.run"));
    }
  }
}
