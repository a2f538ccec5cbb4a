// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.program.Home.Storage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a lowered graph into instructions for one direction: in the order of its {@link Schedule},
 * operations on units in the groups of {@link Grouping}, values where {@link Placement} puts them.
 */
final class Planner {
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
  private final Schedule schedule;
  private final Grouping grouping;
  private final Placement placement;

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
    this.schedule = new Schedule(direction, roots, across);
    this.grouping = new Grouping(schedule);
    this.placement = new Placement(direction, schedule, grouping, homes);
  }

  Schedule schedule() {
    return schedule;
  }

  Placement placement() {
    return placement;
  }

  /** The phases in their order, without {@link Schedule#LAZY} and {@link Schedule#EARLY}. */
  List<Phase> phases() {
    return phases(schedule.phases());
  }

  /** One phase alone, such as {@link Schedule#LAZY}; none if there is nothing in it. */
  List<Phase> phases(int number) {
    return phases(schedule.has(number) ? List.of(number) : List.of());
  }

  private List<Phase> phases(List<Integer> numbers) {
    reads();
    return numbers.stream().map(this::phase).toList();
  }

  /** Asks for the homes of all that is read outside of where it is computed. */
  private void reads() {
    for (Node node : schedule.nodes()) {
      if (Grouping.isView(node)) {
        continue;
      }
      Node before = across.get(node);
      if (before != null) {
        placement.home(node);
        if (!Schedule.isStepwise(schedule.phase(node)) && !before.isConstant()) {
          placement.read(before);
        }
        continue;
      }
      Draft draft = grouping.draft(node);
      if (draft != null) {
        inputs(draft, node, new HashSet<>(), new LinkedHashMap<>());
        continue;
      }
      for (Node arg : node.args()) {
        boolean writtenHere =
            Placement.isOntoValue(node) && arg == node.arg(1) && grouping.hasDraft(arg);
        if (arg.perRow() && !writtenHere) {
          placement.read(arg);
        }
      }
      placement.home(node);
    }
  }

  /** Collects what a node of a draft reads, and what floats before it. */
  private void inputs(Draft draft, Node node, Set<Node> body, Map<Node, Spot> inputs) {
    for (Node arg : node.args()) {
      if (arg.isConstant() || body.contains(arg) || draft.body().contains(arg)) {
        continue;
      }
      if (schedule.isFloating(arg)) {
        inputs(draft, arg, body, inputs);
        if (!draft.accepts(arg)) {
          throw new Unfit(arg);
        }
        body.add(arg);
      } else {
        inputs.put(arg, placement.read(arg));
      }
    }
  }

  private record Ordered(int level, int id, Instruction instruction) {}

  private Phase phase(int number) {
    boolean stepwise = Schedule.isStepwise(number);
    var instructions = new ArrayList<Ordered>();
    var states = new ArrayList<Integer>();
    for (Draft draft : grouping.drafts(number)) {
      var units = units(draft);
      int id = draft.body().iterator().next().id();
      if (units != null) {
        instructions.add(new Ordered(draft.level(), id, units));
      }
    }
    for (Node node : schedule.nodes()) {
      if (schedule.phase(node) != number || Grouping.isView(node) || grouping.hasDraft(node)) {
        continue;
      }
      Integer state = stateOf.get(node);
      if (state != null && stepwise) {
        states.add(state);
      } else {
        for (Instruction instruction : instructions(node)) {
          instructions.add(new Ordered(grouping.level(node), node.id(), instruction));
        }
      }
    }
    instructions.sort(Comparator.comparingInt(Ordered::level).thenComparingInt(Ordered::id));
    return new Phase(stepwise, instructions.stream().map(Ordered::instruction).toList(), states);
  }

  /** What computes a node that is no operation on units. */
  private List<Instruction> instructions(Node node) {
    Home into = placement.home(node);
    boolean enters = direction.entersOnly(node);
    return switch (node.op()) {
      case Product product -> product(product, node, into, enters);
      case LookUp(var table) ->
          List.of(new Instruction.Gather(table, placement.read(node.arg(0)), into, enters));
      case OneHot _ ->
          List.of(new Instruction.Gather(null, placement.read(node.arg(0)), into, enters));
      default -> {
        Integer state = stateOf.get(node);
        Node before = across.get(node);
        if (state == null) {
          throw new IllegalStateException("nothing computes " + node);
        }
        Spot other = before == null || before.isConstant() ? null : placement.read(before);
        yield List.of(new Instruction.Shift(state, other, into, enters));
      }
    };
  }

  private List<Instruction> product(Product product, Node node, Home into, boolean enters) {
    var result = new ArrayList<Instruction>();
    boolean onto = product.onto() == Product.Onto.VALUE;
    if (onto && !grouping.hasDraft(node.arg(1))) {
      Home before = placement.read(node.arg(1)).home();
      if (before != into) {
        result.add(new Instruction.Move(before, into, enters));
      }
    }
    Spot bias = product.onto() == Product.Onto.BIAS ? placement.read(node.arg(1)) : null;
    Home from = placement.read(node.arg(0)).home();
    result.add(new Instruction.Multiply(product.linear(), from, into, bias, onto, enters));
    return result;
  }

  /** What computes a draft; null if nobody asks for any of its values. */
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
      for (Spot spot : placement.writes(node)) {
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
}
