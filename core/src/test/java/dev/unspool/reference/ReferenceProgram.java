// SPDX-License-Identifier: Apache-2.0
package dev.unspool.reference;

import dev.unspool.model.Model;
import dev.unspool.program.Apply;
import dev.unspool.program.Copy;
import dev.unspool.program.Detach;
import dev.unspool.program.Function;
import dev.unspool.program.Join;
import dev.unspool.program.Leaf;
import dev.unspool.program.Linear;
import dev.unspool.program.LookUp;
import dev.unspool.program.Matrix;
import dev.unspool.program.OneHot;
import dev.unspool.program.Program;
import dev.unspool.program.Reduce;
import dev.unspool.program.Repeat;
import dev.unspool.program.Slice;
import dev.unspool.program.StateArray;
import dev.unspool.program.Sum;
import dev.unspool.reference.Graph.Node;
import dev.unspool.step.StepProgram;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One step of one lane of a recorded program, node by node as its author wrote them. The program's
 * own derivatives, schedules and loops play no part.
 */
final class ReferenceProgram implements ReferenceStep {
  private final StepProgram model;
  private final Program program;
  private final List<dev.unspool.program.Node> written;
  private final List<dev.unspool.program.Node> initials;

  ReferenceProgram(StepProgram model) {
    this.model = model;
    this.program = Program.of(model.recording());
    this.written = closure(program.results());
    var initials = new ArrayList<dev.unspool.program.Node>();
    for (StateArray array : program.states()) {
      if (array.initial() != null) {
        initials.add(array.initial());
      }
    }
    this.initials = closure(initials);
  }

  private static List<dev.unspool.program.Node> closure(
      Collection<dev.unspool.program.Node> roots) {
    return dev.unspool.program.Graph.closure(roots, _ -> false);
  }

  @Override
  public Model model() {
    return model;
  }

  @Override
  public Node[][] initial(Graph graph, Node[] theta) {
    var run = new Run(graph, theta, new Node[0], new Node[0][], null);
    initials.forEach(run::evaluate);
    var states = program.states();
    Node[][] state = new Node[states.size()][];
    for (int a = 0; a < state.length; a++) {
      var initial = states.get(a).initial();
      Node[] values = initial == null ? null : run.of(initial);
      state[a] = new Node[states.get(a).width()];
      for (int j = 0; j < state[a].length; j++) {
        state[a][j] =
            values == null ? graph.leaf(0) : graph.same(values[values.length == 1 ? 0 : j]);
      }
    }
    return state;
  }

  @Override
  public Result step(
      Graph graph, Node[] theta, Node[] input, Node[][] entering, double @Nullable [][] masks) {
    var run = new Run(graph, theta, input, entering, masks);
    written.forEach(run::evaluate);
    var states = program.states();
    Node[][] leaving = new Node[states.size()][];
    for (int a = 0; a < leaving.length; a++) {
      leaving[a] = spread(run.of(states.get(a).leaving()), states.get(a).width());
    }
    return new Result(leaving, run.of(program.output()));
  }

  private static Node[] spread(Node[] values, int width) {
    Node[] result = new Node[width];
    Arrays.setAll(result, j -> values[values.length == 1 ? 0 : j]);
    return result;
  }

  /** One evaluation. */
  private final class Run {
    private final Graph graph;
    private final Node[] theta;
    private final Node[] input;
    private final Node[][] entering;
    private final double @Nullable [][] masks;
    private final Map<dev.unspool.program.Node, Node[]> values = new HashMap<>();

    Run(Graph graph, Node[] theta, Node[] input, Node[][] entering, double @Nullable [][] masks) {
      this.graph = graph;
      this.theta = theta;
      this.input = input;
      this.entering = entering;
      this.masks = masks;
    }

    Node[] of(dev.unspool.program.Node node) {
      return Objects.requireNonNull(values.get(node));
    }

    void evaluate(dev.unspool.program.Node node) {
      Node[][] args = node.args().stream().map(this::of).toArray(Node[][]::new);
      values.put(node, value(node, args));
    }

