// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.onnx.Graph.Attribute;
import dev.unspool.onnx.Graph.Extent;
import dev.unspool.predict.Features;
import dev.unspool.predict.Fill;
import dev.unspool.predict.ModelDescription;
import dev.unspool.predict.Outputs;
import dev.unspool.program.Program;
import dev.unspool.step.StackedState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A table around a program: numbers in the units of its columns go in and come out, in float64, so
 * that a meter of eight digits keeps them; only what is scaled is float32.
 */
final class TableFrame implements OnnxExport.Frame {
  private static final String NEWEST = "newest";
  private static final String MEASURED = "measured";

  private final ModelDescription description;
  private final Map<String, String> more;
  private final Features features;
  private final Outputs outputs;
  private final int targets;
  private final int horizons;
  private final boolean plant;

  /** For each target what {@code x} says its newest value is; −1 if nothing does. */
  private final int[] newest;

  TableFrame(ModelDescription description, Map<String, String> more) {
    this.description = description;
    this.more = more;
    this.features = description.features();
    this.outputs = description.outputs();
    this.targets = outputs.targets().size();
    this.horizons = outputs.horizons().size();
    this.plant = description.plant() != null;
    this.newest = outputs.targets().stream().mapToInt(t -> newest(features, t.name())).toArray();
  }

  private static int newest(Features features, String target) {
    for (int i = 0; i < features.columns().size(); i++) {
      Features.Column column = features.columns().get(i);
      boolean last = column.fill() == Fill.LAST || column.fill() == Fill.NONE;
      if (column.name().equals(target) && column.ahead() == 0 && last) {
        return i;
      }
    }
    return -1;
  }

  private boolean changes(int target) {
    return outputs.targets().get(target).change();
  }

