// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Parameters;
import dev.unspool.program.Language;
import dev.unspool.program.Matrix;
import dev.unspool.program.UniqueNames;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** TorchScript's Python: each operation of a program is one expression of tensors. */
final class ScriptLanguage implements Language<ScriptLanguage.Value> {
  /**
   * A value.
   *
   * @param code a variable, an attribute or a number
   * @param width number of units
   * @param rows whether it has extents before the units
   */
  record Value(String code, int width, boolean rows) {}

  /**
   * An array of the module.
   *
   * @param values row-major
   * @param shape its extents
   * @param trained whether it is a parameter of the model, as it is
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Constant(float[] values, long[] shape, boolean trained) {}

  /** The compiler knows types by their numbers. */
  private static final int FLOAT = ScalarType.Float.value;

  private static final int LONG = ScalarType.Long.value;

  private final Parameters theta;
  private final UniqueNames locals = new UniqueNames();
  private final UniqueNames attributes = new UniqueNames();
  private final Map<String, Constant> constants = new LinkedHashMap<>();
  private final Map<Float, Value> numbers = new HashMap<>();
  private final Map<Matrix, String> matrices = new HashMap<>();

  /** An index as a number for each row, and as it is given. */
  private final Map<String, String> indices = new HashMap<>();

  private final StringBuilder lines = new StringBuilder();
  private String indentation = "    ";
  private String input = "x";
  private boolean inScan;

  ScriptLanguage(Parameters theta) {
    this.theta = theta;
    List.of("self", "torch", "int", "range", "lanes").forEach(locals::fresh);
    List.of("forward", "initial", "training").forEach(attributes::fresh);
  }

  // ----- writing

  /** What has been written, a line each. */
  String lines() {
    return lines.toString();
  }

  Map<String, Constant> constants() {
    return Collections.unmodifiableMap(constants);
  }

  /** A variable of this name, or one that is much like it. */
  String local(String name) {
    return locals.fresh(identifier(name));
  }

