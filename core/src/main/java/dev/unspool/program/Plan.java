// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.program.Home.Storage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Program} is run: the instructions of a step and of a sweep, and where all values
 * live.
 *
 * <p>Some nodes are <em>lazy</em>: forwards, what only the output needs, which is computed for the
 * steps that a loss looks at; backwards, what depends on nothing but the derivative of the outputs,
 * which is not zero for these steps only.
 *
 * <p>What a sweep needs of the steps forwards is kept on the tape where it is expensive, and
 * computed again where it is cheap and all that it is made of is there.
 */
final class Plan {
  /** A term of the derivative with respect to a matrix: Σ_rows leftᵀ·right. */
  record Gradient(Matrix matrix, Spot left, Home right, boolean scattered, boolean lazy) {}

  /** A sum over all rows, which some vectors' derivatives are made of. */
  record Rows(Node node, Home of, boolean lazy) {}

  private final Program program;
  private final Graph g;
  private final boolean inputGradient;
  private final boolean sameWeights;
  private final List<Home> homes = new ArrayList<>();
  private final Reverse reverse;
  private final List<Node> shared = new ArrayList<>();
  private final Map<Node, Integer> sharedColumn = new HashMap<>();
  private int sharedWidth;
  private final Home sharedHome;

  // forwards
  private final Lowering lowering;
  private final Map<Node, Spot> leaves = new HashMap<>();
  private final Home input;
  private final List<Home> masks = new ArrayList<>();
  private final List<Home> entering = new ArrayList<>();
  private final List<Home> carry = new ArrayList<>();
  private final List<@Nullable Spot> initial = new ArrayList<>();
  private final Home rows;
  private final List<Phase> forward;
  private final List<Phase> lazyForward;
  private final Set<Node> kept = new HashSet<>();
  private final Map<Node, Node> copies = new HashMap<>();

  // backwards
  private final List<Phase> earlyBackward;
  private final List<Phase> lazyBackward;
  private final List<Phase> backward;
  private final Home adjoint;
  private final boolean adjointCopied;
  private final List<@Nullable Home> carryBack = new ArrayList<>();
  private final List<@Nullable Home> enteringBack = new ArrayList<>();
  private final List<Boolean> looped = new ArrayList<>();
  private final List<Home> zeroed = new ArrayList<>();
  private final @Nullable Home inputBack;
  private final List<Gradient> gradients = new ArrayList<>();
  private final List<Rows> rowSums = new ArrayList<>();

  /**
   * Plans.
   *
   * @param inputGradient whether derivatives with respect to inputs are wanted
   * @param sameWeights whether a sweep knows the weights that each step ran with; else it cannot
   *     compute again what they are in
   */
  static Plan of(Program program, boolean inputGradient, boolean sameWeights) {
    Graph g = new Graph(program.graph());
    Set<Node> forced = new HashSet<>();
    while (true) {
      try {
        return new Plan(program, g, inputGradient, sameWeights, forced);
      } catch (Planner.Unfit unfit) {
        if (!forced.add(unfit.node())) {
          throw new IllegalStateException("no plan for " + unfit.node(), unfit);
        }
      }
    }
  }