    private Node[] value(dev.unspool.program.Node node, Node[][] args) {
      Node[] y = new Node[node.width()];
      switch (node.op()) {
        case Leaf leaf -> Arrays.setAll(y, j -> leaf(leaf, j));
        case Apply(Function function) -> Arrays.setAll(y, j -> apply(function, units(args, j)));
        case Sum _ -> Arrays.setAll(y, j -> fold(graph::add, units(args, j)));
        case Reduce(Reduce.Kind kind, int groups) -> {
          int size = args[0].length / groups;
          Arrays.setAll(
              y,
              j -> {
                Node[] group = Arrays.copyOfRange(args[0], j * size, (j + 1) * size);
                return kind == Reduce.Kind.SUM ? fold(graph::add, group) : graph.largest(group);
              });
        }
        case Repeat(int times) -> Arrays.setAll(y, j -> args[0][j / times]);
        case Slice(int from, int _) -> Arrays.setAll(y, j -> args[0][from + j]);
        case Join _ -> y = join(node, args);
        case Copy _ -> Arrays.setAll(y, j -> graph.same(args[0][j]));
        case Detach _ -> Arrays.setAll(y, j -> graph.detach(args[0][j]));
        case Linear(Matrix matrix, boolean transposed) ->
            Arrays.setAll(y, j -> product(matrix, transposed, j, args[0]));
        case LookUp(Matrix table) -> {
          int row = (int) args[0][0].value();
          Arrays.setAll(y, j -> graph.same(weight(table, row, j)));
        }
        case OneHot _ -> {
          int index = (int) args[0][0].value();
          Arrays.setAll(y, j -> graph.leaf(j == index ? 1 : 0));
        }
        default -> throw new IllegalArgumentException("nobody writes this: " + node);
      }
      return y;
    }

    /** What is joined to something of a step belongs to this step. */
    private Node[] join(dev.unspool.program.Node node, Node[][] args) {
      var units = new ArrayList<Node>();
      for (int i = 0; i < args.length; i++) {
        boolean taken = node.perRow() && !node.arg(i).perRow();
        for (Node unit : args[i]) {
          units.add(taken ? graph.same(unit) : unit);
        }
      }
      return units.toArray(Node[]::new);
    }

    private Node leaf(Leaf leaf, int unit) {
      return switch (leaf.role()) {
        case CONSTANT -> graph.constant(leaf.number());
        case INPUT -> input[unit];
        case STATE -> entering[leaf.index()][unit];
        case VECTOR -> theta[program.parameters().slice(leaf.name()).offset() + unit];
        case MASK -> graph.leaf(masks == null ? 1 : masks[leaf.index()][unit]);
        case OUTPUT_ADJOINT, STATE_ADJOINT, INITIAL_ADJOINT ->
            throw new IllegalArgumentException("nobody writes this: " + leaf);
      };
    }

    private Node weight(Matrix matrix, int row, int column) {
      int offset = program.parameters().slice(matrix.name()).offset();
      return theta[offset + row * matrix.columns() + column];
    }

    private Node product(Matrix matrix, boolean transposed, int unit, Node[] x) {
      Node sum = graph.leaf(0);
      for (int i = 0; i < x.length; i++) {
        Node w = transposed ? weight(matrix, i, unit) : weight(matrix, unit, i);
        sum = graph.add(sum, graph.multiply(w, x[i]));
      }
      return sum;
    }

    private static Node[] units(Node[][] args, int unit) {
      return Arrays.stream(args).map(arg -> arg[arg.length == 1 ? 0 : unit]).toArray(Node[]::new);
    }

    private static Node fold(BinaryOperator<Node> add, Node[] terms) {
      return Arrays.stream(terms).reduce(add).orElseThrow();
    }

    private Node apply(Function function, Node[] a) {
      return switch (function) {
        case NEGATE -> graph.scale(-1, a[0]);
        case MULTIPLY -> graph.multiply(a[0], a[1]);
        case DIVIDE -> graph.divide(a[0], a[1]);
        case MINIMUM -> graph.minimum(a[0], a[1]);
        case MAXIMUM -> graph.maximum(a[0], a[1]);
        case AT_LEAST -> graph.leaf(a[0].value() >= a[1].value() ? 1 : 0);
        case SELECT -> graph.select(a[0], a[1], a[2]);
        case ABSOLUTE -> graph.absolute(a[0]);
        case RECTIFIER -> graph.rectify(a[0]);
        case SQUARE_ROOT -> graph.squareRoot(a[0]);
        case EXPONENTIAL -> graph.exponential(a[0]);
        case LOGARITHM -> graph.logarithm(a[0]);
        case SINE -> graph.sine(a[0]);
        case COSINE -> graph.cosine(a[0]);
        case SIGMOID -> graph.sigmoid(a[0]);
        case TANH -> graph.tanh(a[0]);
      };
    }
  }
}
