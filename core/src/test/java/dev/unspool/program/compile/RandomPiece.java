// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program.compile;

import dev.unspool.program.Copy;
import dev.unspool.program.Function;
import dev.unspool.program.Graph;
import dev.unspool.program.Leaf;
import dev.unspool.program.Node;
import dev.unspool.program.Piece;
import dev.unspool.program.Reduce;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A piece made of a seed: some inputs, some functions, sums, reductions and repeats of them, some
 * outputs, each somewhere in one of some arrays. All values are of moderate size, and all decisions
 * depend on inputs, so that roundings stay small.
 */
final class RandomPiece {
  private static final int ROWS = 3;

  private final Random random;
  private final Graph g = new Graph();
  private final int groups;
  private final int units;
  private final List<Node> unitValues = new ArrayList<>();
  private final List<Node> groupValues = new ArrayList<>();
  private final List<Node> inputs = new ArrayList<>();
  private final List<List<Slot>> arrays = new ArrayList<>();
  private final Piece piece;

  /** A value in an array. */
  private record Slot(Node value, boolean output, int column) {}

  RandomPiece(long seed, int groups, int units) {
    this.random = new Random(seed);
    this.groups = groups;
    this.units = units;
    int given = 1 + random.nextInt(5);
    for (int i = 0; i < given; i++) {
      input(i, groups * units);
    }
    if (random.nextBoolean()) {
      input(given, groups);
    }
    int operations = 1 + random.nextInt(24);
    for (int i = 0; i < operations; i++) {
      if (units > 1 && random.nextInt(4) == 0) {
        groupOperation();
      } else {
        unitValues.add(operation(unitValues));
      }
    }
    piece = place();
  }

  private void input(int index, int width) {
    Leaf.Role role = random.nextInt(4) == 0 ? Leaf.Role.VECTOR : Leaf.Role.STATE;
    Node input = g.node(new Leaf(role, "x" + index, index, width, 0));
    inputs.add(input);
    (width == groups * units ? unitValues : groupValues).add(input);
  }

  private void groupOperation() {
    if (groupValues.isEmpty() || random.nextInt(3) == 0) {
      Reduce.Kind kind = random.nextBoolean() ? Reduce.Kind.SUM : Reduce.Kind.MAXIMUM;
      Node reduced = g.node(new Reduce(kind, groups), any(unitValues));
      double scale = kind == Reduce.Kind.SUM ? 1.0 / units : 1;
      groupValues.add(g.apply(Function.TANH, g.multiply(reduced, numbers(groups, scale))));
    } else if (random.nextBoolean()) {
      groupValues.add(operation(groupValues));
    } else {
      unitValues.add(g.repeat(any(groupValues), units));
    }
  }

  /** A number as wide as its partner: with one group, a constant. */
  private Node numbers(int width, double number) {
    return width == 1 ? g.constant(number) : g.repeat(g.constant(number), width);
  }

  private Node any(List<Node> of) {
    return of.get(random.nextInt(of.size()));
  }

  private Node operation(List<Node> of) {
    Node a = any(of);
    Node b = any(of);
    return switch (random.nextInt(19)) {
      case 0, 1, 2 -> sum(of);
      case 3 -> g.multiply(bounded(a), b);
      case 4 -> g.divide(a, g.add(g.constant(0.5), g.apply(Function.ABSOLUTE, b)));
      case 5 -> g.apply(Function.MINIMUM, a, b);
      case 6 -> g.apply(Function.MAXIMUM, a, b);
      case 7 -> g.apply(Function.AT_LEAST, exact(of), exact(of));
      case 8 -> g.apply(Function.SELECT, exact(of), a, b);
      case 9 -> g.apply(Function.ABSOLUTE, a);
      case 10 -> g.apply(Function.RECTIFIER, a);
      case 11 ->
          g.apply(Function.SQUARE_ROOT, g.add(g.apply(Function.ABSOLUTE, a), g.constant(0.25)));
      case 12 -> g.apply(Function.EXPONENTIAL, bounded(a));
      case 13 ->
          g.apply(Function.LOGARITHM, g.add(g.apply(Function.ABSOLUTE, a), g.constant(0.25)));
      case 14 -> g.apply(Function.SINE, a);
      case 15 -> g.apply(Function.COSINE, a);
      case 16 -> g.apply(Function.SIGMOID, a);
      case 17 -> g.apply(Function.TANH, a);
      default -> random.nextBoolean() ? g.negate(a) : g.node(new Copy(), a);
    };
  }