  private Plan(
      Program program, Graph g, boolean inputGradient, boolean sameWeights, Set<Node> forced) {
    this.program = program;
    this.g = g;
    this.inputGradient = inputGradient;
    this.sameWeights = sameWeights;
    this.reverse = new Reverse(program, g);
    this.sharedHome = add(Storage.SHARED, 0, "");
    this.input = add(Storage.TAPE, program.input().width(), "input");
    leaves.put(program.input(), new Spot(input, 0));
    for (Node mask : program.masks()) {
      Home home = add(Storage.TAPE, mask.width(), "dropout" + (masks.size() + 1) + ".mask");
      masks.add(home);
      leaves.put(mask, new Spot(home, 0));
    }

    // ----- the equations in terms of kernels
    var states = program.states();
    Map<Node, Node> across = new LinkedHashMap<>();
    states.forEach(state -> across.put(state.entering(), state.leaving()));
    var cycles = new Cycles(program.results(), across);
    this.lowering = new Lowering(g, program.results(), cycles::contains);
    var leaving = new ArrayList<Node>();
    states.forEach(state -> leaving.add(lowering.onUnits(lowering.of(state.leaving()))));
    Map<Node, Node> acrossLowered = new LinkedHashMap<>();
    Map<Node, Integer> stateOf = new HashMap<>();
    for (int i = 0; i < leaving.size(); i++) {
      acrossLowered.put(states.get(i).entering(), leaving.get(i));
      stateOf.put(states.get(i).entering(), i);
    }
    var carried = new HashSet<>(closure(leaving, acrossLowered));
    carried.addAll(acrossLowered.keySet()); // also a state that nothing but the output reads
    Node output = lowering.of(program.output());
    boolean direct = !carried.contains(output) && output.op() instanceof Product;
    if (!direct) {
      boolean shared = output.op() instanceof Slice;
      output = g.node(new Copy(), output);
      if (shared || carried.contains(output)) {
        output = g.node(new Copy(), output); // one that only the output is
      }
    }

    // ----- the derivative, likewise
    var back = new Backward(forced, acrossLowered, leaving, output);
    if (direct && kept.contains(output)) {
      output = g.node(new Copy(), output);
      direct = false;
    }

    // ----- homes and instructions forwards
    var direction = new Forward(carried, output, direct ? output : null);
    var roots = new ArrayList<>(leaving);
    roots.add(output);
    roots.addAll(copies.values());
    roots.addAll(kept);
    states.forEach(state -> roots.add(state.entering()));
    var planner = new Planner(direction, roots, acrossLowered, stateOf, homes);
    direction.planner = planner;
    for (int i = 0; i < leaving.size(); i++) {
      Node leaf = states.get(i).entering();
      Home home = add(Storage.CARRY, states.get(i).width(), "");
      carry.add(home);
      entering.add(planner.home(leaf));
      if (planner.isCyclic(leaf)) {
        planner.write(leaving.get(i), new Spot(home, 0));
      }
      Node start = states.get(i).initial();
      initial.add(start == null || start.isConstant() ? null : shared(start));
    }
    kept.forEach(planner::read);
    copies.values().forEach(planner::read);
    if (direct) {
      rows = planner.home(output);
    } else {
      rows = add(Storage.ROWS, output.width(), "");
      planner.write(output, new Spot(rows, 0));
    }
    forward = planner.phases();
    lazyForward = planner.phases(Planner.LAZY);
    for (int i = 0; i < states.size(); i++) {
      leaves.put(states.get(i).entering(), new Spot(entering.get(i), 0));
    }

    // ----- homes and instructions backwards
    adjointCopied = !back.allLazyUse();
    adjoint = add(adjointCopied ? Storage.SWEEP : Storage.ADJOINT, program.output().width(), "");
    back.plan(planner);
    backward = back.planner().phases();
    lazyBackward = back.planner().phases(Planner.LAZY);
    earlyBackward = back.planner().phases(Planner.EARLY);
    back.zero();
    inputBack = back.inputBack;
    for (Node node : Graph.closure(reverse.vectors().values(), n -> n.op() instanceof RowSum)) {
      if (node.is(Leaf.Role.VECTOR)) {
        shared(node);
      }
    }
  }

  private Home add(Storage storage, int width, String name) {
    var home = new Home(storage, homes.size(), width, name);
    homes.add(home);
    return home;
  }

  /** What nodes depend on, also through the state. */
  private static List<Node> closure(Collection<Node> roots, Map<Node, Node> across) {
    var all = new HashSet<>(Graph.closure(roots, _ -> false));
    for (boolean grown = true; grown; ) {
      var more = new ArrayList<Node>();
      across.forEach(
          (leaf, before) -> {
            if (all.contains(leaf) && !all.contains(before)) {
              more.add(before);
            }
          });
      grown = all.addAll(Graph.closure(more, _ -> false));
    }
    return List.copyOf(all);
  }

  /** A column of the values that depend on parameters alone. */
  private Spot shared(Node node) {
    Integer column = sharedColumn.get(node);
    if (column == null) {
      column = sharedWidth;
      sharedColumn.put(node, column);
      shared.add(node);
      sharedWidth += node.width();
    }
    return new Spot(sharedHome, column);
  }

