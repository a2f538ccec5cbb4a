// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.program.Home.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program forwards in float64 over one sequence, a few steps at a time, without dropout, and
 * yields the values of whichever nodes are wanted at each of them.
 */
public final class DoubleRun {
  private final Program program;
  private final List<Home> homes = new ArrayList<>();
  private final Map<Node, Spot> leaves = new HashMap<>();
  private final Map<Node, Spot> wanted = new LinkedHashMap<>();
  private final SharedValues shared = new SharedValues(homes);
  private final Home input;
  private final List<Home> carry = new ArrayList<>();
  private final List<Home> entering = new ArrayList<>();
  private final double[][] arrays;
  private final DoubleRunner runner;
  private final List<Phase> phases;

  /** For each phase, what runs it if it recurs and is small. */
  private final @Nullable Unrolled[] unrolled;

  private final int capacity;

  /**
   * Plans.
   *
   * @param program without dropout, see {@link Program#withoutDropout}
   * @param g a graph that has the nodes of the program and the wanted ones, and grows
   * @param values what {@link #read} will be asked for
   * @param capacity the most steps that are run at once
   * @param compiler makes loops of pieces
   */
  public DoubleRun(
      Program program,
      Graph g,
      Collection<Node> values,
      int capacity,
      Function<Piece, DoubleLoop> compiler) {
    this.program = program;
    this.capacity = capacity;
    this.input = Home.add(homes, Storage.CHUNK, program.input().width(), "");
    leaves.put(program.input(), new Spot(input, 0));

    var states = program.states();
    var roots = new ArrayList<>(states.stream().map(StateArray::leaving).toList());
    roots.addAll(values);
    Map<Node, Node> across = new LinkedHashMap<>();
    states.forEach(state -> across.put(state.entering(), state.leaving()));
    var cycles = new Cycles(roots, across);
    var lowering = new Lowering(g, roots, cycles::contains);
    var leaving = new ArrayList<Node>();
    Map<Node, Node> acrossLowered = new LinkedHashMap<>();
    Map<Node, Integer> stateOf = new HashMap<>();
    for (int i = 0; i < states.size(); i++) {
      leaving.add(lowering.onUnits(lowering.of(states.get(i).leaving())));
      acrossLowered.put(states.get(i).entering(), leaving.get(i));
      stateOf.put(states.get(i).entering(), i);
    }
    var kept = new LinkedHashMap<Node, Node>();
    values.forEach(node -> kept.put(node, lowering.of(node)));

    var all = new ArrayList<>(leaving);
    all.addAll(acrossLowered.keySet());
    all.addAll(kept.values());
    var planner = new Planner(new Everything(kept.values()), all, acrossLowered, stateOf, homes);
    Placement placement = planner.placement();
    for (int i = 0; i < leaving.size(); i++) {
      Node leaf = states.get(i).entering();
      Home home = Home.add(homes, Storage.CARRY, states.get(i).width(), "");
      carry.add(home);
      entering.add(placement.home(leaf));
      Node initial = states.get(i).initial();
      if (initial != null) {
        shared.spot(initial);
      }
      if (planner.schedule().isCyclic(leaf)) {
        placement.write(leaving.get(i), new Spot(home, 0));
      }
    }
    kept.forEach((node, lowered) -> wanted.put(node, placement.read(lowered)));
    var planned = planner.phases();
    arrays = new double[homes.size()][];
    for (Home home : homes) {
      int rows = home.storage() == Storage.CHUNK ? capacity + 1 : 1;
      boolean isShared = home.storage() == Storage.SHARED;
      int width = isShared ? shared.width() : home.width();
      arrays[home.id()] = new double[Math.multiplyExact(rows, width)];
    }
    Map<Home, Home> carried = new HashMap<>();
    for (int i = 0; i < carry.size(); i++) {
      carried.put(carry.get(i), entering.get(i));
    }
    unrolled = new Unrolled[planned.size()];
    phases = new ArrayList<>();
    for (Phase phase : planned) {
      Unrolled small =
          phase.stepwise()
              ? Unrolled.of(phase, carried, arrays, program.parameters(), compiler)
              : null;
      unrolled[phases.size()] = small;
      phases.add(small == null ? phase : new Phase(true, List.of(), phase.states()));
    }
    runner = new DoubleRunner(phases, arrays, program.parameters(), compiler, this::shift);
  }

  /** Forwards, with nothing that waits until somebody looks. */
  private final class Everything implements Direction {
    private final Set<Node> kept = new HashSet<>();

    Everything(Collection<Node> values) {
      values.forEach(this::keep);
    }

    private void keep(Node node) {
      if (node.op() instanceof Slice) {
        keep(node.arg(0));
      } else {
        kept.add(node);
      }
    }

    @Override
    public @Nullable Spot given(Node node) {
      return node.perRow() ? leaves.get(node) : shared.spot(node);
    }

    @Override
    public boolean kept(Node node) {
      return kept.contains(node);
    }

    @Override
    public Storage storage(Node node, boolean withinStep) {
      boolean read = kept.contains(node) || node.is(Leaf.Role.STATE);
      return withinStep && !read ? Storage.STEP : Storage.CHUNK;
    }
  }