  /** Letters, digits and underscores, and no word that Python has for itself. */
  private static String identifier(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9_]", "_");
    boolean taken =
        List.of(
                "and",
                "as",
                "assert",
                "break",
                "class",
                "continue",
                "def",
                "del",
                "elif",
                "else",
                "except",
                "finally",
                "for",
                "from",
                "global",
                "if",
                "import",
                "in",
                "is",
                "lambda",
                "not",
                "or",
                "pass",
                "raise",
                "return",
                "try",
                "while",
                "with",
                "yield",
                "None",
                "True",
                "False",
                "async",
                "await",
                "nonlocal")
            .contains(plain);
    return taken || !plain.matches("[A-Za-z_].*") ? "_" + plain : plain;
  }

  /** Adds a line that gives a value to a variable. */
  String assign(String expression) {
    String name = locals.fresh("t");
    line("%s = %s".formatted(name, expression));
    return name;
  }

  private void line(String text) {
    lines.append(indentation).append(text).append('\n');
  }

  Value rows(String code, int width) {
    return new Value(code, width, true);
  }

  private Value rows(int width, String expression, Object... arguments) {
    return rows(assign(expression.formatted(arguments)), width);
  }

  private Value of(String expression, Value... arguments) {
    int width = 1;
    boolean rows = false;
    Object[] codes = new Object[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      width = Math.max(width, arguments[i].width());
      rows |= arguments[i].rows();
      codes[i] = arguments[i].code();
    }
    return new Value(assign(expression.formatted(codes)), width, rows);
  }

  // ----- input and constants

  /** The input, an argument of the function. */
  Value input(String x, int width, int classes) {
    input = x;
    if (classes == 0) {
      return rows(x, width);
    }
    Value number = rows(1, "%s.unsqueeze(-1).to(%s)", x, FLOAT);
    indices.put(number.code(), x);
    return number;
  }

  @Override
  public Value constant(double value) {
    // An attribute: functions of two tensors take no numbers.
    return numbers.computeIfAbsent(
        (float) value, number -> constant("number", new float[] {number}));
  }

  @Override
  public Value constant(String name, float[] values) {
    boolean trained = theta.layout().slices().stream().anyMatch(slice -> slice.name().equals(name));
    return new Value(
        attribute(name, new Constant(values, new long[] {values.length}, trained)),
        values.length,
        false);
  }

  private String attribute(String name, Constant constant) {
    String unique = attributes.fresh(identifier(name));
    constants.put(unique, constant);
    return "self." + unique;
  }

  String matrix(Matrix matrix) {
    return matrices.computeIfAbsent(
        matrix,
        _ ->
            attribute(
                matrix.name(),
                new Constant(
                    theta.get(matrix.name()), new long[] {matrix.rows(), matrix.columns()}, true)));
  }

  @Override
  public Value rows(Value value) {
    return value.rows()
        ? value
        : inScan
            ? rows(value.width(), "%s.expand(%s.size(1), -1)", value.code(), input)
            : rows(
                value.width(), "%s.expand(%s.size(0), %s.size(1), -1)", value.code(), input, input);
  }

  // ----- arrays

  @Override
  public Value linear(Matrix matrix, boolean transposed, Value x) {
    return transposed
        ? rows(matrix.columns(), "torch.matmul(%s, %s)", x.code(), matrix(matrix))
        : rows(matrix.rows(), "torch.matmul(%s, %s.t())", x.code(), matrix(matrix));
  }

  private String index(Value number) {
    String index = indices.get(number.code());
    return index != null ? index : "%s.squeeze(-1).to(%s)".formatted(number.code(), LONG);
  }

  @Override
  public Value lookUp(Matrix table, Value index) {
    return rows(table.columns(), "torch.embedding(%s, %s)", matrix(table), index(index));
  }

  @Override
  public Value oneHot(int classes, Value index) {
    return rows(classes, "torch.one_hot(%s, %s).to(%s)", index(index), classes, FLOAT);
  }

  @Override
  public Value slice(Value rows, int from, int size) {
    return rows(size, "%s.narrow(-1, %s, %s)", rows.code(), from, size);
  }

  @Override
  public Value join(List<Value> parts) {
    int width = parts.stream().mapToInt(Value::width).sum();
    var all = parts.stream().map(Value::code).toList();
    return rows(width, "torch.cat([%s], -1)", String.join(", ", all));
  }

  @Override
  public Value repeat(Value rows, int times) {
    return rows(rows.width() * times, "%s.repeat_interleave(%s, -1)", rows.code(), times);
  }

  @Override
  public Value sum(Value rows, int groups) {
    return rows(groups, "%s.sum([-1])", grouped(rows, groups));
  }

  @Override
  public Value largest(Value rows, int groups) {
    return rows(groups, "torch.amax(%s, [-1])", grouped(rows, groups));
  }

  private static String grouped(Value rows, int groups) {
    return "%s.unflatten(-1, [%s, %s])".formatted(rows.code(), groups, rows.width() / groups);
  }

  // ----- time

  @Override
  public Value before(Value first, Value rows) {
    return rows(
        rows.width(),
        "torch.cat([%s.unsqueeze(0), %s.narrow(0, 0, %s.size(0) - 1)])",
        first.code(),
        rows.code(),
        rows.code());
  }

  @Override
  public Value newest(Value rows) {
    return rows(rows.width(), "%s[-1]", rows.code());
  }

  @Override
  public List<Value> scan(List<Value> carried, List<Value> rows, Step<Value> step) {
    var states = new ArrayList<Value>();
    for (Value state : carried) {
      states.add(rows(assign(state.code()), state.width()));
    }
    int before = lines.length();
    String outer = indentation;
    indentation = outer + "    ";
    inScan = true;
    String number = locals.fresh("i");
    var given = rows.stream().map(v -> rows(v.width(), "%s[%s]", v.code(), number)).toList();
    var left = step.write(states, given).stream().map(this::rows).toList();
    int count = states.size();
    var lists = new ArrayList<String>();
    for (Value value : left.subList(count, left.size())) {
      String list = locals.fresh("all");
      line("%s.append(%s)".formatted(list, value.code()));
      lists.add(list);
    }
    // All at once: what one state becomes may be what another one was.
    var next = left.subList(0, count).stream().map(value -> assign(value.code())).toList();
    for (int i = 0; i < count; i++) {
      line("%s = %s".formatted(states.get(i).code(), next.get(i)));
    }
    inScan = false;
    indentation = outer;
    var head = new StringBuilder();
    lists.forEach(list -> head.append(outer).append(list).append(" = []\n"));
    head.append("%sfor %s in range(%s.size(0)):\n".formatted(outer, number, input));
    lines.insert(before, head);
    var results = new ArrayList<>(states);
    for (int i = 0; i < lists.size(); i++) {
      results.add(rows(left.get(count + i).width(), "torch.stack(%s)", lists.get(i)));
    }
    return results;
  }

  @Override
  public List<Recurrence<Value>> recurrences() {
    return RecurrentFunction.in(this);
  }

  // ----- arithmetic

  @Override
  public Value add(Value a, Value b) {
    return of("%s + %s", a, b);
  }

  @Override
  public Value multiply(Value a, Value b) {
    return of("%s * %s", a, b);
  }

  @Override
  public Value divide(Value a, Value b) {
    return of("%s / %s", a, b);
  }

  @Override
  public Value negate(Value a) {
    return of("-%s", a);
  }

  @Override
  public Value absolute(Value a) {
    return of("torch.abs(%s)", a);
  }

  @Override
  public Value minimum(Value a, Value b) {
    return of("torch.minimum(%s, %s)", a, b);
  }

  @Override
  public Value maximum(Value a, Value b) {
    return of("torch.maximum(%s, %s)", a, b);
  }

  @Override
  public Value select(Value condition, Value then, Value otherwise) {
    return of("torch.where(%s > 0, %s, %s)", condition, then, otherwise);
  }

  @Override
  public Value atLeast(Value a, Value b) {
    return of("(%s >= %s).to(" + FLOAT + ")", a, b);
  }

  @Override
  public Value squareRoot(Value a) {
    return of("torch.sqrt(%s)", a);
  }

  @Override
  public Value exponential(Value a) {
    return of("torch.exp(%s)", a);
  }

  @Override
  public Value logarithm(Value a) {
    return of("torch.log(%s)", a);
  }

  @Override
  public Value sine(Value a) {
    return of("torch.sin(%s)", a);
  }

  @Override
  public Value cosine(Value a) {
    return of("torch.cos(%s)", a);
  }

  @Override
  public Value sigmoid(Value a) {
    return of("torch.sigmoid(%s)", a);
  }

  @Override
  public Value tangent(Value a) {
    return of("torch.tanh(%s)", a);
  }
}
