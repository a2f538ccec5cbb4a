// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import dev.unspool.model.Parameters;
import dev.unspool.program.Language;
import dev.unspool.program.Matrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** TorchScript's Python: each operation of a program is one expression of tensors. */
final class ScriptLanguage implements Language<ScriptValue>, ScriptArithmetic {
  private final ScriptSource source;
  private final Parameters theta;
  private final Map<Float, ScriptValue> numbers = new HashMap<>();
  private final Map<Matrix, String> matrices = new HashMap<>();

  /** An index as a number for each row, and as it is given. */
  private final Map<String, String> indices = new HashMap<>();

  private String input = "x";
  private boolean inScan;

  ScriptLanguage(ScriptSource source, Parameters theta) {
    this.source = source;
    this.theta = theta;
  }

  ScriptValue rows(String code, int width) {
    return new ScriptValue(code, width, true);
  }

  private ScriptValue rows(int width, String expression, Object... arguments) {
    return rows(source.assign(expression.formatted(arguments)), width);
  }

  @Override
  public ScriptValue of(String expression, ScriptValue... arguments) {
    int width = 1;
    boolean rows = false;
    Object[] codes = new Object[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      width = Math.max(width, arguments[i].width());
      rows |= arguments[i].rows();
      codes[i] = arguments[i].code();
    }
    return new ScriptValue(source.assign(expression.formatted(codes)), width, rows);
  }

  // ----- input and constants

  /** The input, an argument of the function. */
  ScriptValue input(String x, int width, int classes) {
    input = x;
    if (classes == 0) {
      return rows(x, width);
    }
    ScriptValue number = rows(1, "%s.unsqueeze(-1).to(%s)", x, ScriptSource.FLOAT);
    indices.put(number.code(), x);
    return number;
  }

  @Override
  public ScriptValue constant(double value) {
    // An attribute: functions of two tensors take no numbers.
    return numbers.computeIfAbsent(
        (float) value, number -> constant("number", new float[] {number}));
  }

  @Override
  public ScriptValue constant(String name, float[] values) {
    boolean trained = theta.layout().slices().stream().anyMatch(slice -> slice.name().equals(name));
    var array = new ScriptSource.Constant(values, new long[] {values.length}, trained);
    return new ScriptValue(source.attribute(name, array), values.length, false);
  }

  String matrix(Matrix matrix) {
    return matrices.computeIfAbsent(
        matrix,
        _ ->
            source.attribute(
                matrix.name(),
                new ScriptSource.Constant(
                    theta.get(matrix.name()), new long[] {matrix.rows(), matrix.columns()}, true)));
  }

  @Override
  public ScriptValue rows(ScriptValue value) {
    return value.rows()
        ? value
        : inScan
            ? rows(value.width(), "%s.expand(%s.size(1), -1)", value.code(), input)
            : rows(
                value.width(), "%s.expand(%s.size(0), %s.size(1), -1)", value.code(), input, input);
  }

  // ----- arrays

  @Override
  public ScriptValue linear(Matrix matrix, boolean transposed, ScriptValue x) {
    return transposed
        ? rows(matrix.columns(), "torch.matmul(%s, %s)", x.code(), matrix(matrix))
        : rows(matrix.rows(), "torch.matmul(%s, %s.t())", x.code(), matrix(matrix));
  }

  private String index(ScriptValue number) {
    String index = indices.get(number.code());
    return index != null
        ? index
        : "%s.squeeze(-1).to(%s)".formatted(number.code(), ScriptSource.LONG);
  }

  @Override
  public ScriptValue lookUp(Matrix table, ScriptValue index) {
    return rows(table.columns(), "torch.embedding(%s, %s)", matrix(table), index(index));
  }

  @Override
  public ScriptValue oneHot(int classes, ScriptValue index) {
    return rows(classes, "torch.one_hot(%s, %s).to(%s)", index(index), classes, ScriptSource.FLOAT);
  }

  @Override
  public ScriptValue slice(ScriptValue rows, int from, int size) {
    return rows(size, "%s.narrow(-1, %s, %s)", rows.code(), from, size);
  }

  @Override
  public ScriptValue join(List<ScriptValue> parts) {
    int width = parts.stream().mapToInt(ScriptValue::width).sum();
    var all = parts.stream().map(ScriptValue::code).toList();
    return rows(width, "torch.cat([%s], -1)", String.join(", ", all));
  }

  @Override
  public ScriptValue repeat(ScriptValue rows, int times) {
    return rows(rows.width() * times, "%s.repeat_interleave(%s, -1)", rows.code(), times);
  }

  @Override
  public ScriptValue sum(ScriptValue rows, int groups) {
    return rows(groups, "%s.sum([-1])", grouped(rows, groups));
  }

  @Override
  public ScriptValue largest(ScriptValue rows, int groups) {
    return rows(groups, "torch.amax(%s, [-1])", grouped(rows, groups));
  }

  private static String grouped(ScriptValue rows, int groups) {
    return "%s.unflatten(-1, [%s, %s])".formatted(rows.code(), groups, rows.width() / groups);
  }

  // ----- time

  @Override
  public ScriptValue before(ScriptValue first, ScriptValue rows) {
    return rows(
        rows.width(),
        "torch.cat([%s.unsqueeze(0), %s.narrow(0, 0, %s.size(0) - 1)])",
        first.code(),
        rows.code(),
        rows.code());
  }

  @Override
  public ScriptValue newest(ScriptValue rows) {
    return rows(rows.width(), "%s[-1]", rows.code());
  }

  @Override
  public List<ScriptValue> scan(
      List<ScriptValue> carried, List<ScriptValue> rows, Step<ScriptValue> step) {
    var states = new ArrayList<ScriptValue>();
    for (ScriptValue state : carried) {
      states.add(rows(source.assign(state.code()), state.width()));
    }
    String number = source.local("i");
    var lists = new LinkedHashMap<String, Integer>();
    inScan = true;
    source.block(
        () -> oneStep(states, rows, number, step, lists),
        () -> {
          lists.keySet().forEach(list -> source.line(list + " = []"));
          source.line("for %s in range(%s.size(0)):".formatted(number, input));
        });
    inScan = false;
    var results = new ArrayList<>(states);
    lists.forEach((list, width) -> results.add(rows(width, "torch.stack(%s)", list)));
    return results;
  }

  /**
   * The body of a loop.
   *
   * @param lists gets the names of lists to which the step appends what it yields, and how wide it
   *     is
   */
  private void oneStep(
      List<ScriptValue> states,
      List<ScriptValue> rows,
      String number,
      Step<ScriptValue> step,
      Map<String, Integer> lists) {
    var given = rows.stream().map(v -> rows(v.width(), "%s[%s]", v.code(), number)).toList();
    var left = step.write(states, given).stream().map(this::rows).toList();
    int count = states.size();
    for (ScriptValue value : left.subList(count, left.size())) {
      String list = source.local("all");
      source.line("%s.append(%s)".formatted(list, value.code()));
      lists.put(list, value.width());
    }
    // All at once: what one state becomes may be what another one was.
    var next = left.subList(0, count).stream().map(value -> source.assign(value.code())).toList();
    for (int i = 0; i < count; i++) {
      source.line("%s = %s".formatted(states.get(i).code(), next.get(i)));
    }
  }

  @Override
  public List<Recurrence<ScriptValue>> recurrences() {
    return RecurrentFunction.in(source, this);
  }
}
