// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.predict.Instruction;
import dev.unspool.predict.Operation;
import dev.unspool.predict.RecordedStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes one step of a program down as data, for whoever runs it without this library. Each {@link
 * Op} says itself, as it does to the exports; a value is the number of its instruction. Dropout is
 * left out, and weights go by their names.
 */
public final class ProgramWriter implements Language<Integer> {
  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<Instruction, Integer> known = new HashMap<>();

  private ProgramWriter() {}

  /** One step of a program. */
  public static RecordedStep write(Program recorded) {
    return new ProgramWriter().step(recorded.withoutDropout());
  }

  private RecordedStep step(Program program) {
    var roots = new ArrayList<>(program.results());
    for (StateArray state : program.states()) {
      if (state.initial() != null) {
        roots.add(state.initial());
      }
    }
    Map<Node, Integer> numbers = new HashMap<>();
    for (Node node : Graph.closure(roots, _ -> false)) {
      List<Integer> arguments = node.args().stream().map(numbers::get).toList();
      numbers.put(
          node,
          node.op() instanceof Leaf leaf && !node.isConstant()
              ? leaf(leaf)
              : node.op().translate(this, arguments));
    }
    var states = new ArrayList<RecordedStep.State>();
    for (StateArray state : program.states()) {
      states.add(
          new RecordedStep.State(
              state.name(),
              state.width(),
              number(numbers, state.leaving()),
              state.initial() == null ? null : number(numbers, state.initial())));
    }
    return new RecordedStep(
        program.input().width(),
        program.classes(),
        states,
        program.parameters().slices().stream()
            .map(slice -> new RecordedStep.Shape(slice.name(), slice.shape()))
            .toList(),
        instructions,
        number(numbers, program.output()));
  }

  private static int number(Map<Node, Integer> numbers, Node node) {
    Integer number = numbers.get(node);
    if (number == null) {
      throw new IllegalStateException("not written before it is needed: " + node);
    }
    return number;
  }

  private int leaf(Leaf leaf) {
    return switch (leaf.role()) {
      case INPUT -> add(Operation.INPUT, leaf.width(), null, null);
      case STATE -> add(Operation.STATE, leaf.width(), leaf.name(), null);
      case VECTOR -> add(Operation.VECTOR, leaf.width(), leaf.name(), null);
      case CONSTANT, MASK, OUTPUT_ADJOINT, STATE_ADJOINT, INITIAL_ADJOINT ->
          throw new IllegalStateException("nothing that a step is given: " + leaf);
    };
  }

  private int add(
      Operation operation, int width, @Nullable String name, @Nullable Double number, int... of) {
    var instruction =
        new Instruction(operation, Arrays.stream(of).boxed().toList(), width, name, number);
    return known.computeIfAbsent(
        instruction,
        one -> {
          instructions.add(one);
          return instructions.size() - 1;
        });
  }

  private int width(int value) {
    return instructions.get(value).width();
  }

  /** An operation on each unit of some values. */
  private int units(Operation operation, int... of) {
    int width = Arrays.stream(of).map(this::width).max().orElse(1);
    return add(operation, width, null, null, of);
  }

  // ----- arithmetic

  @Override
  public Integer constant(double value) {
    return add(Operation.CONSTANT, 1, null, value);
  }

  @Override
  public Integer add(Integer a, Integer b) {
    return units(Operation.ADD, a, b);
  }

  @Override
  public Integer multiply(Integer a, Integer b) {
    return units(Operation.MULTIPLY, a, b);
  }

  @Override
  public Integer divide(Integer a, Integer b) {
    return units(Operation.DIVIDE, a, b);
  }

  @Override
  public Integer negate(Integer a) {
    return units(Operation.NEGATE, a);
  }

  @Override
  public Integer absolute(Integer a) {
    return units(Operation.ABSOLUTE, a);
  }

  @Override
  public Integer minimum(Integer a, Integer b) {
    return units(Operation.MINIMUM, a, b);
  }

  @Override
  public Integer maximum(Integer a, Integer b) {
    return units(Operation.MAXIMUM, a, b);
  }

  @Override
  public Integer select(Integer condition, Integer then, Integer otherwise) {
    return units(Operation.SELECT, condition, then, otherwise);
  }

  @Override
  public Integer atLeast(Integer a, Integer b) {
    return units(Operation.AT_LEAST, a, b);
  }

  @Override
  public Integer squareRoot(Integer a) {
    return units(Operation.SQUARE_ROOT, a);
  }

  @Override
  public Integer exponential(Integer a) {
    return units(Operation.EXPONENTIAL, a);
  }

  @Override
  public Integer logarithm(Integer a) {
    return units(Operation.LOGARITHM, a);
  }

  @Override
  public Integer sine(Integer a) {
    return units(Operation.SINE, a);
  }

  @Override
  public Integer cosine(Integer a) {
    return units(Operation.COSINE, a);
  }

  @Override
  public Integer sigmoid(Integer a) {
    return units(Operation.SIGMOID, a);
  }

  @Override
  public Integer tangent(Integer a) {
    return units(Operation.TANGENT, a);
  }

  // ----- arrays

  @Override
  public Integer linear(Matrix matrix, boolean transposed, Integer x) {
    return transposed
        ? add(Operation.LINEAR_TRANSPOSED, matrix.columns(), matrix.name(), null, x)
        : add(Operation.LINEAR, matrix.rows(), matrix.name(), null, x);
  }

  @Override
  public Integer lookUp(Matrix table, Integer index) {
    return add(Operation.LOOK_UP, table.columns(), table.name(), null, index);
  }

  @Override
  public Integer oneHot(int classes, Integer index) {
    return add(Operation.ONE_HOT, classes, null, null, index);
  }

  @Override
  public Integer slice(Integer rows, int from, int size) {
    return add(Operation.SLICE, size, null, (double) from, rows);
  }

  @Override
  public Integer join(List<Integer> parts) {
    int width = parts.stream().mapToInt(this::width).sum();
    return add(
        Operation.JOIN, width, null, null, parts.stream().mapToInt(Integer::intValue).toArray());
  }

  @Override
  public Integer repeat(Integer rows, int times) {
    return add(Operation.REPEAT, Math.multiplyExact(width(rows), times), null, null, rows);
  }

  @Override
  public Integer sum(Integer rows, int groups) {
    return add(Operation.SUM, groups, null, null, rows);
  }

  @Override
  public Integer largest(Integer rows, int groups) {
    return add(Operation.LARGEST, groups, null, null, rows);
  }

  @Override
  public Integer rows(Integer value) {
    return value; // there is one row
  }

  // ----- time, and what weights make: a step knows neither

  @Override
  public Integer constant(String name, float[] values) {
    throw new IllegalStateException("weights go by their names: " + name);
  }

  @Override
  public Integer before(Integer first, Integer rows) {
    throw new IllegalStateException("nothing is before a single step");
  }

  @Override
  public Integer newest(Integer rows) {
    throw new IllegalStateException("a single step is the newest");
  }

  @Override
  public List<Integer> scan(List<Integer> carried, List<Integer> rows, Step<Integer> step) {
    throw new IllegalStateException("a single step is no loop");
  }
}
