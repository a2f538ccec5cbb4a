// SPDX-License-Identifier: Apache-2.0
package dev.unspool.step;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.StateLayout;
import dev.unspool.program.Graph;
import dev.unspool.program.Leaf;
import dev.unspool.program.LookUp;
import dev.unspool.program.Mask;
import dev.unspool.program.Matrix;
import dev.unspool.program.Node;
import dev.unspool.program.OneHot;
import dev.unspool.program.Program;
import dev.unspool.program.StateArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where a step is written down: declares its state and its parameters and connects {@link Signal}s.
 * A step is recorded once, from start to end, by {@link StepProgram#of}.
 */
public final class Step {
  /** An array of the state, as far as it has been written. */
  private static final class Carried {
    final String name;
    final Node entering;
    final @Nullable Node initial;
    @Nullable Node leaving;

    Carried(String name, Node entering, @Nullable Node initial) {
      this.name = name;
      this.entering = entering;
      this.initial = initial;
    }
  }

  private final Graph graph = new Graph(Origin::find);
  private final ParameterLayout.Builder layout = ParameterLayout.builder();
  private final Map<String, Declaration> declarations = new LinkedHashMap<>();

  /** Learned initial states, by name: they stand in θ behind the layers that they belong to. */
  private final Map<String, Integer> initialStates = new LinkedHashMap<>();

  private final Map<String, Carried> states = new LinkedHashMap<>();
  private final Map<Node, Carried> stateOf = new HashMap<>();
  private final Map<Node, Signal> delayed = new HashMap<>();
  private final List<Mask> masks = new ArrayList<>();
  private final Node input;
  private final int classes;
  private Names names = Names.PLAIN;
  private Initialiser initialiser = Initialiser.uniform(0.1);
  private int unitsOfGate;
  private List<String> gates = List.of();
  private boolean learnedInitialStates;

  /** The part that is being written whose states carry something else than their next values. */
  private @Nullable Carrying carrying;

  /** The part that is being written in which matrices see states otherwise. */
  private @Nullable Seeing seeing;

  /**
   * An empty step.
   *
   * @param features width of the input
   * @param classes if the input is one index, the number of classes, else 0
   */
  Step(int features, int classes) {
    this.input = graph.node(new Leaf(Leaf.Role.INPUT, "x", 0, features, 0));
    this.classes = classes;
  }

  Graph graph() {
    return graph;
  }

  /** What the model is given at each step: numbers, or one index. */
  public Signal input() {
    return new Signal(this, input);
  }

  // ----- names and initial values

  /**
   * Writes a part of the step in which names belong to a layer: states are {@code layer<l>.name},
   * parameters {@code name_l<l>}, as in PyTorch.
   *
   * @param layer counted from 0
   */
  public Signal layer(int layer, Supplier<Signal> part) {
    if (layer < 0) {
      throw refused("layer %s: layers count from 0".formatted(layer));
    }
    return named(names.layer(layer), part);
  }

  /** Writes a part of the step in which every name begins with {@code prefix} and a dot. */
  public Signal within(String prefix, Supplier<Signal> part) {
    return named(names.within(prefix), part);
  }

  /**
   * Writes a part of the step in which states carry something else than their next value: what
   * {@code rule} makes of a state and its next value. The equations see the next value; what the
   * part yields is computed of what is carried.
   */
  public Signal carrying(BinaryOperator<Signal> rule, Supplier<Signal> part) {
    Carrying outer = carrying;
    var inner = new Carrying(rule, outer);
    carrying = inner;
    try {
      Signal yielded = part.get();
      return signal(() -> inner.ofCarried(graph, own(yielded)));
    } finally {
      carrying = outer;
    }
  }

  /**
   * Writes a part of the step in which matrices see its states otherwise: wherever a state that is
   * declared in it, or a part of one, is multiplied by a matrix, it is {@code through} of it that
   * is.
   *
   * @throws IllegalArgumentException if no state meets a matrix
   */
  public Signal seeing(UnaryOperator<Signal> through, Supplier<Signal> part) {
    if (seeing != null) {
      throw refused("states that are seen otherwise in a part where they already are");
    }
    var inner = new Seeing(this, through, states.size());
    seeing = inner;
    try {
      Signal yielded = part.get();
      if (inner.isUnused()) {
        throw refused(
            "no state that is declared in this part is multiplied by a matrix; recurrent dropout is for cells that do so, such as lstm and gru");
      }
      return yielded;
    } finally {
      seeing = null;
    }
  }

  /** What a matrix sees of a value. */
  Node seen(Node value) {
    return seeing == null ? value : seeing.seen(value);
  }

  private Signal named(Names inner, Supplier<Signal> part) {
    Names outer = names;
    Initialiser before = initialiser;
    int unitsBefore = unitsOfGate;
    List<String> gatesBefore = gates;
    names = inner;
    try {
      return part.get();
    } finally {
      names = outer;
      initialiser = before;
      unitsOfGate = unitsBefore;
      gates = gatesBefore;
    }
  }

  /** Says where the parameters begin that are declared from here on, to the end of this part. */
  public void initialise(Initialiser values) {
    initialiser = values;
  }

  /**
   * Says that parameters of {@code units} rows for each of these gates, which are declared from
   * here on, to the end of this part, consist of one block a gate, in this order. What is drawn at
   * random can then be drawn for each gate, and the bias of a gate called {@code forget} be chosen.
   */
  public void gates(int units, String... inOrder) {
    unitsOfGate = units;
    gates = List.of(inOrder);
  }

  // ----- parameters

  /** Declares a matrix. */
  public Weights matrix(String name, int rows, int columns) {
    String full = names.parameter(name);
    declare(full, rows, columns);
    return new Weights(this, new Matrix(full, rows, columns));
  }

  /** Declares a vector: the same for every lane and step. */
  public Signal vector(String name, int size) {
    String full = names.parameter(name);
    declare(full, size);
    return signal(() -> vectorNode(full, size));
  }

  private Node vectorNode(String name, int size) {
    return graph.node(new Leaf(Leaf.Role.VECTOR, name, 0, size, 0));
  }

  private void declare(String name, int... shape) {
    if (names.equals(Names.PLAIN)) {
      declareInitialStates();
    }
    add(name, initialiser, shape);
  }

  private void declareInitialStates() {
    initialStates.forEach((name, width) -> add(name, Initialiser.constant(0), width));
    initialStates.clear();
  }

  private void add(String name, Initialiser values, int... shape) {
    try {
      layout.add(name, shape);
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
    boolean ofGates = shape[0] == (long) unitsOfGate * gates.size();
    declarations.put(name, new Declaration(values, ofGates ? gates : List.of()));
  }

  /** W·x with a matrix of {@code outputs} rows. */
  public Signal linear(String weight, Signal x, int outputs) {
    return x.times(matrix(weight, outputs, x.width()));
  }

  /** W·x + b with a matrix of {@code outputs} rows and a vector. */
  public Signal linear(String weight, String bias, Signal x, int outputs) {
    return linear(weight, x, outputs).plus(vector(bias, outputs));
  }

  /**
   * The row of a table that an index names. Where the index is no input, but computed or one of
   * several numbers, its fraction is cut off, and a step that comes to a row that is not there is
   * refused when it is computed; its tape is of no further use then.
   *
   * @throws IllegalArgumentException if the input is an index and the table has no row for some
   */
  public Signal lookUp(Weights table, Signal index) {
    return signal(
        () -> {
          Matrix rows = own(table);
          requireClasses(own(index), rows.rows(), rows.toString());
          return graph.node(new LookUp(rows), own(index));
        });
  }

  /**
   * Zeros, and a 1 where an index says.
   *
   * @param count how many; see {@link #lookUp} for which indices there may be
   */
  public Signal oneHot(Signal index, int count) {
    return signal(
        () -> {
          requireClasses(own(index), count, "one-hot" + count);
          return graph.node(new OneHot(count), own(index));
        });
  }

  /** Refuses something with fewer rows than the input has classes. */
  private void requireClasses(Node index, int rows, String of) {
    if (index == input && classes > rows) {
      throw new IllegalArgumentException(
          "%s has %s rows, and the input is an index of %s classes; give it as many"
              .formatted(of, rows, classes));
    }
  }

  // ----- signals

  /** A number. */
  public Signal constant(double number) {
    return signal(() -> graph.constant(number));
  }

  /** Some signals side by side. */
  public Signal join(Signal... parts) {
    if (parts.length == 0) {
      throw refused("a join of no signals");
    }
    return signal(() -> graph.join(Arrays.stream(parts).map(this::own).toList()));
  }

  // ----- state

  /**
   * Whether states that are declared from here on without an initial value begin as parameters,
   * {@code initial.<name>}, instead of zeros.
   */
  public void learnInitialStates(boolean learned) {
    learnedInitialStates = learned;
  }

  /** Declares an array of the state that begins as zeros, and yields its value before the step. */
  public Signal state(String name, int width) {
    if (!learnedInitialStates) {
      return declareState(name, width, null);
    }
    String initial = StateLayout.initial(names.state(name));
    initialStates.put(initial, width);
    return declareState(name, width, vectorNode(initial, width));
  }

  /**
   * Declares an array of the state.
   *
   * @param initial its value where a sequence begins: a vector of parameters, a number, or what is
   *     computed from these
   */
  public Signal state(String name, int width, Signal initial) {
    Node node = own(initial);
    if (node.perRow()) {
      throw refused(
          "state '%s' begins as %s; an initial value depends on parameters alone"
              .formatted(names.state(name), node.described()));
    }
    if (node.width() != width && node.width() != 1) {
      throw refused(
          "state '%s' has a width of %s and begins as %s"
              .formatted(names.state(name), width, node.described()));
    }
    return declareState(name, width, node.width() == width ? node : graph.repeat(node, width));
  }

  private Signal declareState(String name, int width, @Nullable Node initial) {
    String full = names.state(name);
    if (width < 1) {
      throw refused("state '%s' has a width of %s; at least 1".formatted(full, width));
    }
    if (states.containsKey(full)) {
      throw refused("state '%s' is there already".formatted(full));
    }
    Node entering = graph.node(new Leaf(Leaf.Role.STATE, full, states.size(), width, 0));
    var carried = new Carried(full, entering, initial);
    states.put(full, carried);
    stateOf.put(entering, carried);
    return new Signal(this, entering);
  }

  /**
   * Says what a state is after the step.
   *
   * @param state as {@link #state} yielded it
   * @return {@code value}
   */
  public Signal next(Signal state, Signal value) {
    Carried carried = stateOf.get(own(state));
    Node node = own(value);
    if (carried == null) {
      throw refused("%s is not a state; next takes what state(…) yielded".formatted(node(state)));
    }
    if (carried.leaving != null) {
      throw refused("state '%s' has a next value already".formatted(carried.name));
    }
    if (node.width() != carried.entering.width()) {
      throw refused(
          "state '%s' has a width of %s, its next value is %s"
              .formatted(carried.name, carried.entering.width(), node.described()));
    }
    carried.leaving = carrying == null ? node : carrying.carried(this, state, value);
    return value;
  }

  /**
   * The same, whatever {@link #carrying} says: for a state that is no value by itself, such as one
   * of a number and its scale.
   */
  public Signal nextAsIs(Signal state, Signal value) {
    Carrying outer = carrying;
    carrying = null;
    try {
      return next(state, value);
    } finally {
      carrying = outer;
    }
  }

  private static String node(Signal signal) {
    return signal.node.described();
  }

  /** The value of the step before. */
  Signal before(Signal signal) {
    Signal known = delayed.get(signal.node);
    if (known != null) {
      return known;
    }
    Names outer = names;
    names = Names.PLAIN;
    Signal state = declareState("delay" + delayed.size(), signal.width(), null);
    names = outer;
    nextAsIs(state, signal); // what was is not changed
    delayed.put(signal.node, state);
    return state;
  }

  /**
   * What dropout multiplies by: while training, 0 with that probability, else 1 / (1 − p);
   * otherwise 1.
   *
   * @param probability at least 0 and below 1
   * @param steps after how many steps it is drawn anew: 1 for each step; 0 only where a sequence
   *     begins, as it is in every case
   */
  public Signal dropoutMask(int width, double probability, int steps) {
    if (!(probability >= 0 && probability < 1)) {
      throw refused("dropout of %s; expected 0 ≤ p < 1".formatted(probability));
    }
    if (width < 1 || steps < 0) {
      throw refused("a mask of %s units for %s steps; at least 1 and 0".formatted(width, steps));
    }
    return signal(
        () -> {
          var mask = new Leaf(Leaf.Role.MASK, "mask", masks.size(), width, probability);
          masks.add(new Mask(graph.node(mask), steps));
          return masks.getLast().factors();
        });
  }

  // ----- recording

  /** The program, when everything is written. */
  Program finish(Signal output) {
    Node y = own(output);
    declareInitialStates();
    var arrays = new ArrayList<StateArray>();
    for (Carried carried : states.values()) {
      if (carried.leaving == null) {
        throw new IllegalArgumentException(
            "state '%s' (%s) is never given a next value; say next(state, value)"
                .formatted(carried.name, carried.entering.origin()));
      }
      arrays.add(new StateArray(carried.name, carried.entering, carried.leaving, carried.initial));
    }
    return new Program(graph, input, classes, arrays, y, layout.build(), masks);
  }

  Map<String, Declaration> declarations() {
    return declarations;
  }

  /** Records an operation; what does not fit is refused with the author's line. */
  Signal signal(Supplier<Node> recorded) {
    try {
      return new Signal(this, recorded.get());
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()));
    } catch (ArithmeticException e) {
      throw refused("a width of more than %s".formatted(Integer.MAX_VALUE));
    }
  }

  Node own(Signal signal) {
    if (signal.step != this) {
      throw refused("%s belongs to another step".formatted(signal.node.described()));
    }
    return signal.node;
  }

  Matrix own(Weights weights) {
    if (weights.step != this) {
      throw refused("%s belong to another step".formatted(weights));
    }
    return weights.matrix;
  }

  IllegalArgumentException refused(String message) {
    String origin = Origin.find();
    boolean known = origin.isEmpty() || message.startsWith(origin);
    return new IllegalArgumentException(known ? message : origin + ": " + message);
  }
}