  // ----- forwards

  private final class Forward implements Planner.Direction {
    private final Set<Node> carried;
    private final @Nullable Node direct;
    private final Set<Node> onTape = new HashSet<>();
    private @Nullable Planner planner;

    Forward(Set<Node> carried, Node output, @Nullable Node direct) {
      this.carried = carried;
      this.direct = direct;
      for (Node node : Graph.closure(copies.values(), _ -> false)) {
        if (copies.containsValue(node) && carried.containsAll(node.args())) {
          carried.add(node);
        }
      }
      onTape.addAll(kept);
      onTape.addAll(copies.values());
      // What lazy nodes read of others has to wait for them on the tape.
      var roots = new ArrayList<>(kept);
      roots.addAll(copies.values());
      if (direct != null) {
        roots.add(direct);
      }
      roots.add(output);
      for (Node node : Graph.closure(roots, _ -> false)) {
        if (!carried.contains(node)) {
          node.args().forEach(this::onTape);
          if (takesPlaceOf(node).stream().anyMatch(carried::contains)) {
            onTape.add(node);
          }
        }
      }
    }

    /** Arguments that are put where this value lives, as soon as they are there. */
    private static List<Node> takesPlaceOf(Node node) {
      return switch (node.op()) {
        case Join _ -> node.args();
        case Product(var _, var onto) when onto == Product.Onto.VALUE -> List.of(node.arg(1));
        default -> List.of();
      };
    }

    private void onTape(Node node) {
      if (!carried.contains(node)) {
        return;
      }
      onTape.add(node);
      if (node.op() instanceof Slice) {
        onTape(node.arg(0));
      }
    }

    @Override
    public @Nullable Spot given(Node node) {
      if (!node.perRow()) {
        return shared(node);
      }
      return leaves.get(node);
    }

    @Override
    public boolean floats(Node node) {
      return false;
    }

    @Override
    public boolean lazy(Node node) {
      return !carried.contains(node);
    }

    @Override
    public boolean early(Node node) {
      return false;
    }

    @Override
    public boolean kept(Node node) {
      return onTape.contains(node);
    }

    @Override
    public Storage storage(Node node, boolean withinStep) {
      if (node == direct && !onTape.contains(node)) {
        return Storage.ROWS;
      }
      if (node.is(Leaf.Role.STATE) || onTape.contains(node)) {
        return Storage.TAPE;
      }
      return withinStep ? Storage.STEP : Storage.CHUNK;
    }

    @Override
    public boolean entersOnly(Node node) {
      return false;
    }

    @Override
    public String name(Node node) {
      if (node.op() instanceof Leaf leaf && leaf.role() == Leaf.Role.STATE) {
        return leaf.name() + ".entering";
      }
      return onTape.contains(node) ? "value" + node.id() : "";
    }
  }

  // ----- backwards

  private final class Backward implements Planner.Direction {
    private final Lowering lowering;
    private final Set<Node> forwardNodes;
    private final Map<Node, Node> across = new LinkedHashMap<>();
    private final Map<Node, Integer> stateOf = new HashMap<>();
    private final List<@Nullable Node> entered = new ArrayList<>();
    private final Set<Node> operands = new HashSet<>();
    private final Set<Node> roots = new HashSet<>();
    private final Set<Node> needed;
    private final Map<Node, Boolean> fromOutput = new HashMap<>();
    private final Map<Node, Boolean> fromState = new HashMap<>();
    private final List<Node> rowNodes = new ArrayList<>();
    private final @Nullable Node inputRoot;
    private @Nullable Home inputBack;
    private @Nullable Planner forwardPlanner;
    private @Nullable Planner planner;

