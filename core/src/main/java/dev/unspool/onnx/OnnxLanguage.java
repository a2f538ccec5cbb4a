// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import dev.unspool.model.Parameters;
import dev.unspool.onnx.Graph.Attribute;
import dev.unspool.onnx.Graph.Extent;
import dev.unspool.program.Language;
import dev.unspool.program.Matrix;
import dev.unspool.program.UniqueNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** ONNX's operators (set 14): each operation of a program is one or two of them. */
final class OnnxLanguage implements Language<Value> {
  private final Parameters theta;
  private final UniqueNames names;
  private final Graph outer;

  /** Where operators go: the outer graph, or the body of a scan. */
  private Graph graph;

  private Value input = new Value("x", 0, true);

  /** Constants of the outer graph, by what they are. */
  private final Map<Object, String> known = new HashMap<>();

  /** An index as ONNX takes it, int64 without an extent for units, by the value in float32. */
  private final Map<String, String> indices = new HashMap<>();

  OnnxLanguage(Graph graph, UniqueNames names, Parameters theta) {
    this.outer = graph;
    this.graph = graph;
    this.names = names;
    this.theta = theta;
  }

  // ----- writing

  /** Adds an operator; yields the name of its result. */
  String operator(String type, List<String> inputs, Attribute... attributes) {
    String result = names.fresh(type);
    graph.operator(type, inputs, List.of(result), attributes);
    return result;
  }

  /** Adds an operator with several results; yields their names. */
  List<String> operators(String type, List<String> inputs, int count, List<Attribute> attributes) {
    var results = Stream.generate(() -> names.fresh(type)).limit(count).toList();
    graph.operator(type, inputs, results, attributes.toArray(Attribute[]::new));
    return results;
  }

  /** A constant with several extents. */
  String array(String name, float[] values, long... shape) {
    String unique = names.fresh(name);
    outer.constant(unique, values, shape);
    return unique;
  }

  /** A constant of int64. */
  String integers(long... values) {
    return known.computeIfAbsent(
        List.of("integers", Arrays.toString(values)),
        _ -> {
          String name = names.fresh("constant");
          outer.constant(name, values, values.length);
          return name;
        });
  }

  /** A constant of int64 without extents. */
  private String integer(long value) {
    return known.computeIfAbsent(
        List.of("integer", value),
        _ -> {
          String name = names.fresh("constant");
          outer.constant(name, new long[] {value});
          return name;
        });
  }

  /** Writes into the outer graph whatever is written meanwhile. */
  private String outside(Object what, Supplier<String> written) {
    String name = known.get(what);
    if (name == null) {
      Graph inner = graph;
      graph = outer;
      name = written.get();
      graph = inner;
      known.put(what, name);
    }
    return name;
  }

  private boolean inScan() {
    return graph != outer;
  }

  private Value of(String type, List<Value> arguments) {
    int width = arguments.stream().mapToInt(Value::width).max().orElse(1);
    boolean rows = arguments.stream().anyMatch(Value::rows);
    return new Value(operator(type, arguments.stream().map(Value::name).toList()), width, rows);
  }

  private Value rows(String name, int width) {
    return new Value(name, width, true);
  }

  // ----- input and state

  /** The input: {@code x}, which is in the graph already. */
  Value input(int width, int classes) {
    input = classes > 0 ? ofIndex() : rows("x", width);
    return input;
  }

  /** An index as a number for each row. */
  private Value ofIndex() {
    String number = operator("Cast", List.of("x"), Attribute.of("to", Graph.Type.FLOAT.number()));
    String name = operator("Unsqueeze", List.of(number, integers(-1)));
    indices.put(name, "x");
    return rows(name, 1);
  }

  /** The layers of an array of the state. */
  List<Value> layers(String stacked, int count, int width) {
    var names =
        count == 1
            ? List.of(stacked)
            : operators("Split", List.of(stacked), count, List.of(Attribute.of("axis", 0)));
    return names.stream().map(name -> new Value(name, width, true, true)).toList();
  }

  /** Arrays of the state, one behind the other: layers × lanes × width. */
  String stacked(List<Value> layers) {
    var names = layers.stream().map(this::layer).toList();
    return names.size() == 1
        ? names.getFirst()
        : operator("Concat", names, Attribute.of("axis", 0));
  }

