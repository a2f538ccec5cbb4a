// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.model.Parameters;
import dev.unspool.onnx.Graph.Attribute;
import dev.unspool.onnx.Graph.Extent;
import dev.unspool.program.Language;
import dev.unspool.program.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** ONNX's operators (set 14): each operation of a program is one or two of them. */
final class OnnxLanguage implements Language<Value>, OnnxArithmetic {
  /** Of a reduction: only the groups remain. */
  private static final Attribute GROUPS = Attribute.of("keepdims", 0);

  private final GraphWriter writer;
  private final StateArrays states;
  private final Parameters theta;
  private Value input = new Value("x", 0, true);

  /** An index as ONNX takes it, int64 without an extent for units, by the value in float32. */
  private final Map<String, String> indices = new HashMap<>();

  OnnxLanguage(GraphWriter writer, Parameters theta) {
    this.writer = writer;
    this.states = new StateArrays(writer);
    this.theta = theta;
  }

  private static Value rows(String name, int width) {
    return new Value(name, width, true);
  }

  private Value rows(int width, String type, List<String> inputs, Attribute... attributes) {
    return rows(writer.operator(type, inputs, attributes), width);
  }

  // ----- arithmetic

  @Override
  public Value of(String type, Value... arguments) {
    int width = Arrays.stream(arguments).mapToInt(Value::width).max().orElse(1);
    boolean rows = Arrays.stream(arguments).anyMatch(Value::rows);
    var names = Arrays.stream(arguments).map(Value::name).toList();
    return new Value(writer.operator(type, names), width, rows);
  }

  @Override
  public Value floats(Value truth) {
    return new Value(writer.cast(truth.name(), Graph.Type.FLOAT), truth.width(), truth.rows());
  }

  // ----- input and constants

  /** The input: {@code x}, which is in the graph already. */
  Value input(int width, int classes) {
    return input(classes > 0 ? ofIndex() : rows("x", width));
  }

  /** The input, made of {@code x}. */
  Value input(Value value) {
    input = value;
    return value;
  }

  /** An index as a number for each row. */
  private Value ofIndex() {
    String number = writer.cast("x", Graph.Type.FLOAT);
    Value rows = rows(1, "Unsqueeze", List.of(number, writer.integers(-1)));
    indices.put(rows.name(), "x");
    return rows;
  }

  @Override
  public Value constant(double value) {
    float number = (float) value;
    String name = writer.once(number, () -> writer.array("constant", new float[] {number}));
    return new Value(name, 1, false);
  }

  @Override
  public Value constant(String name, float[] values) {
    return new Value(writer.array(name, values, values.length), values.length, false);
  }

  private String matrix(Matrix matrix) {
    return writer.once(
        matrix,
        () ->
            writer.array(matrix.name(), theta.get(matrix.name()), matrix.rows(), matrix.columns()));
  }

  @Override
  public Value rows(Value value) {
    return value.rows()
        ? value
        : rows(value.width(), "Expand", List.of(value.name(), extents(writer.inScan())));
  }

  /** Extents of rows of one unit: steps × lanes × 1, or lanes × 1 in a scan. */
  private String extents(boolean ofStep) {
    if (ofStep) {
      String all = extents(false);
      return writer.once(
          "extents of a step",
          () -> writer.operator("Slice", List.of(all, writer.integers(1), writer.integers(3))));
    }
    return writer.once(
        "extents",
        () -> {
          String of = writer.operator("Shape", List.of("x"));
          var two = List.of(of, writer.integers(0), writer.integers(2));
          var parts = List.of(writer.operator("Slice", two), writer.integers(1));
          return writer.operator("Concat", parts, Attribute.of("axis", 0));
        });
  }

  // ----- arrays

  @Override
  public Value linear(Matrix matrix, boolean transposed, Value x) {
    String as = matrix(matrix);
    if (transposed) {
      return rows(matrix.columns(), "MatMul", List.of(x.name(), as));
    }
    Attribute turned = Attribute.integers("perm", 1, 0);
    String name =
        writer.once(
            List.of("transposed", matrix), () -> writer.operator("Transpose", List.of(as), turned));
    return rows(matrix.rows(), "MatMul", List.of(x.name(), name));
  }

  private String index(Value number) {
    String index = indices.get(number.name());
    if (index == null) {
      String whole = writer.cast(number.name(), Graph.Type.INT64);
      index = writer.operator("Squeeze", List.of(whole, writer.integers(-1)));
      indices.put(number.name(), index);
    }
    return index;
  }

