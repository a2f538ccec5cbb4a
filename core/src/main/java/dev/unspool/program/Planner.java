// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.program.Home.Storage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a lowered graph into instructions for one direction: which nodes run in which phase, which
 * operations on units run together, and where each value lives.
 *
 * <p>Phases alternate: those with an even number run for a whole block of steps at once, those with
 * an odd number step by step. What depends on itself is in an odd one; everything else is in the
 * first even one in which all it needs is there.
 */
final class Planner {
  /** What a direction brings along, and wants to know. */
  interface Direction {
    /** Where a value stands that nobody here computes; null if somebody here must. */
    @Nullable Spot given(Node node);

    /** Whether a value may be computed again wherever it is needed. */
    boolean floats(Node node);

    /** Whether only some of the steps need a value: see {@link Plan}. */
    boolean lazy(Node node);

    /** Whether a value is there before all others, as far as it has to be computed here. */
    boolean early(Node node);

    /** Whether a value is wanted for itself, not only by what is computed here. */
    boolean kept(Node node);

    /** Storage of a value, given whether all that use it are in the same stepwise phase. */
    Storage storage(Node node, boolean withinStep);

    /** Whether the oldest step needs a node only for what enters it. */
    boolean entersOnly(Node node);

    /** Name of a home for checkpoints. */
    String name(Node node);
  }

  /** A value that was to be computed again in a place where it cannot be. */
  static final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Node node;

    Unfit(Node node) {
      super(node + " has to be kept", null, false, false);
      this.node = node;
    }