  /** An array of the state, 1 × lanes × width. */
  String layer(Value state) {
    return state.layer() ? state.name() : operator("Unsqueeze", List.of(state.name(), integers(0)));
  }

  /** An array of the state, lanes × width. */
  String flat(Value state) {
    return state.layer() ? operator("Squeeze", List.of(state.name(), integers(0))) : state.name();
  }

  // ----- constants

  @Override
  public Value constant(double value) {
    float number = (float) value;
    String name = known.computeIfAbsent(number, _ -> array("constant", new float[] {number}));
    return new Value(name, 1, false);
  }

  @Override
  public Value constant(String name, float[] values) {
    return new Value(array(name, values, values.length), values.length, false);
  }

  @Override
  public Value rows(Value value) {
    if (value.rows()) {
      return value;
    }
    String extents =
        outside(
            "extents",
            () -> {
              String index = operator("Shape", List.of("x"));
              String two = operator("Slice", List.of(index, integers(0), integers(2)));
              return operator("Concat", List.of(two, integers(1)), Attribute.of("axis", 0));
            });
    if (inScan()) {
      String all = extents;
      extents =
          outside(
              "extents of a step", () -> operator("Slice", List.of(all, integers(1), integers(3))));
    }
    return rows(operator("Expand", List.of(value.name(), extents)), value.width());
  }

  private String matrix(Matrix matrix) {
    return known.computeIfAbsent(
        matrix,
        _ -> array(matrix.name(), theta.get(matrix.name()), matrix.rows(), matrix.columns()));
  }

  // ----- arrays

  @Override
  public Value linear(Matrix matrix, boolean transposed, Value x) {
    String name = matrix(matrix);
    if (!transposed) {
      String as = name;
      Attribute turned = Attribute.integers("perm", 1, 0);
      name =
          outside(List.of("transposed", matrix), () -> operator("Transpose", List.of(as), turned));
    }
    int width = transposed ? matrix.columns() : matrix.rows();
    return rows(operator("MatMul", List.of(x.name(), name)), width);
  }

  private String index(Value number) {
    String index = indices.get(number.name());
    if (index == null) {
      String whole =
          operator("Cast", List.of(number.name()), Attribute.of("to", Graph.Type.INT64.number()));
      index = operator("Squeeze", List.of(whole, integers(-1)));
      indices.put(number.name(), index);
    }
    return index;
  }

  @Override
  public Value lookUp(Matrix table, Value index) {
    return rows(operator("Gather", List.of(matrix(table), index(index))), table.columns());
  }

  @Override
  public Value oneHot(int classes, Value index) {
    String values =
        known.computeIfAbsent("off and on", _ -> array("off_on", new float[] {0, 1}, 2));
    return rows(operator("OneHot", List.of(index(index), integer(classes), values)), classes);
  }

  @Override
  public Value slice(Value rows, int from, int size) {
    var arguments = List.of(rows.name(), integers(from), integers(from + size), integers(-1));
    return rows(operator("Slice", arguments), size);
  }

  @Override
  public Value join(List<Value> parts) {
    int width = parts.stream().mapToInt(Value::width).sum();
    var all = parts.stream().map(Value::name).toList();
    return rows(operator("Concat", all, Attribute.of("axis", -1)), width);
  }

  @Override
  public Value repeat(Value rows, int times) {
    long[] units = new long[Math.multiplyExact(rows.width(), times)];
    Arrays.setAll(units, i -> i / times);
    var arguments = List.of(rows.name(), integers(units));
    return rows(operator("Gather", arguments, Attribute.of("axis", -1)), units.length);
  }

  @Override
  public Value sum(Value rows, int groups) {
    return groups == 1
        ? rows(operator("ReduceSum", List.of(rows.name(), integers(-1))), 1)
        : rows(
            operator(
                "ReduceSum",
                List.of(grouped(rows, groups), integers(-1)),
                Attribute.of("keepdims", 0)),
            groups);
  }

  @Override
  public Value largest(Value rows, int groups) {
    Attribute units = Attribute.integers("axes", -1);
    return groups == 1
        ? rows(operator("ReduceMax", List.of(rows.name()), units), 1)
        : rows(
            operator(
                "ReduceMax", List.of(grouped(rows, groups)), units, Attribute.of("keepdims", 0)),
            groups);
  }