    Backward(Set<Node> forced, Map<Node, Node> acrossForward, List<Node> leaving, Node output) {
      var original = new ArrayList<Node>();
      Map<Node, Node> originalAcross = new LinkedHashMap<>();
      for (int i = 0; i < program.states().size(); i++) {
        Node back = reverse.entering().get(i);
        if (back != null) {
          original.add(back);
          originalAcross.put(reverse.stateAdjoints().get(i), back);
        }
      }
      reverse
          .products()
          .values()
          .forEach(
              terms ->
                  terms.forEach(
                      term -> {
                        original.add(term.left());
                        original.add(term.right());
                      }));
      var vectors = reverse.vectors().values();
      for (Node node : Graph.closure(vectors, n -> n.op() instanceof RowSum)) {
        if (node.op() instanceof RowSum) {
          rowNodes.add(node);
          original.add(node.arg(0));
        }
      }
      if (inputGradient && reverse.input() != null) {
        original.add(reverse.input());
      }
      var cycles = new Cycles(original, originalAcross);
      this.lowering = new Lowering(g, original, cycles::contains);
      // Forward values stay as the forward direction has them.
      var forwardRoots = new ArrayList<>(leaving);
      forwardRoots.add(output);
      this.forwardNodes = new HashSet<>(Graph.closure(forwardRoots, _ -> false));
      Set<Node> writtenForwards = new HashSet<>(Graph.closure(program.results(), _ -> false));
      lowering.adopt(writtenForwards, Plan.this.lowering);

      for (int i = 0; i < program.states().size(); i++) {
        Node back = reverse.entering().get(i);
        Node node = back == null ? null : anywhere(lowering.of(back));
        entered.add(node);
        if (node != null) {
          across.put(reverse.stateAdjoints().get(i), node);
          stateOf.put(reverse.stateAdjoints().get(i), i);
        }
      }
      for (var entry : reverse.products().entrySet()) {
        for (var term : entry.getValue()) {
          operands.add(term.scattered() ? lowering.of(term.left()) : lowering.dense(term.left()));
          operands.add(lowering.dense(term.right()));
        }
      }
      rowNodes.forEach(node -> operands.add(lowering.dense(node.arg(0))));
      inputRoot = inputGradient && reverse.input() != null ? lowering.dense(reverse.input()) : null;
      if (inputRoot != null) {
        operands.add(inputRoot);
      }
      roots.addAll(operands);
      this.needed = new HashSet<>(Graph.closure(roots, _ -> false));
      entered.forEach(
          node -> {
            if (node != null) {
              roots.add(node);
            }
          });
      for (int i = 0; i < program.states().size(); i++) {
        across.putIfAbsent(reverse.stateAdjoints().get(i), g.constant(0));
        stateOf.put(reverse.stateAdjoints().get(i), i);
      }
      keep(forced);
    }

    /** What can be read or put in a place of its own. */
    private Node anywhere(Node node) {
      return node.op() instanceof Product ? node : lowering.onUnits(node);
    }

    // ----- what is kept

    private void keep(Set<Node> forced) {
      kept.addAll(forced);
      forwardNodes.addAll(Graph.closure(forced, _ -> false));
      var wanted = new HashSet<Node>();
      for (Node node : Graph.closure(roots, forwardNodes::contains)) {
        if (forwardNodes.contains(node)) {
          wanted.add(node);
        }
      }
      for (Node operand : operands) {
        if (forwardNodes.contains(operand) && operand.perRow() && !isLeaf(operand)) {
          kept.add(operand);
        }
      }
      var sorted = Graph.closure(wanted, _ -> true);
      for (Node node : sorted) {
        if (!canBeRead(node) && isExpensive(node)) {
          kept.add(node);
        }
      }
      for (Node node : sorted) {
        if (!canBeRead(node) && !canBeComputed(node)) {
          if (node.op() instanceof Slice) {
            copies.put(node, g.node(new Copy(), node));
          } else {
            kept.add(node);
          }
        }
      }
    }

    private boolean isLeaf(Node node) {
      return node.op() instanceof Leaf;
    }

    private boolean isExpensive(Node node) {
      return switch (node.op()) {
        case Apply(var function) -> function.cost() != Function.Cost.CHEAP;
        case Sum _, Slice _, Repeat _, Detach _, Copy _ -> false;
        default -> true;
      };
    }

    private boolean canBeRead(Node node) {
      return isLeaf(node)
          || !node.perRow()
          || kept.contains(node)
          || copies.containsKey(node)
          || node.op() instanceof Slice && !isLeafless(node);
    }