  @Override
  public Value lookUp(Matrix table, Value index) {
    return rows(table.columns(), "Gather", List.of(matrix(table), index(index)));
  }

  @Override
  public Value oneHot(int classes, Value index) {
    String values = writer.once("off and on", () -> writer.array("off_on", new float[] {0, 1}, 2));
    return rows(classes, "OneHot", List.of(index(index), writer.integer(classes), values));
  }

  @Override
  public Value slice(Value rows, int from, int size) {
    return rows(size, "Slice", part(rows, from, from + size, -1));
  }

  /** What a slice takes. */
  private List<String> part(Value rows, long from, long to, int axis) {
    return List.of(rows.name(), writer.integers(from), writer.integers(to), writer.integers(axis));
  }

  @Override
  public Value join(List<Value> parts) {
    int width = parts.stream().mapToInt(Value::width).sum();
    return rows(
        width, "Concat", parts.stream().map(Value::name).toList(), Attribute.of("axis", -1));
  }

  @Override
  public Value repeat(Value rows, int times) {
    long[] units = new long[Math.multiplyExact(rows.width(), times)];
    Arrays.setAll(units, i -> i / times);
    var arguments = List.of(rows.name(), writer.integers(units));
    return rows(units.length, "Gather", arguments, Attribute.of("axis", -1));
  }

  @Override
  public Value sum(Value rows, int groups) {
    var units = writer.integers(-1);
    return groups == 1
        ? rows(1, "ReduceSum", List.of(rows.name(), units))
        : rows(groups, "ReduceSum", List.of(grouped(rows, groups), units), GROUPS);
  }

  @Override
  public Value largest(Value rows, int groups) {
    Attribute units = Attribute.integers("axes", -1);
    return groups == 1
        ? rows(1, "ReduceMax", List.of(rows.name()), units)
        : rows(groups, "ReduceMax", List.of(grouped(rows, groups)), units, GROUPS);
  }

  /** … × groups × units of each group. */
  private String grouped(Value rows, int groups) {
    int size = rows.width() / groups;
    String shape =
        writer.inScan() ? writer.integers(0, groups, size) : writer.integers(0, 0, groups, size);
    return writer.operator("Reshape", List.of(rows.name(), shape));
  }

  // ----- time

  @Override
  public Value before(Value first, Value rows) {
    String older = writer.operator("Slice", part(rows, 0, -1, 0));
    return rows(
        rows.width(), "Concat", List.of(states.layer(first), older), Attribute.of("axis", 0));
  }

  @Override
  public Value newest(Value rows) {
    String name = writer.operator("Slice", part(rows, -1, Long.MAX_VALUE, 0));
    return new Value(name, rows.width(), true, true);
  }

  @Override
  public List<Value> scan(List<Value> carried, List<Value> rows, Step<Value> step) {
    // The number of steps is that of what is given: where nothing is needed, the input is given.
    List<Value> scanned = rows.isEmpty() ? List.of(input) : rows;
    var from = new ArrayList<>(carried.stream().map(states::flat).toList());
    scanned.forEach(value -> from.add(value.name()));
    Graph body = writer.enterScan();
    var given = Stream.concat(carried.stream(), scanned.stream()).map(v -> given(v, body)).toList();
    var left =
        step.write(
            given.subList(0, carried.size()),
            given.subList(carried.size(), carried.size() + rows.size()));
    var results = left.stream().map(value -> yielded(value, body)).toList();
    writer
        .leaveScan()
        .operator(
            "Scan",
            from,
            results.stream().map(Value::name).toList(),
            Attribute.of("num_scan_inputs", scanned.size()),
            Attribute.of("body", body));
    return results;
  }

  private Value given(Value value, Graph body) {
    String name = writer.fresh("given");
    body.input(name, Graph.Type.FLOAT, Extent.of("lanes"), Extent.of(value.width()));
    return rows(name, value.width());
  }

  private Value yielded(Value value, Graph body) {
    // A result has a name of its own, also where it is given, or yielded twice.
    String name = writer.operator("Identity", List.of(rows(value).name()));
    body.output(name, Graph.Type.FLOAT, Extent.of("lanes"), Extent.of(value.width()));
    return rows(writer.fresh("scanned"), value.width());
  }

  @Override
  public List<Recurrence<Value>> recurrences() {
    return RecurrentOperator.in(writer, theta);
  }
}
