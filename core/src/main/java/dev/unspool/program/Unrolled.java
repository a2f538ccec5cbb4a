// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.model.ParameterLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A phase that recurs in float64, where it has so few units that going from one instruction to the
 * next would take longer than they do: all of them, products too, as one piece of a single unit
 * that computes number by number. Its rows are steps, each of which writes what it leaves into the
 * row of the next one.
 */
final class Unrolled {
  /** Units of a value, at most: more are worth a vector. */
  private static final int WIDEST = 4;

  /** Of all operations together, counted as {@link #size} does. */
  private static final int LARGEST = 360;

  private final Graph g = new Graph();
  private final Map<Spot, Node> reads = new LinkedHashMap<>();
  private final Map<Spot, Node> written = new LinkedHashMap<>();
  private final Map<Spot, Node> left = new LinkedHashMap<>();

  /** For each weight that is read, where in θ it stands. */
  private final Map<Integer, Node> weights = new LinkedHashMap<>();

  private final ParameterLayout layout;

  /** For each home that carries a state, where a step finds it. */
  private final Map<Home, Home> entering;

  private final double[][] table;
  private final int[] offsets;
  private final int[] places;
  private final DoubleLoop loop;

  private Unrolled(
      List<Instruction> instructions,
      Map<Home, Home> entering,
      double[][] arrays,
      ParameterLayout layout,
      Function<Piece, DoubleLoop> compiler) {
    this.entering = entering;
    this.layout = layout;
    for (Instruction instruction : instructions) {
      switch (instruction) {
        case Instruction.Units units -> add(units);
        case Instruction.Multiply multiply -> add(multiply);
        default -> throw new IllegalStateException("not for single units: " + instruction);
      }
    }
    var homes = new ArrayList<Home>();
    Map<Node, Piece.Place> inputs = new LinkedHashMap<>();
    reads.forEach((spot, node) -> inputs.put(node, place(homes, spot, 0)));
    var outputs = new ArrayList<Piece.Output>();
    written.forEach(
        (spot, node) -> {
          if (spot.home().storage() == Home.Storage.CHUNK && node != reads.get(spot)) {
            outputs.add(new Piece.Output(node, place(homes, spot, 0)));
          }
        });
    left.forEach((spot, node) -> outputs.add(new Piece.Output(node, place(homes, spot, 1))));
    places = weights.keySet().stream().mapToInt(Integer::intValue).toArray();
    int at = 0;
    for (Node weight : weights.values()) {
      inputs.put(weight, new Piece.Place(homes.size(), 0, at++));
    }
    var body = g.nodes().stream().filter(node -> !node.args().isEmpty()).toList();
    loop = compiler.apply(new Piece(1, 1, inputs, body, outputs, homes.size() + 1));
    table = new double[homes.size() + 2][];
    for (int i = 0; i < homes.size(); i++) {
      table[i] = arrays[homes.get(i).id()];
    }
    table[homes.size()] = new double[places.length];
    table[homes.size() + 1] = new double[loop.scratch()];
    offsets = new int[table.length];
  }

  /**
   * Makes a phase ready, if it is small enough.
   *
   * @param carry for each of its states the home that carries it, and where a step finds it
   * @param arrays of all homes; those of several steps have room for one more
   */
  static @Nullable Unrolled of(
      Phase phase,
      Map<Home, Home> carry,
      double[][] arrays,
      ParameterLayout layout,
      Function<Piece, DoubleLoop> compiler) {
    int size = 0;
    for (Instruction instruction : phase.instructions()) {
      size += size(instruction, carry);
      if (size > LARGEST) {
        return null;
      }
    }
    var made = new Unrolled(phase.instructions(), carry, arrays, layout, compiler);
    if (made.left.keySet().stream().map(Spot::home).distinct().count() != phase.states().size()) {
      throw new IllegalStateException("not all states are left: " + phase);
    }
    return made;
  }

  /** How much there is to compute; more than {@link #LARGEST} if it cannot be done here. */
  private static int size(Instruction instruction, Map<Home, Home> carry) {
    int tooLarge = LARGEST + 1;
    switch (instruction) {
      case Instruction.Multiply multiply -> {
        Linear linear = multiply.linear();
        boolean narrow = Math.max(linear.inputs(), linear.outputs()) <= WIDEST;
        return narrow ? 3 * linear.inputs() * linear.outputs() : tooLarge;
      }
      case Instruction.Units(Piece piece, List<Home> homes, boolean _) -> {
        boolean narrow = piece.groups() * piece.units() <= WIDEST;
        boolean reads =
            piece.inputs().values().stream()
                .anyMatch(place -> carry.containsKey(homes.get(place.array())));
        int size = 0;
        for (Node node : piece.body()) {
          boolean single =
              switch (node.op()) {
                case Apply _, Sum _, Copy _, Repeat _ -> true;
                default -> false;
              };
          boolean polynomial =
              node.op() instanceof Apply(var function)
                  && function.cost() == dev.unspool.program.Function.Cost.POLYNOMIAL;
          size += single ? node.width() * (polynomial ? 26 : 1 + node.args().size()) : tooLarge;
        }
        return narrow && !reads ? size : tooLarge;
      }
      default -> {
        return tooLarge;
      }
    }
  }