  /** … × groups × units of each group. */
  private String grouped(Value rows, int groups) {
    int size = rows.width() / groups;
    String shape = inScan() ? integers(0, groups, size) : integers(0, 0, groups, size);
    return operator("Reshape", List.of(rows.name(), shape));
  }

  // ----- time

  @Override
  public Value before(Value first, Value rows) {
    var arguments = List.of(rows.name(), integers(0), integers(-1), integers(0));
    String older = operator("Slice", arguments);
    return rows(
        operator("Concat", List.of(layer(first), older), Attribute.of("axis", 0)), rows.width());
  }

  @Override
  public Value newest(Value rows) {
    var arguments = List.of(rows.name(), integers(-1), integers(Long.MAX_VALUE), integers(0));
    return new Value(operator("Slice", arguments), rows.width(), true, true);
  }

  @Override
  public List<Value> scan(List<Value> carried, List<Value> rows, Step<Value> step) {
    // The number of steps is that of what is given: where nothing is needed, the input is given.
    List<Value> scanned = rows.isEmpty() ? List.of(input) : rows;
    var from = new ArrayList<>(carried.stream().map(this::flat).toList());
    scanned.forEach(value -> from.add(value.name()));
    graph = new Graph(names.fresh("step"));
    var given = Stream.concat(carried.stream(), scanned.stream()).map(this::given).toList();
    var left =
        step.write(
            given.subList(0, carried.size()),
            given.subList(carried.size(), carried.size() + rows.size()));
    var results = left.stream().map(this::yielded).toList();
    Attribute body = Attribute.of("body", graph);
    graph = outer;
    graph.operator(
        "Scan",
        from,
        results.stream().map(Value::name).toList(),
        Attribute.of("num_scan_inputs", scanned.size()),
        body);
    return results;
  }

  @Override
  public List<Recurrence<Value>> recurrences() {
    return RecurrentOperator.in(this, theta);
  }

  private Value given(Value value) {
    String name = names.fresh("given");
    graph.input(name, Graph.Type.FLOAT, Extent.of("lanes"), Extent.of(value.width()));
    return rows(name, value.width());
  }

  private Value yielded(Value value) {
    // A result has a name of its own, also where it is given, or yielded twice.
    String name = operator("Identity", List.of(rows(value).name()));
    graph.output(name, Graph.Type.FLOAT, Extent.of("lanes"), Extent.of(value.width()));
    return rows(names.fresh("scanned"), value.width());
  }

  // ----- arithmetic

  @Override
  public Value add(Value a, Value b) {
    return of("Add", List.of(a, b));
  }

  @Override
  public Value multiply(Value a, Value b) {
    return of("Mul", List.of(a, b));
  }

  @Override
  public Value divide(Value a, Value b) {
    return of("Div", List.of(a, b));
  }

  @Override
  public Value negate(Value a) {
    return of("Neg", List.of(a));
  }

  @Override
  public Value absolute(Value a) {
    return of("Abs", List.of(a));
  }

  @Override
  public Value minimum(Value a, Value b) {
    return of("Min", List.of(a, b));
  }

  @Override
  public Value maximum(Value a, Value b) {
    return of("Max", List.of(a, b));
  }

  @Override
  public Value select(Value condition, Value then, Value otherwise) {
    return of("Where", List.of(of("Greater", List.of(condition, constant(0))), then, otherwise));
  }

  @Override
  public Value atLeast(Value a, Value b) {
    Value is = of("GreaterOrEqual", List.of(a, b));
    Attribute type = Attribute.of("to", Graph.Type.FLOAT.number());
    return new Value(operator("Cast", List.of(is.name()), type), is.width(), is.rows());
  }

  @Override
  public Value squareRoot(Value a) {
    return of("Sqrt", List.of(a));
  }

  @Override
  public Value exponential(Value a) {
    return of("Exp", List.of(a));
  }

  @Override
  public Value logarithm(Value a) {
    return of("Log", List.of(a));
  }

  @Override
  public Value sine(Value a) {
    return of("Sin", List.of(a));
  }

  @Override
  public Value cosine(Value a) {
    return of("Cos", List.of(a));
  }

  @Override
  public Value sigmoid(Value a) {
    return of("Sigmoid", List.of(a));
  }

  @Override
  public Value tangent(Value a) {
    return of("Tanh", List.of(a));
  }
}