  private boolean asksForNewest() {
    for (int i = 0; i < targets; i++) {
      if (changes(i) && newest[i] < 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<String> names() {
    return List.of("x", "y", "deviation", NEWEST, MEASURED);
  }

  // ----- in

  @Override
  public Value input(Program program, Graph graph, GraphWriter writer, OnnxLanguage language) {
    int count = features.count();
    input(graph, "x", count);
    double[] mean = new double[count];
    double[] deviation = new double[count];
    Arrays.fill(deviation, 1); // flags and the calendar are as they are
    for (int i = 0; i < features.columns().size(); i++) {
      mean[i] = features.columns().get(i).mean();
      deviation[i] = features.columns().get(i).deviation();
    }
    String scaled = scaled(writer, "x", mean, deviation);
    if (asksForNewest()) {
      input(graph, NEWEST, targets);
    }
    int width = count;
    if (plant) {
      input(graph, MEASURED, targets);
      scaled = guided(writer, scaled);
      width = program.input().width();
    }
    return language.input(new Value(writer.cast(scaled, Graph.Type.FLOAT), width, true));
  }

  private static void input(Graph graph, String name, int width) {
    graph.input(name, Graph.Type.DOUBLE, OnnxExport.STEPS, OnnxExport.LANES, Extent.of(width));
  }

  private static String scaled(
      GraphWriter writer, String value, double[] mean, double[] deviation) {
    String centred =
        writer.operator("Sub", List.of(value, writer.array("mean", mean, mean.length)));
    return writer.operator(
        "Div", List.of(centred, writer.array("scale", deviation, deviation.length)));
  }

  /** What a guided loop takes: inputs, the outputs that were measured, and whether they were. */
  private String guided(GraphWriter writer, String inputs) {
    double[] origin = new double[targets];
    double[] unit = new double[targets];
    for (int i = 0; i < targets; i++) {
      origin[i] = outputs.targets().get(i).origin();
      unit[i] = outputs.targets().get(i).units().getFirst();
    }
    String scaled = scaled(writer, MEASURED, origin, unit);
    String missing = writer.operator("IsNaN", List.of(MEASURED));
    String zero = writer.array("zero", new double[] {0});
    String one = writer.array("one", new double[] {1});
    String known = writer.operator("Where", List.of(missing, zero, one));
    String values = writer.operator("Where", List.of(missing, zero, scaled));
    var parts = new ArrayList<String>(List.of(inputs, values, known));
    if (description.plant() != null && description.plant().inputs().isEmpty() && isInVain()) {
      parts.removeFirst();
    }
    return writer.operator("Concat", parts, Attribute.of("axis", -1));
  }

  /** Whether the model has no inputs, and is given one in vain. */
  private boolean isInVain() {
    String name = features.columns().getFirst().name();
    return outputs.targets().stream().anyMatch(target -> target.name().equals(name));
  }

  // ----- out

  @Override
  public void output(Value said, Graph graph, GraphWriter writer) {
    boolean quantiles = outputs.law() == Outputs.Law.QUANTILES;
    int each = quantiles ? outputs.quantiles().size() : 1;
    int count = outputs.values() * each;
    String first = count == said.width() ? said.name() : slice(writer, said.name(), 0, count);
    String values =
        quantiles
            ? sorted(writer, reshaped(writer, first, targets, horizons, each))
            : reshaped(writer, first, targets, horizons);
    String moved =
        writer.operator(
            "Mul", List.of(writer.cast(values, Graph.Type.DOUBLE), units(writer, quantiles)));
    String base = base(writer);
    String from =
        writer.operator(
            "Unsqueeze", List.of(base, quantiles ? writer.integers(-2, -1) : writer.integers(-1)));
    graph.operator("Add", List.of(moved, from), List.of("y"));
    Extent[] shape = {
      OnnxExport.STEPS, OnnxExport.LANES, Extent.of(targets), Extent.of(horizons), Extent.of(each)
    };
    graph.output("y", Graph.Type.DOUBLE, quantiles ? shape : Arrays.copyOf(shape, 4));
    if (outputs.law() == Outputs.Law.GAUSSIAN) {
      String rest =
          reshaped(writer, slice(writer, said.name(), count, 2 * count), targets, horizons);
      String half = writer.array("half", new double[] {0.5});
      String log = writer.operator("Mul", List.of(writer.cast(rest, Graph.Type.DOUBLE), half));
      String relative = writer.operator("Exp", List.of(log));
      graph.operator("Mul", List.of(relative, units(writer, false)), List.of("deviation"));
      graph.output("deviation", Graph.Type.DOUBLE, Arrays.copyOf(shape, 4));
    }
  }

  private static String slice(GraphWriter writer, String value, long from, long to) {
    return writer.operator(
        "Slice", List.of(value, writer.integers(from), writer.integers(to), writer.integers(-1)));
  }

  private static String reshaped(GraphWriter writer, String value, long... last) {
    long[] shape = new long[2 + last.length];
    System.arraycopy(last, 0, shape, 2, last.length); // 0: as it is
    return writer.operator("Reshape", List.of(value, writer.integers(shape)));
  }

  private String sorted(GraphWriter writer, String quantiles) {
    return writer
        .operators(
            "TopK",
            List.of(quantiles, writer.integers(outputs.quantiles().size())),
            2,
            Attribute.of("largest", 0),
            Attribute.of("sorted", 1))
        .getFirst();
  }

  private String units(GraphWriter writer, boolean quantiles) {
    double[] units = new double[targets * horizons];
    for (int i = 0; i < units.length; i++) {
      units[i] = outputs.targets().get(i / horizons).units().get(i % horizons);
    }
    return quantiles
        ? writer.array("units", units, targets, horizons, 1)
        : writer.array("units", units, targets, horizons);
  }

  /** What the outputs are added to, for each target: its newest value, or what 0 is. */
  private String base(GraphWriter writer) {
    double[] origin = new double[targets];
    double[] moves = new double[targets];
    long[] places = new long[targets];
    for (int i = 0; i < targets; i++) {
      moves[i] = changes(i) ? 1 : 0;
      origin[i] = changes(i) ? 0 : outputs.targets().get(i).origin();
      places[i] = Math.max(0, newest[i]);
    }
    if (Arrays.stream(moves).allMatch(move -> move == 0)) {
      return writer.array("level", origin, 1, 1, targets);
    }
    String known =
        asksForNewest()
            ? NEWEST
            : writer.operator(
                "Gather", List.of("x", writer.integers(places)), Attribute.of("axis", -1));
    if (Arrays.stream(moves).allMatch(move -> move == 1)) {
      return known;
    }
    String moved = writer.operator("Mul", List.of(known, writer.array("moves", moves, targets)));
    return writer.operator("Add", List.of(moved, writer.array("level", origin, 1, 1, targets)));
  }

  // ----- text

  @Override
  public Map<String, String> metadata(List<StackedState> states) {
    return new TableMetadata(description, more, plant, asksForNewest()).of(states);
  }
}