    /** Whether a slice is of something that is not kept. */
    private boolean isLeafless(Node slice) {
      return !canBeRead(slice.arg(0));
    }

    private boolean canBeComputed(Node node) {
      return switch (node.op()) {
        case Apply _, Sum _, Repeat _, Detach _ ->
            !isExpensive(node) && node.args().stream().allMatch(this::isThere);
        default -> false;
      };
    }

    private boolean isThere(Node argument) {
      if (!sameWeights && !argument.perRow() && !argument.isConstant()) {
        return false;
      }
      return canBeRead(argument) || canBeComputed(argument);
    }

    // ----- planning

    /** Whether nobody asks for the output's derivative at steps whose outputs were not read. */
    boolean allLazyUse() {
      Node leaf = reverse.outputAdjoint();
      for (Node node : Graph.closure(roots, _ -> false)) {
        if (!lazy(node) && node.args().stream().anyMatch(arg -> whole(arg) == leaf)) {
          return false;
        }
      }
      return inputRoot != leaf;
    }

    private static Node whole(Node node) {
      return node.op() instanceof Slice ? whole(node.arg(0)) : node;
    }

    void plan(Planner ofForward) {
      forwardPlanner = ofForward;
      leaves.put(reverse.outputAdjoint(), new Spot(adjoint, 0));
      var made = new Planner(this, roots, across, stateOf, homes);
      planner = made;
      for (int i = 0; i < entered.size(); i++) {
        Node node = entered.get(i);
        Node leaf = reverse.stateAdjoints().get(i);
        boolean loop = made.isCyclic(leaf);
        looped.add(loop);
        enteringBack.add(node == null ? null : made.home(node));
        carryBack.add(made.scheduled().contains(leaf) ? made.home(leaf) : null);
      }
      for (var entry : reverse.products().entrySet()) {
        for (var term : entry.getValue()) {
          Node left = term.scattered() ? lowering.of(term.left()) : lowering.dense(term.left());
          Node right = lowering.dense(term.right());
          gradients.add(
              new Gradient(
                  entry.getKey(),
                  made.read(left),
                  made.read(right).home(),
                  term.scattered(),
                  lazy(left) || lazy(right)));
        }
      }
      for (Node node : rowNodes) {
        Node of = lowering.dense(node.arg(0));
        rowSums.add(new Rows(node, made.read(of).home(), lazy(of)));
      }
      inputBack = inputRoot == null ? null : made.read(inputRoot).home();
    }

    /** Notes what has to be zero where no output was read; after all homes have been made. */
    void zero() {
      for (Node node : planner().scheduled()) {
        if (!lazy(node)) {
          continue;
        }
        var written = new ArrayList<Home>(planner().writtenTo(node));
        if (planner().hasHome(node)) {
          written.add(planner().home(node));
        }
        for (Home home : written) {
          if (home.storage() == Storage.SWEEP && !zeroed.contains(home)) {
            zeroed.add(home);
          }
        }
      }
      if (adjointCopied) {
        zeroed.add(adjoint);
      }
    }

    Planner planner() {
      if (planner == null) {
        throw new IllegalStateException("not planned yet");
      }
      return planner;
    }

    @Override
    public @Nullable Spot given(Node node) {
      if (!node.perRow()) {
        return shared(node);
      }
      Spot leaf = leaves.get(node);
      if (leaf != null) {
        return leaf;
      }
      Planner forwards = forwardPlanner;
      if (forwards == null || !forwardNodes.contains(node) || !canBeRead(node)) {
        return null;
      }
      Node copy = copies.get(node);
      if (copy != null) {
        return forwards.read(copy);
      }
      if (node.op() instanceof Slice(int from, int _)) {
        Spot whole = given(node.arg(0));
        return whole == null ? null : new Spot(whole.home(), whole.column() + from);
      }
      return forwards.read(node);
    }

    @Override
    public boolean floats(Node node) {
      return switch (node.op()) {
        case Apply _, Sum _, Repeat _, Detach _ ->
            !comesFrom(node, fromOutput, Leaf.Role.OUTPUT_ADJOINT)
                && !comesFrom(node, fromState, Leaf.Role.STATE_ADJOINT);
        default -> false;
      };
    }