  /**
   * Takes on parameters.
   *
   * @param theta begins with those of the program; not modified, not kept
   */
  public void parameters(double[] theta) {
    var interpreter = new Interpreter(new ParameterValues(program.parameters(), theta), false);
    interpreter.run(shared.nodes());
    for (Node node : shared.nodes()) {
      Spot spot = shared.spot(node);
      double[] into = arrays[spot.home().id()];
      System.arraycopy(interpreter.value(node), 0, into, spot.column(), node.width());
    }
    runner.parameters(theta);
    for (Unrolled small : unrolled) {
      if (small != null) {
        small.parameters(theta);
      }
    }
  }

  /** Begins a sequence where the program says. */
  public void begin() {
    for (int i = 0; i < carry.size(); i++) {
      Node initial = program.states().get(i).initial();
      double[] into = arrays[carry.get(i).id()];
      Arrays.fill(into, 0);
      if (initial != null) {
        Spot spot = shared.spot(initial);
        int step = initial.width() == 1 ? 0 : 1;
        Arrays.setAll(into, j -> arrays[spot.home().id()][spot.column() + j * step]);
      }
    }
  }

  /**
   * Begins a sequence somewhere.
   *
   * @param state all arrays of the state, one after the other
   */
  public void beginAt(double[] state) {
    int at = 0;
    for (Home home : carry) {
      System.arraycopy(state, at, arrays[home.id()], 0, home.width());
      at += home.width();
    }
  }

  /**
   * Runs the next steps.
   *
   * @param inputs steps × inputs from {@code offset}; not modified
   * @param count at most the capacity
   */
  public void run(double[] inputs, int offset, int count) {
    if (count > capacity) {
      throw new IllegalArgumentException("%s steps, at most %s".formatted(count, capacity));
    }
    int width = input.width();
    System.arraycopy(inputs, offset, arrays[input.id()], 0, count * width);
    for (int p = 0; p < phases.size(); p++) {
      Phase phase = phases.get(p);
      if (!phase.stepwise()) {
        runner.run(p, 0, count);
        continue;
      }
      Unrolled small = unrolled[p];
      if (small != null) {
        enter(phase, 0);
        small.run(count);
        leave(phase, count);
        continue;
      }
      for (int t = 0; t < count; t++) {
        enter(phase, t);
        runner.run(p, t, t + 1);
      }
    }
  }

  /** Lets a step find what is carried. */
  private void enter(Phase phase, int step) {
    for (int state : phase.states()) {
      Home home = entering.get(state);
      int at = DoubleRunner.at(home, step);
      System.arraycopy(arrays[carry.get(state).id()], 0, arrays[home.id()], at, home.width());
    }
  }

  /** Carries on what a step would find. */
  private void leave(Phase phase, int step) {
    for (int state : phase.states()) {
      Home home = entering.get(state);
      int at = DoubleRunner.at(home, step);
      System.arraycopy(arrays[home.id()], at, arrays[carry.get(state).id()], 0, home.width());
    }
  }

  /** A state that does not depend on itself, for a block of steps. */
  private void shift(Instruction.Shift shift, int first, int end) {
    Home home = shift.into();
    double[] into = arrays[home.id()];
    double[] carried = arrays[carry.get(shift.state()).id()];
    int width = home.width();
    System.arraycopy(carried, 0, into, DoubleRunner.at(home, first), width);
    Spot leaving = shift.other();
    if (leaving == null) {
      return;
    }
    double[] from = arrays[leaving.home().id()];
    for (int t = first; t < end; t++) {
      int at = DoubleRunner.at(leaving.home(), t) + leaving.column();
      if (t + 1 < end) {
        System.arraycopy(from, at, into, DoubleRunner.at(home, t + 1), width);
      } else {
        System.arraycopy(from, at, carried, 0, width);
      }
    }
  }

  /**
   * Values of a wanted node at the steps that have just been run.
   *
   * @param into for each unit an array, overwritten from {@code at} on
   */
  public void read(Node node, double[][] into, int at, int count) {
    Spot spot = spot(node);
    double[] from = arrays[spot.home().id()];
    int step = spot.home().storage() == Storage.SHARED ? 0 : spot.home().width();
    for (int j = 0; j < node.width(); j++) {
      double[] row = into[j];
      int index = spot.column() + j;
      for (int t = 0; t < count; t++) {
        row[at + t] = from[index];
        index += step;
      }
    }
  }

  /** The same, steps × units. */
  public void read(Node node, double[] into, int at, int count) {
    Spot spot = spot(node);
    int step = spot.home().storage() == Storage.SHARED ? 0 : spot.home().width();
    for (int t = 0; t < count; t++) {
      System.arraycopy(
          arrays[spot.home().id()],
          spot.column() + t * step,
          into,
          at + t * node.width(),
          node.width());
    }
  }

  private Spot spot(Node node) {
    Spot spot = wanted.get(node);
    if (spot == null) {
      throw new IllegalArgumentException("nobody wanted " + node);
    }
    return spot;
  }
}
