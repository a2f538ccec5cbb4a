// SPDX-License-Identifier: Apache-2.0
package dev.unspool.program;

import dev.unspool.program.Home.Storage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plans a sweep, which reads what {@link Kept} has decided to find on the tape. */
final class BackwardDirection implements Direction {
  private final BackwardEquations equations;
  private final ForwardDirection forward;
  private final SharedValues shared;
  private final Home adjoint;
  private final boolean adjointCopied;
  private final Planner planner;

  BackwardDirection(
      BackwardEquations equations,
      ForwardDirection forward,
      SharedValues shared,
      List<Home> homes) {
    this.equations = equations;
    this.forward = forward;
    this.shared = shared;
    this.adjointCopied = !equations.readsOutputLazily();
    this.adjoint =
        Home.add(
            homes,
            adjointCopied ? Storage.SWEEP : Storage.ADJOINT,
            equations.outputAdjoint().width(),
            "");
    this.planner =
        new Planner(this, equations.roots(), equations.across(), equations.stateOf(), homes);
  }

  BackwardPlan plan() {
    Placement placement = planner.placement();
    var states = new ArrayList<BackwardPlan.State>();
    for (int i = 0; i < equations.entering().size(); i++) {
      Node enters = equations.entering().get(i);
      Node leaf = equations.leaving(i);
      Home entering = enters == null ? null : placement.home(enters);
      Home leaving = planner.schedule().nodes().contains(leaf) ? placement.home(leaf) : null;
      states.add(new BackwardPlan.State(leaving, entering, planner.schedule().isCyclic(leaf)));
    }
    var gradients = new ArrayList<BackwardPlan.Gradient>();
    for (var term : equations.terms()) {
      gradients.add(
          new BackwardPlan.Gradient(
              term.matrix(),
              placement.read(term.left()),
              placement.read(term.right()).home(),
              term.scattered(),
              equations.isLazy(term.left()) || equations.isLazy(term.right())));
    }
    var rowSums = new ArrayList<BackwardPlan.Rows>();
    for (var rows : equations.rows()) {
      Home of = placement.read(rows.of()).home();
      rowSums.add(new BackwardPlan.Rows(rows.sum(), of, equations.isLazy(rows.of())));
    }
    Node input = equations.input();
    Home inputHome = input == null ? null : placement.read(input).home();
    var phases = planner.phases();
    var lazyPhases = planner.phases(Schedule.LAZY);
    var earlyPhases = planner.phases(Schedule.EARLY);
    return new BackwardPlan(
        earlyPhases,
        lazyPhases,
        phases,
        adjoint,
        zeroed(), // after all homes have been made
        inputHome,
        states,
        gradients,
        rowSums);
  }

  private List<Home> zeroed() {
    Set<Home> zeroed = new LinkedHashSet<>();
    for (Node node : planner.schedule().nodes()) {
      if (equations.isLazy(node)) {
        zeroed.addAll(planner.placement().homesOf(node));
      }
    }
    zeroed.removeIf(home -> home.storage() != Storage.SWEEP);
    if (adjointCopied) {
      zeroed.add(adjoint);
    }
    return List.copyOf(zeroed);
  }

  @Override
  public @Nullable Spot given(Node node) {
    if (!node.perRow()) {
      return shared.spot(node);
    }
    return node == equations.outputAdjoint() ? new Spot(adjoint, 0) : forward.found(node);
  }

  @Override
  public boolean floats(Node node) {
    return switch (node.op()) {
      case Apply _, Sum _, Repeat _ -> equations.isForward(node);
      default -> false;
    };
  }

  @Override
  public boolean lazy(Node node) {
    return equations.isLazy(node);
  }

  @Override
  public boolean early(Node node) {
    return equations.isForward(node);
  }

  @Override
  public boolean kept(Node node) {
    return equations.roots().contains(node);
  }

  @Override
  public Storage storage(Node node, boolean withinStep) {
    if (!withinStep || equations.operands().contains(node)) {
      return Storage.SWEEP;
    }
    if (!equations.stateOf().containsKey(node)) {
      return Storage.BACK;
    }
    return planner.schedule().isCyclic(node) ? Storage.CARRY_BACK : Storage.SWEEP;
  }

  @Override
  public boolean entersOnly(Node node) {
    return !equations.isNeeded(node);
  }
}