    @Override
    public boolean lazy(Node node) {
      return comesFrom(node, fromOutput, Leaf.Role.OUTPUT_ADJOINT)
          && !comesFrom(node, fromState, Leaf.Role.STATE_ADJOINT);
    }

    private boolean comesFrom(Node node, Map<Node, Boolean> known, Leaf.Role role) {
      for (Node each : Graph.closure(List.of(node), known::containsKey)) {
        known.computeIfAbsent(
            each, n -> n.is(role) || n.args().stream().anyMatch(a -> known.getOrDefault(a, false)));
      }
      return known.getOrDefault(node, false);
    }

    @Override
    public boolean early(Node node) {
      return !comesFrom(node, fromOutput, Leaf.Role.OUTPUT_ADJOINT)
          && !comesFrom(node, fromState, Leaf.Role.STATE_ADJOINT);
    }

    @Override
    public boolean kept(Node node) {
      return roots.contains(node);
    }

    @Override
    public Storage storage(Node node, boolean withinStep) {
      Integer state = stateOf.get(node);
      if (state != null) {
        boolean within = withinStep && planner().isCyclic(node) && !operands.contains(node);
        return within ? Storage.CARRY_BACK : Storage.SWEEP;
      }
      if (operands.contains(node) || !withinStep) {
        return Storage.SWEEP;
      }
      return Storage.BACK;
    }

    @Override
    public boolean entersOnly(Node node) {
      return !needed.contains(node);
    }

    @Override
    public String name(Node node) {
      return "";
    }
  }

  // ----- what was planned

  Program program() {
    return program;
  }

  Reverse reverse() {
    return reverse;
  }

  List<Home> homes() {
    return homes;
  }

  /** Nodes that depend on parameters alone and are read by others, one beside the other. */
  List<Node> shared() {
    return shared;
  }

  int sharedWidth() {
    return sharedWidth;
  }

  Home input() {
    return input;
  }

  List<Home> masks() {
    return masks;
  }

  /** For each state, where the values are with which steps ran. */
  List<Home> entering() {
    return entering;
  }

  List<Home> carry() {
    return carry;
  }

  /** For each state, where its initial value stands among the shared ones; null for a number. */
  List<@Nullable Spot> initial() {
    return initial;
  }

  /** Where a value stands among those that depend on parameters alone; null if it is not there. */
  @Nullable Integer sharedColumn(Node node) {
    return sharedColumn.get(node);
  }

  /** Whether anything in a sweep goes back to a parameter. */
  boolean derives(String parameter) {
    return reverse.vectors().containsKey(parameter)
        || gradients.stream().anyMatch(gradient -> gradient.matrix().name().equals(parameter));
  }

  Home rows() {
    return rows;
  }

  List<Phase> forward() {
    return forward;
  }

  List<Phase> lazyForward() {
    return lazyForward;
  }

  List<Phase> backward() {
    return backward;
  }

  /** What comes before a sweep, for all of its steps: made of forward values alone. */
  List<Phase> earlyBackward() {
    return earlyBackward;
  }

  List<Phase> lazyBackward() {
    return lazyBackward;
  }

  Home adjoint() {
    return adjoint;
  }

  /**
   * For each state, what goes back to the values that a step leaves; null if nobody reads it. Rows
   * of one step where these are gone through one by one and nothing else reads it.
   */
  List<@Nullable Home> carryBack() {
    return carryBack;
  }

  /** For each state, what goes back to the values that enter a step; null if nothing does. */
  List<@Nullable Home> enteringBack() {
    return enteringBack;
  }

  /** For each state, whether it depends on itself backwards. */
  List<Boolean> looped() {
    return looped;
  }

  /** What has to be zero for the steps whose outputs nobody has read. */
  List<Home> zeroed() {
    return zeroed;
  }

  @Nullable Home inputBack() {
    return inputBack;
  }

  List<Gradient> gradients() {
    return gradients;
  }

  List<Rows> rowSums() {
    return rowSums;
  }
}
