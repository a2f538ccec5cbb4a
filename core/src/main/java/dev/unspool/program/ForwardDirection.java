// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.program.Home.Storage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plans the steps forwards: what waits on the tape, for sweeps or for whoever reads outputs. */
final class ForwardDirection implements Direction {
  private final Program program;
  private final ForwardEquations equations;
  private final Kept kept;
  private final SharedValues shared;
  private final List<Home> homes;
  private final Home input;
  private final List<Home> masks = new ArrayList<>();
  private final Map<Node, Spot> leaves = new HashMap<>();
  private final Set<Node> onTape = new HashSet<>();
  private final Planner planner;

  ForwardDirection(
      Program program,
      ForwardEquations equations,
      Kept kept,
      SharedValues shared,
      List<Home> homes) {
    this.program = program;
    this.equations = equations;
    this.kept = kept;
    this.shared = shared;
    this.homes = homes;
    this.input = Home.add(homes, Storage.TAPE, program.input().width(), "input");
    leaves.put(program.input(), new Spot(input, 0));
    for (Mask mask : program.masks()) {
      String name = "dropout" + (masks.size() + 1) + ".mask";
      Home home = Home.add(homes, Storage.TAPE, mask.width(), name);
      masks.add(home);
      leaves.put(mask.factors(), new Spot(home, 0));
    }
    findTape();
    var roots = new ArrayList<>(equations.leaving());
    roots.add(equations.output());
    roots.addAll(kept.copies().values());
    roots.addAll(kept.nodes());
    program.states().forEach(state -> roots.add(state.entering()));
    this.planner = new Planner(this, roots, equations.across(), equations.stateOf(), homes);
  }

  /** Finds what stands on the tape: what is kept, and what lazy nodes read of others. */
  private void findTape() {
    Set<Node> carried = equations.carried();
    for (Node copy : kept.copies().values()) {
      if (carried.containsAll(copy.args())) {
        carried.add(copy);
      }
    }
    onTape.addAll(kept.nodes());
    onTape.addAll(kept.copies().values());
    var roots = new ArrayList<>(onTape);
    roots.add(equations.output());
    for (Node node : Graph.closure(roots, _ -> false)) {
      if (!carried.contains(node)) {
        node.args().forEach(this::wait);
        if (takesPlaceOf(node).stream().anyMatch(carried::contains)) {
          onTape.add(node);
        }
      }
    }
  }

  /** Arguments that are put where this value lives, as soon as they are there. */
  private static List<Node> takesPlaceOf(Node node) {
    return node.op() instanceof Join
        ? node.args()
        : Placement.isOntoValue(node) ? List.of(node.arg(1)) : List.of();
  }

  private void wait(Node node) {
    if (equations.carried().contains(node)) {
      onTape.add(node);
      if (node.op() instanceof Slice) {
        wait(node.arg(0));
      }
    }
  }

  ForwardPlan plan() {
    Placement placement = planner.placement();
    var states = new ArrayList<ForwardPlan.State>();
    for (int i = 0; i < program.states().size(); i++) {
      StateArray state = program.states().get(i);
      Home carry = Home.add(homes, Storage.CARRY, state.width(), "");
      Home entering = placement.home(state.entering());
      if (planner.schedule().isCyclic(state.entering())) {
        placement.write(equations.leaving().get(i), new Spot(carry, 0));
      }
      Node start = state.initial();
      Spot initial = start == null || start.isConstant() ? null : shared.spot(start);
      states.add(new ForwardPlan.State(entering, carry, initial));
    }
    kept.nodes().forEach(placement::read);
    kept.copies().values().forEach(placement::read);
    Home rows;
    if (equations.isDirect()) {
      rows = placement.home(equations.output());
    } else {
      rows = Home.add(homes, Storage.ROWS, equations.output().width(), "");
      placement.write(equations.output(), new Spot(rows, 0));
    }
    var phases = planner.phases();
    var lazyPhases = planner.phases(Schedule.LAZY);
    return new ForwardPlan(input, masks, states, rows, phases, lazyPhases);
  }

  /** Where a value stands that somebody reads off the tape. */
  Spot watched(Node node) {
    Spot spot = node.perRow() ? found(node) : shared.spot(node);
    if (spot == null) {
      throw new IllegalStateException("watched and not kept: " + node);
    }
    return spot;
  }

  /** Where a value stands that a sweep can read; null if it stands nowhere. */
  @Nullable Spot found(Node node) {
    Spot leaf = leaves.get(node);
    if (leaf != null) {
      return leaf;
    }
    if (!kept.isForward(node) || !kept.canBeRead(node)) {
      return null;
    }
    Node copy = kept.copies().get(node);
    if (copy != null) {
      return planner.placement().read(copy);
    }
    if (node.op() instanceof Slice(int from, int _)) {
      Spot whole = found(node.arg(0));
      return whole == null ? null : new Spot(whole.home(), whole.column() + from);
    }
    return planner.placement().read(node);
  }

  @Override
  public @Nullable Spot given(Node node) {
    return node.perRow() ? leaves.get(node) : shared.spot(node);
  }

  @Override
  public boolean lazy(Node node) {
    return !equations.carried().contains(node);
  }

  @Override
  public boolean kept(Node node) {
    return onTape.contains(node);
  }

  @Override
  public Storage storage(Node node, boolean withinStep) {
    if (equations.isDirect() && node == equations.output() && !onTape.contains(node)) {
      return Storage.ROWS;
    }
    if (node.is(Leaf.Role.STATE) || onTape.contains(node)) {
      return Storage.TAPE;
    }
    return withinStep ? Storage.STEP : Storage.CHUNK;
  }

  @Override
  public String name(Node node) {
    if (node.op() instanceof Leaf leaf && leaf.role() == Leaf.Role.STATE) {
      return leaf.name() + ".entering";
    }
    return onTape.contains(node) ? "value" + node.id() : "";
  }
}