    Node node() {
      return node;
    }
  }

  private final Direction direction;
  private final Map<Node, Node> across;
  private final Map<Node, Integer> stateOf;
  private final List<Home> homes;
  private final List<Node> scheduled = new ArrayList<>();
  private final Map<Node, Integer> phaseOf = new HashMap<>();
  private final Set<Node> cyclic = new HashSet<>();
  private final Map<Node, Integer> levelOf = new HashMap<>();
  private final Map<Node, Draft> draftOf = new HashMap<>();
  private final Map<Node, Home> homeOf = new HashMap<>();
  private final Map<Node, Set<Node>> users = new HashMap<>();
  private final Map<Node, List<Piece.Output>> pending = new HashMap<>();
  private final Map<Node, List<Spot>> writes = new HashMap<>();
  private final Map<Integer, List<Draft>> drafts = new HashMap<>();

  /** A phase that runs only for the steps that somebody looks at. */
  static final int LAZY = -2;

  /** A phase that runs before that one, for all steps. */
  static final int EARLY = -4;

  /**
   * Schedules nodes.
   *
   * @param roots all that must be computed
   * @param across for each leaf that comes from the step before (backwards: after), what it is
   *     there
   * @param stateOf number of the state of each such leaf
   * @param homes all arrays; new ones are added
   */
  Planner(
      Direction direction,
      Collection<Node> roots,
      Map<Node, Node> across,
      Map<Node, Integer> stateOf,
      List<Home> homes) {
    this.direction = direction;
    this.across = across;
    this.stateOf = stateOf;
    this.homes = homes;
    schedule(roots);
    for (Node node : scheduled) {
      place(node);
    }
  }

  private boolean isGiven(Node node) {
    return !across.containsKey(node)
        && (!node.perRow() || direction.given(node) != null || direction.floats(node));
  }

  private void schedule(Collection<Node> roots) {
    var cycles = new Cycles(roots, across, node -> !node.perRow() || direction.given(node) != null);
    for (Set<Node> component : cycles.components()) {
      var members = component.stream().filter(node -> !isGiven(node)).toList();
      if (members.isEmpty()) {
        continue;
      }
      boolean loop = cycles.contains(component.iterator().next());
      int phase = loop ? 1 : 0;
      for (Node member : members) {
        Node before = across.get(member);
        var dependencies = before == null ? member.args() : List.of(before);
        for (Node dependency : dependencies) {
          int of = component.contains(dependency) ? 0 : phaseOf(dependency);
          phase = Math.max(phase, (of & 1) == (loop ? 1 : 0) ? of : of + 1);
        }
      }
      boolean lazy = direction.lazy(members.getFirst());
      // Within a step, arguments come first; across steps, what a state was left as does.
      for (Node member : members.stream().sorted(Comparator.comparingInt(Node::id)).toList()) {
        phaseOf.put(member, direction.early(member) ? EARLY : lazy ? LAZY : phase);
        scheduled.add(member);
        if (loop) {
          cyclic.add(member);
        }
      }
    }
    for (Node node : scheduled) {
      for (Node arg : node.args()) {
        use(arg, node);
      }
      Node before = across.get(node);
      if (before != null && !cyclic.contains(node)) {
        use(before, node);
      }
    }
  }

  /** Notes who uses a value; of what floats, those who use what it is made of. */
  private void use(Node value, Node user) {
    users.computeIfAbsent(value, _ -> new LinkedHashSet<>()).add(user);
    if (isFloating(value)) {
      value.args().forEach(arg -> use(arg, user));
    }
  }

  private boolean isFloating(Node node) {
    return node.perRow()
        && !across.containsKey(node)
        && direction.given(node) == null
        && direction.floats(node);
  }

  private int phaseOf(Node node) {
    Integer phase = phaseOf.get(node);
    if (phase != null) {
      return Math.max(0, phase);
    }
    int latest = 0;
    if (isFloating(node)) {
      for (Node arg : node.args()) {
        latest = Math.max(latest, phaseOf(arg));
      }
    }
    return latest;
  }

  // ----- which operations on units run together

  private static boolean isOnUnits(Node node) {
    return switch (node.op()) {
      case Apply _, Sum _, Reduce _, Repeat _, Detach _, Copy _ -> true;
      default -> false;
    };
  }

  private static boolean isView(Node node) {
    return node.op() instanceof Slice || node.op() instanceof Join;
  }

  private void place(Node node) {
    int phase = phaseOf.getOrDefault(node, 0);
    int level = 0;
    Set<Node> latest = new LinkedHashSet<>();
    for (Node arg : sources(node)) {
      if (phaseOf.getOrDefault(arg, Integer.MIN_VALUE) != phase) {
        continue;
      }
      int of = levelOf.getOrDefault(arg, 0);
      if (of > level || latest.isEmpty()) {
        latest.clear();
        level = Math.max(level, of);
      }
      if (of == level) {
        latest.add(arg);
      }
    }
    if (isView(node)) {
      levelOf.put(node, level);
      return;
    }
    if (!isOnUnits(node)) {
      levelOf.put(node, latest.isEmpty() ? 0 : level + 1);
      return;
    }
    Draft same = null;
    boolean one = true;
    for (Node arg : latest) {
      Draft of = draftOf.get(arg);
      one &= of != null && (same == null || of == same);
      same = of;
    }
    Draft draft = null;
    if (!latest.isEmpty() && one && same != null && same.accepts(node)) {
      draft = same;
    } else {
      int next = latest.isEmpty() ? 0 : level + 1;
      for (Draft each : drafts.getOrDefault(phase, List.of())) {
        if (each.level() == next && each.accepts(node)) {
          draft = each;
          break;
        }
      }
      if (draft == null) {
        draft = fresh(node, next);
        drafts.computeIfAbsent(phase, _ -> new ArrayList<>()).add(draft);
      }
    }
    draft.add(node);
    draftOf.put(node, draft);
    levelOf.put(node, draft.level());
  }

  private static Draft fresh(Node node, int level) {
    return switch (node.op()) {
      case Reduce(var _, int groups) ->
          new Draft(level, groups, node.arg(0).width() / groups, true);
      case Repeat(int times) -> new Draft(level, node.arg(0).width(), times, true);
      default -> new Draft(level, 1, node.width(), false);
    };
  }

  /** What a node is computed from here: what floats is looked through. */
  private List<Node> sources(Node node) {
    var sources = new ArrayList<Node>();
    Node before = across.get(node);
    if (before != null && cyclic.contains(node)) {
      return sources; // is there when the step begins
    }
    for (Node arg : before == null ? node.args() : List.of(before)) {
      if (isFloating(arg)) {
        sources.addAll(sources(arg));
      } else {
        sources.add(arg);
      }
    }
    return sources;
  }

  // ----- where values live

  /** Where a value can be read. */
  Spot read(Node node) {
    Spot given = direction.given(node);
    if (given != null) {
      return given;
    }
    if (node.op() instanceof Slice(int from, int _)) {
      Spot whole = read(node.arg(0));
      return new Spot(whole.home(), whole.column() + from);
    }
    return new Spot(home(node), 0);
  }

  /** The array of a value, row after row; made when it is first asked for. */
  Home home(Node node) {
    Home home = homeOf.get(node);
    if (home != null) {
      return home;
    }
    var chain = chain(node);
    Node top = chain.getLast();
    boolean within = chain.stream().allMatch(this::withinStep);
    home = add(direction.storage(top, within), node.width(), direction.name(top));
    for (Node member : chain) {
      homeOf.put(member, home);
    }
    Node bottom = chain.getFirst();
    if (draftOf.containsKey(node)) {
      write(node, new Spot(home, 0));
    } else if (node.op() instanceof Join) {
      int column = 0;
      for (Node part : node.args()) {
        write(part, new Spot(home, column));
        column += part.width();
      }
    } else if (isOntoValue(bottom) && draftOf.containsKey(bottom.arg(1))) {
      write(bottom.arg(1), new Spot(home, 0));
    }
    return home;
  }

  /** Whether somebody has asked for the home of a value. */
  boolean hasHome(Node node) {
    return homeOf.containsKey(node);
  }

  /** All arrays that an operation on units is put into. */
  List<Home> writtenTo(Node node) {
    return writes.getOrDefault(node, List.of()).stream().map(Spot::home).toList();
  }

  private static boolean isOntoValue(Node node) {
    return node.op() instanceof Product(var _, var onto) && onto == Product.Onto.VALUE;
  }

  /** Products that are added up in one place, from the first to the last; else the node alone. */
  private List<Node> chain(Node node) {
    var chain = new ArrayList<Node>();
    chain.add(node);
    for (Node at = node; isOntoValue(at) && continues(at.arg(1)); at = at.arg(1)) {
      chain.addFirst(at.arg(1));
    }
    for (Node at = node; at.op() instanceof Product && continues(at); ) {
      at = users(at).iterator().next();
      chain.addLast(at);
    }
    return chain;
  }

  /** Whether a product is there only for another one to be added to it. */
  private boolean continues(Node node) {
    if (!(node.op() instanceof Product) || users(node).size() != 1 || direction.kept(node)) {
      return false;
    }
    Node user = users(node).iterator().next();
    return isOntoValue(user) && user.arg(1) == node && user.arg(0) != node;
  }

  private Set<Node> users(Node node) {
    return users.getOrDefault(node, Set.of());
  }

  /** Says that an operation on units also goes there. */
  void write(Node node, Spot spot) {
    if (!draftOf.containsKey(node)) {
      throw new IllegalStateException(
          "only what operations on units yield can be put somewhere: " + node);
    }
    writes.computeIfAbsent(node, _ -> new ArrayList<>()).add(spot);
  }

  Home add(Storage storage, int width, String name) {
    var home = new Home(storage, homes.size(), width, name);
    homes.add(home);
    return home;
  }

  /** Whether a value is made and used within one stepwise phase. */
  private boolean withinStep(Node node) {
    int phase = phaseOf.getOrDefault(node, 0);
    boolean within = (phase & 1) == 1;
    for (Node user : users(node)) {
      within &=
          isView(user)
              ? withinStep(user) && phaseOf.getOrDefault(user, 0) == phase
              : phaseOf.getOrDefault(user, 0) == phase;
    }
    var written = node.op() instanceof Join ? node.args() : List.<Node>of();
    for (Node part : isOntoValue(node) ? node.args().subList(1, 2) : written) {
      within &= phaseOf.getOrDefault(part, phase) == phase;
    }
    return within;
  }

  // ----- instructions

  /** The phases in their order, without {@link #LAZY} and {@link #EARLY}. */
  List<Phase> phases() {
    return phases(
        phaseOf.values().stream().filter(phase -> phase >= 0).distinct().sorted().toList());
  }

  /** One phase alone: {@link #LAZY} or {@link #EARLY}; none if there is nothing in it. */
  List<Phase> phases(int number) {
    return phases(phaseOf.containsValue(number) ? List.of(number) : List.of());
  }

  private List<Phase> phases(List<Integer> numbers) {
    reads();
    var phases = new ArrayList<Phase>();
    for (int number : numbers) {
      phases.add(phase(number));
    }
    return phases;
  }

  /** Asks for the homes of all that is read outside of where it is computed. */
  private void reads() {
    for (Node node : scheduled) {
      if (isView(node)) {
        continue;
      }
      Node before = across.get(node);
      if (before != null) {
        home(node);
        if (!isStepwise(phaseOf.getOrDefault(node, 0)) && !before.isConstant()) {
          read(before);
        }
        continue;
      }
      Draft draft = draftOf.get(node);
      if (draft != null) {
        inputs(draft, node, new HashSet<>(), new LinkedHashMap<>());
        continue;
      }
      for (Node arg : node.args()) {
        boolean writtenHere = isOntoValue(node) && arg == node.arg(1) && draftOf.containsKey(arg);
        if (arg.perRow() && !writtenHere) {
          read(arg);
        }
      }
      home(node);
    }
  }

  /** Collects what a body node reads, and what floats before it. */
  private void inputs(Draft draft, Node node, Set<Node> body, Map<Node, Spot> inputs) {
    for (Node arg : node.args()) {
      if (arg.isConstant() || body.contains(arg) || draft.body().contains(arg)) {
        continue;
      }
      if (isFloating(arg)) {
        inputs(draft, arg, body, inputs);
        if (!draft.accepts(arg)) {
          throw new Unfit(arg);
        }
        body.add(arg);
      } else {
        inputs.put(arg, read(arg));
      }
    }
  }

  private record Ordered(int level, int id, Instruction instruction) {}

  private static boolean isStepwise(int phase) {
    return (phase & 1) == 1;
  }

  private Phase phase(int number) {
    boolean stepwise = isStepwise(number);
    var instructions = new ArrayList<Ordered>();
    var states = new ArrayList<Integer>();
    for (Draft draft : drafts.getOrDefault(number, List.of())) {
      var units = units(draft);
      int id = draft.body().iterator().next().id();
      if (units != null) {
        instructions.add(new Ordered(draft.level(), id, units));
      }
    }
    for (Node node : scheduled) {
      if (phaseOf.getOrDefault(node, 0) != number || isView(node) || draftOf.containsKey(node)) {
        continue;
      }
      Integer state = stateOf.get(node);
      if (state != null && stepwise) {
        states.add(state);
      } else {
        int level = levelOf.getOrDefault(node, 0);
        for (Instruction instruction : instructions(node)) {
          instructions.add(new Ordered(level, node.id(), instruction));
        }
      }
    }
    instructions.sort(Comparator.comparingInt(Ordered::level).thenComparingInt(Ordered::id));
    return new Phase(stepwise, instructions.stream().map(Ordered::instruction).toList(), states);
  }

  private List<Instruction> instructions(Node node) {
    boolean enters = direction.entersOnly(node);
    return switch (node.op()) {
      case Product(var linear, var onto) -> {
        var result = new ArrayList<Instruction>();
        Home into = home(node);
        if (onto == Product.Onto.VALUE && !draftOf.containsKey(node.arg(1))) {
          Home before = read(node.arg(1)).home();
          if (before != into) {
            result.add(new Instruction.Move(before, into, enters));
          }
        }
        Spot bias = onto == Product.Onto.BIAS ? read(node.arg(1)) : null;
        result.add(
            new Instruction.Multiply(
                linear, read(node.arg(0)).home(), into, bias, onto == Product.Onto.VALUE, enters));
        yield result;
      }
      case LookUp(var table) ->
          List.of(new Instruction.Gather(table, read(node.arg(0)), home(node), enters));
      case OneHot _ -> List.of(new Instruction.Gather(null, read(node.arg(0)), home(node), enters));
      default -> {
        Integer state = stateOf.get(node);
        Node before = across.get(node);
        if (state == null) {
          throw new IllegalStateException("nothing computes " + node);
        }
        yield List.of(
            new Instruction.Shift(
                state,
                before == null || before.isConstant() ? null : read(before),
                home(node),
                enters));
      }
    };
  }

  private Instruction.@Nullable Units units(Draft draft) {
    Set<Node> body = new LinkedHashSet<>();
    Map<Node, Spot> inputs = new LinkedHashMap<>();
    for (Node node : draft.body()) {
      inputs(draft, node, body, inputs);
      body.add(node);
    }
    var used = new ArrayList<Home>();
    var places = new LinkedHashMap<Node, Piece.Place>();
    inputs.forEach((node, spot) -> places.put(node, place(spot, used)));
    var outputs = new ArrayList<Piece.Output>();
    boolean enters = true;
    for (Node node : draft.body()) {
      for (Spot spot : writes.getOrDefault(node, List.of())) {
        outputs.add(new Piece.Output(node, place(spot, used)));
      }
      enters &= direction.entersOnly(node);
    }
    if (outputs.isEmpty()) {
      return null;
    }
    var piece =
        new Piece(draft.groups(), draft.units(), places, List.copyOf(body), outputs, used.size());
    return new Instruction.Units(piece, List.copyOf(used), enters);
  }

  private static Piece.Place place(Spot spot, List<Home> used) {
    int array = used.indexOf(spot.home());
    if (array < 0) {
      array = used.size();
      used.add(spot.home());
    }
    int stride = spot.home().storage() == Storage.SHARED ? 0 : spot.home().width();
    return new Piece.Place(array, stride, spot.column());
  }

  /** Nodes that are computed. */
  List<Node> scheduled() {
    return scheduled;
  }

  /** Whether a node depends on itself. */
  boolean isCyclic(Node node) {
    return cyclic.contains(node);
  }
}