  private Node sum(List<Node> of) {
    var terms = new ArrayList<Node>();
    int count = 2 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      Node term =
          switch (random.nextInt(4)) {
            case 0 -> g.multiply(bounded(any(of)), any(of));
            case 1 -> g.multiply(g.constant(random.nextInt(3) - 1.5), any(of));
            case 2 -> g.constant(0.75);
            default -> any(of);
          };
      terms.add(random.nextBoolean() ? g.negate(term) : term);
    }
    return g.add(terms);
  }

  private Node bounded(Node a) {
    return g.apply(Function.TANH, a);
  }

  /** An input, on which float32 and float64 agree. */
  private Node exact(List<Node> of) {
    var some = new ArrayList<>(inputs);
    some.retainAll(of);
    return some.isEmpty()
        ? g.repeat(g.constant(random.nextInt(3) - 1.0), groups) // only groups can have no input
        : any(some);
  }

  private Piece place() {
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < 2 * count; i++) {
      arrays.add(new ArrayList<>());
    }
    for (Node input : inputs) {
      boolean shared = input.is(Leaf.Role.VECTOR);
      if (shared) {
        arrays.add(new ArrayList<>(List.of(new Slot(input, false, random.nextInt(5)))));
      } else {
        add(arrays.get(random.nextInt(count)), input, false);
      }
    }
    var outputs = new ArrayList<Node>();
    outputs.add(unitValues.getLast());
    var all = new ArrayList<Node>(unitValues);
    all.addAll(groupValues);
    Collections.shuffle(all, random);
    all.removeIf(value -> value.width() % groups != 0);
    outputs.addAll(all.subList(0, random.nextInt(Math.min(5, all.size()))));
    outputs.removeIf(value -> value.isConstant() || value.width() % groups != 0);
    for (Node output : outputs) {
      add(arrays.get(count + random.nextInt(count)), output, true);
    }
    var places = new LinkedHashMap<Node, Piece.Place>();
    var written = new ArrayList<Piece.Output>();
    for (int i = 0; i < arrays.size(); i++) {
      for (Slot slot : arrays.get(i)) {
        var place = new Piece.Place(i, stride(i), slot.column());
        if (slot.output()) {
          written.add(new Piece.Output(slot.value(), place));
        } else {
          places.put(slot.value(), place);
        }
      }
    }
    var body =
        Graph.closure(outputs, places::containsKey).stream()
            .filter(node -> !places.containsKey(node) && !node.isConstant())
            .toList();
    return new Piece(groups, units, places, body, written, arrays.size());
  }

  private void add(List<Slot> array, Node value, boolean output) {
    int at = array.isEmpty() ? 0 : array.getLast().column() + array.getLast().value().width();
    array.add(new Slot(value, output, at + random.nextInt(3)));
  }

  private int stride(int array) {
    List<Slot> slots = arrays.get(array);
    if (slots.isEmpty() || isShared(slots.getFirst())) {
      return 0;
    }
    return slots.getLast().column() + slots.getLast().value().width() + array % 3;
  }

  private static boolean isShared(Slot slot) {
    return !slot.output() && slot.value().is(Leaf.Role.VECTOR);
  }

  Piece piece() {
    return piece;
  }

  int rows() {
    return ROWS;
  }

  /** Where row 0 begins in each array, and in that for intermediate values. */
  int[] offsets() {
    int[] offsets = new int[arrays.size() + 1];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = i % 4;
    }
    return offsets;
  }

  /** Random numbers in all arrays, the same each time, and room for intermediate values. */
  double[][] arrays(int scratch) {
    var numbers = new Random(1);
    double[][] result = new double[arrays.size() + 1][];
    for (int i = 0; i < arrays.size(); i++) {
      int width = 0;
      for (Slot slot : arrays.get(i)) {
        width = Math.max(width, slot.column() + slot.value().width());
      }
      result[i] = new double[offsets()[i] + ROWS * stride(i) + width];
      for (int j = 0; j < result[i].length; j++) {
        result[i][j] = (float) numbers.nextGaussian();
      }
    }
    result[arrays.size()] = new double[offsets()[arrays.size()] + ROWS * scratch];
    return result;
  }

  /** The same in float32. */
  static float[][] floats(double[][] arrays) {
    float[][] result = new float[arrays.length][];
    for (int i = 0; i < arrays.length; i++) {
      result[i] = new float[arrays[i].length];
      for (int j = 0; j < result[i].length; j++) {
        result[i][j] = (float) arrays[i][j];
      }
    }
    return result;
  }

  @Override
  public String toString() {
    var text =
        new StringBuilder().append(groups).append(" groups of ").append(units).append(" units\n");
    for (var entry : Map.copyOf(piece.inputs()).entrySet()) {
      text.append("in  %s at %s\n".formatted(entry.getKey(), entry.getValue()));
    }
    for (var output : piece.outputs()) {
      text.append("out %s to %s\n".formatted(output.value(), output.place()));
    }
    return text.toString();
  }
}
