// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.ParameterLayout;
import dev.unspool.predict.Instruction;
import dev.unspool.predict.Operation;
import dev.unspool.predict.RecordedStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Makes a program of a step that was {@linkplain ProgramWriter written down as data}. Its values
 * are those of the program that was written; in derivatives the two may differ where a function has
 * a corner.
 */
public final class ProgramReader {
  private final RecordedStep step;
  private final Graph g = new Graph();
  private final ParameterLayout parameters;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Integer> states = new HashMap<>();

  /** How often each instruction is an argument or a result. */
  private final int[] uses;

  private ProgramReader(RecordedStep step) {
    this.step = step;
    var layout = ParameterLayout.builder();
    for (RecordedStep.Shape shape : step.weights()) {
      layout.add(shape.name(), shape.extents().stream().mapToInt(Integer::intValue).toArray());
    }
    this.parameters = layout.build();
    this.uses = new int[step.instructions().size()];
    step.instructions().forEach(each -> each.of().forEach(of -> uses[of]++));
    uses[step.output()]++;
    for (RecordedStep.State state : step.states()) {
      states.put(state.name(), states.size());
      uses[state.leaving()]++;
      if (state.initial() != null) {
        uses[state.initial()]++;
      }
    }
  }

  /**
   * The program.
   *
   * @throws IllegalArgumentException if its parts do not fit
   */
  public static Program read(RecordedStep step) {
    return new ProgramReader(step).program();
  }

  private Program program() {
    for (Instruction instruction : step.instructions()) {
      Node node = node(instruction);
      if (node.width() != instruction.width()) {
        throw new IllegalArgumentException(
            "instruction %s has the width %s, found %s"
                .formatted(nodes.size(), instruction.width(), node.width()));
      }
      nodes.add(node);
    }
    var arrays = new ArrayList<StateArray>();
    for (RecordedStep.State state : step.states()) {
      Integer initial = state.initial();
      arrays.add(
          new StateArray(
              state.name(),
              state(state.name(), state.width()),
              nodes.get(state.leaving()),
              initial == null ? null : nodes.get(initial)));
    }
    return new Program(
        g, input(), step.classes(), arrays, nodes.get(step.output()), parameters, List.of());
  }

  private Node input() {
    return g.node(new Leaf(Leaf.Role.INPUT, "x", 0, step.inputs(), 0));
  }

  private Node state(String name, int width) {
    Integer index = states.get(name);
    if (index == null) {
      throw new IllegalArgumentException("no state '%s'".formatted(name));
    }
    return g.node(new Leaf(Leaf.Role.STATE, name, index, width, 0));
  }

  private Node node(Instruction i) {
    return switch (i.operation()) {
      case INPUT -> input();
      case STATE -> state(name(i), i.width());
      case VECTOR -> g.node(new Leaf(Leaf.Role.VECTOR, name(i), 0, i.width(), 0));
      case CONSTANT -> g.constant(number(i));
      case ADD -> g.add(terms(i));
      case MULTIPLY -> g.multiply(arg(i, 0), arg(i, 1));
      case DIVIDE -> g.divide(arg(i, 0), arg(i, 1));
      case NEGATE -> g.negate(arg(i, 0));
      case ABSOLUTE -> g.apply(Function.ABSOLUTE, arg(i, 0));
      case MINIMUM -> g.apply(Function.MINIMUM, arg(i, 0), arg(i, 1));
      case MAXIMUM -> g.apply(Function.MAXIMUM, arg(i, 0), arg(i, 1));
      case SELECT -> g.apply(Function.SELECT, arg(i, 0), arg(i, 1), arg(i, 2));
      case AT_LEAST -> g.apply(Function.AT_LEAST, arg(i, 0), arg(i, 1));
      case SQUARE_ROOT -> g.apply(Function.SQUARE_ROOT, arg(i, 0));
      case EXPONENTIAL -> g.apply(Function.EXPONENTIAL, arg(i, 0));
      case LOGARITHM -> g.apply(Function.LOGARITHM, arg(i, 0));
      case SINE -> g.apply(Function.SINE, arg(i, 0));
      case COSINE -> g.apply(Function.COSINE, arg(i, 0));
      case SIGMOID -> g.apply(Function.SIGMOID, arg(i, 0));
      case TANGENT -> g.apply(Function.TANH, arg(i, 0));
      case LINEAR -> g.linear(matrix(i), false, arg(i, 0));
      case LINEAR_TRANSPOSED -> g.linear(matrix(i), true, arg(i, 0));
      case LOOK_UP -> g.node(new LookUp(matrix(i)), arg(i, 0));
      case ONE_HOT -> g.node(new OneHot(i.width()), arg(i, 0));
      case SLICE -> g.slice(arg(i, 0), (int) number(i), i.width());
      case JOIN -> g.join(i.of().stream().map(nodes::get).toList());
      case REPEAT -> g.node(new Repeat(i.width() / arg(i, 0).width()), arg(i, 0));
      case SUM -> g.reduce(Reduce.Kind.SUM, i.width(), arg(i, 0));
      case LARGEST -> g.reduce(Reduce.Kind.MAXIMUM, i.width(), arg(i, 0));
    };
  }

  private Node arg(Instruction instruction, int argument) {
    return nodes.get(instruction.of().get(argument));
  }

  /** All terms of a sum, which was written two by two: it is a sum of many that kernels are for. */
  private List<Node> terms(Instruction sum) {
    var terms = new ArrayList<Node>();
    for (int argument : sum.of()) {
      boolean inner =
          step.instructions().get(argument).operation() == Operation.ADD && uses[argument] == 1;
      if (inner && nodes.get(argument).op() instanceof Sum) {
        terms.addAll(nodes.get(argument).args());
      } else {
        terms.add(nodes.get(argument));
      }
    }
    return terms;
  }

  private static String name(Instruction instruction) {
    return Objects.requireNonNull(instruction.name(), "a name is missing");
  }

  private static double number(Instruction instruction) {
    return Objects.requireNonNull(instruction.number(), "a number is missing");
  }

  private Matrix matrix(Instruction instruction) {
    List<Integer> extents = parameters.slice(name(instruction)).shape();
    if (extents.size() != 2) {
      throw new IllegalArgumentException("'%s' is no matrix".formatted(instruction.name()));
    }
    return new Matrix(name(instruction), extents.get(0), extents.get(1));
  }
}