  private void add(Instruction.Units units) {
    Piece piece = units.piece();
    Map<Node, Node[]> values = new HashMap<>();
    piece
        .inputs()
        .forEach(
            (node, place) -> {
              Home home = units.homes().get(place.array());
              Node[] of = new Node[node.width()];
              for (int j = 0; j < of.length; j++) {
                of[j] = value(new Spot(home, place.column() + j));
              }
              values.put(node, of);
            });
    for (Node node : piece.body()) {
      Node[] of = new Node[node.width()];
      for (int j = 0; j < of.length; j++) {
        of[j] = unit(node, j, values);
      }
      values.put(node, of);
    }
    for (var output : piece.outputs()) {
      Home home = units.homes().get(output.place().array());
      for (int j = 0; j < output.value().width(); j++) {
        write(new Spot(home, output.place().column() + j), argument(output.value(), j, values));
      }
    }
  }

  private Node unit(Node node, int j, Map<Node, Node[]> values) {
    return switch (node.op()) {
      case Apply apply ->
          g.apply(
              apply.function(),
              node.args().stream().map(arg -> argument(arg, j, values)).toArray(Node[]::new));
      case Sum _ -> g.add(node.args().stream().map(arg -> argument(arg, j, values)).toList());
      case Copy _ -> argument(node.arg(0), j, values);
      case Repeat(int times) -> argument(node.arg(0), j / times, values);
      default -> throw new IllegalStateException("not of single units: " + node);
    };
  }

  private Node argument(Node node, int j, Map<Node, Node[]> values) {
    if (node.op() instanceof Leaf leaf && node.isConstant()) {
      return g.constant(leaf.number());
    }
    Node[] of = values.get(node);
    if (of == null) {
      throw new IllegalStateException("not computed before it is needed: " + node);
    }
    return of[of.length == 1 ? 0 : j];
  }

  private void add(Instruction.Multiply multiply) {
    Linear linear = multiply.linear();
    Matrix matrix = linear.matrix();
    int offset = layout.slice(matrix.name()).offset();
    Node[] results = new Node[linear.outputs()];
    for (int j = 0; j < results.length; j++) {
      var terms = new ArrayList<Node>();
      if (multiply.onto()) {
        terms.add(value(new Spot(multiply.into(), j)));
      }
      Spot bias = multiply.bias();
      if (bias != null) {
        terms.add(value(new Spot(bias.home(), bias.column() + j)));
      }
      for (int i = 0; i < linear.inputs(); i++) {
        int row = linear.transposed() ? i : j;
        int column = linear.transposed() ? j : i;
        Node weight =
            weights.computeIfAbsent(offset + row * matrix.columns() + column, _ -> leaf());
        terms.add(g.multiply(value(new Spot(multiply.from(), i)), weight));
      }
      results[j] = g.add(terms);
    }
    for (int j = 0; j < results.length; j++) {
      write(new Spot(multiply.into(), j), results[j]);
    }
  }

  private Node leaf() {
    int index = reads.size() + weights.size();
    return g.node(new Leaf(Leaf.Role.INPUT, "", index, 1, 0));
  }

  private Node value(Spot spot) {
    Node node = written.get(spot);
    return node != null ? node : reads.computeIfAbsent(spot, _ -> leaf());
  }

  private void write(Spot spot, Node value) {
    Home next = entering.get(spot.home());
    if (next == null) {
      written.put(spot, value);
    } else {
      left.put(new Spot(next, spot.column()), value);
    }
  }

  /** Where a number stands, some steps later. */
  private static Piece.Place place(List<Home> homes, Spot spot, int steps) {
    Home home = spot.home();
    int array = homes.indexOf(home);
    if (array < 0) {
      array = homes.size();
      homes.add(home);
    }
    int stride = home.storage() == Home.Storage.CHUNK ? home.width() : 0;
    return new Piece.Place(array, stride, spot.column() + steps * stride);
  }

  /** Takes on parameters: not modified. */
  void parameters(double[] theta) {
    double[] values = table[table.length - 2];
    for (int i = 0; i < places.length; i++) {
      values[i] = theta[places[i]];
    }
  }

  /** Runs so many steps, from the first row on. */
  void run(int count) {
    loop.run(table, offsets, 0, count);
  }
}
